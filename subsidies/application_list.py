"""The list of applications: its columns and filters for each kind of reader. Page and spreadsheet come from here alike."""

from collections.abc import Mapping, Sequence
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.urls import reverse

from ikc.models import AttentionArea, Ikc, Organisation, User
from ikc.roles import Role
from kvk2.core.addresses import numbered
from kvk2.core.keyset import Order
from kvk2.nlds.columns import Column, Kind, Row
from kvk2.nlds.list_filters import Between, Choice, Filter, Filters, Options, Search
from kvk2.nlds.row_list import RowList
from kvk2.nlds.templatetags.nlds import status_badge, upper_first
from subsidies.models import Application, Review, SubsidyRound
from subsidies.models.list_indexes import STATE_ORDER
from subsidies.states import (
    APPLICANT_LABELS,
    APPLICATION_BADGES,
    GONE_REVIEWS,
    ApplicationState,
)

# The key under which columns and saved filters of this list are kept.
KEY = "applications"
NAMES = ("aanvraag", "aanvragen")
# 'To check' stands for the states that wait for the project leader.
TO_CHECK = "to_check"
TO_CHECK_STATES = (ApplicationState.SUBMITTED, ApplicationState.CHECKING)
PLUS, NOT_PLUS = "plus", "not_plus"
OWN, ASSIGNED = "own", "assigned"
COMMISSION = (Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY)
APPLICANTS = (Role.IKC_DIRECTOR, Role.SCHOOL_BOARD, Role.CHILDCARE_BOARD)

SHOWN_TO_MUNICIPALITY = (
    "number",
    "ikc",
    "board",
    "title",
    "requested_amount",
    "score",
    "received_at",
    "state",
)
SHOWN = ("number", "ikc", "title", "requested_amount", "received_at", "state")


def application_list(
    user: User,
    query: Mapping[str, str],
    *,
    shown: Sequence[str] = (),
    choose: bool = False,
    only: Sequence[str] = (),
) -> RowList:
    """The applications that `user` sees, as the address asks for them; `shown` are the columns that the user keeps.

    `only`: of these keys and no others.
    """
    visible = Application.objects.visible_to(user).annotate(stage=STATE_ORDER)
    if only:
        visible = visible.filter(pk__in=only)
    usual = SHOWN_TO_MUNICIPALITY if user.is_municipal else SHOWN
    return RowList(
        visible,
        Filters(tuple(_filters(user)), query),
        columns=columns_for(user),
        shown=shown or usual,
        # Numbers begin with the year, so the newest round comes first; a draft has none yet.
        order=Order(("number",) if user.is_municipal else ("created_at",), descending=True),
        query=query,
        path=reverse("subsidies:application_list"),
        names=NAMES,
        choose=choose,
    )


# ------------------------------------------------------------ columns


def columns_for(user: User) -> list[Column]:
    """What `user` may choose from: scores and grants are for municipal eyes, states in the words of who looks."""
    return list(_MUNICIPAL_COLUMNS if user.is_municipal else _OTHER_COLUMNS)


def _number(number: str) -> str:
    return number or "Concept"


def _link(row: Row) -> str:
    return numbered("subsidies:application_detail")(row["pk"])


def _state_label(labels: Mapping[ApplicationState, str], state: str) -> str:
    known = ApplicationState(state)
    return labels.get(known, known.label)


def _state_column(labels: Mapping[ApplicationState, str]) -> Column:
    label = partial(_state_label, labels)
    return Column(
        "state",
        "Status",
        "state",
        sort=("stage",),
        plain=label,
        write=lambda state: status_badge(label(state), APPLICATION_BADGES[ApplicationState(state)]),
        labelled=False,
    )


_FORMS = dict(Ikc.Form.choices)
_NUMBER = Column(
    "number", "Nummer", "number", sort=("number",), plain=_number, labelled=False, is_unbroken=True
)
_IKC = Column("ikc", "IKC", "ikc__name", sort=("ikc__name",), link=_link, is_name=True)
_BOARD = Column(
    "board", "Bestuur", "board__short_name", sort=("board__short_name",), labelled=False
)
_ROUND = Column("round", "Ronde", "round__name", sort=("round_id", "number"))
_TITLE = Column("title", "Plan", "title", sort=("title",), labelled=False)
_REQUESTED = Column(
    "requested_amount",
    "Gevraagd",
    "requested_amount",
    Kind.EURO,
    sort=("requested_amount",),
    nullable=True,
)
_SUB_APPLICATION = Column(
    "sub_application",
    "Deelaanvraag",
    "sub_application__amount",
    Kind.EURO,
    sort=("sub_application__amount",),
    nullable=True,
)
_RECEIVED = Column(
    "received_at", "Ontvangen", "received_at", Kind.DAY, sort=("received_at",), nullable=True
)
_AREA = Column(
    "area",
    "Aandachtsgebied",
    "ikc__attention_area__name",
    sort=("ikc__attention_area__name",),
    nullable=True,
)
_FORM = Column(
    "form",
    "Soort IKC",
    "ikc__form",
    sort=("ikc__form",),
    plain=lambda form: upper_first(_FORMS[form]),
)
_PLUS = Column("plus", "Plus IKC", "is_plus", Kind.YES_NO, sort=("is_plus",))
_COMPLETE = Column(
    "complete_at", "Volledig op", "complete_at", Kind.DAY, sort=("complete_at",), nullable=True
)
_OTHER_COLUMNS = (
    _NUMBER,
    _IKC,
    _ROUND,
    _TITLE,
    _AREA,
    _FORM,
    _PLUS,
    _REQUESTED,
    _SUB_APPLICATION,
    _RECEIVED,
    _COMPLETE,
    _state_column(APPLICANT_LABELS),
)
_MUNICIPAL_COLUMNS = (
    _NUMBER,
    _IKC,
    _BOARD,
    _ROUND,
    _TITLE,
    _AREA,
    _FORM,
    _PLUS,
    Column("tier", "Voorrang", "tier", Kind.WHOLE, sort=("tier",), nullable=True),
    _REQUESTED,
    _SUB_APPLICATION,
    Column("max_amount", "Maximum", "max_amount", Kind.EURO, sort=("max_amount",), nullable=True),
    Column(
        "eligible_amount",
        "Subsidiabel",
        "eligible_amount",
        Kind.EURO,
        sort=("eligible_amount",),
        nullable=True,
    ),
    Column("score", "Score", "score", Kind.DECIMAL, sort=("score",), nullable=True),
    Column(
        "granted_amount",
        "Verleend",
        "granted_amount",
        Kind.EURO,
        sort=("granted_amount",),
        nullable=True,
    ),
    _RECEIVED,
    _COMPLETE,
    _state_column({}),
)


# ------------------------------------------------------------ filters


def _filters(user: User) -> list[Filter]:
    """The states, boards and scores are for municipal eyes: an applicant knows other words for the states."""
    rounds, boards, areas = _choices(user)
    found: list[Filter] = [
        Search("q", _search_label(user), partial(_find, by_board=user.is_municipal)),
        Choice("round", "Ronde", "Alle rondes", rounds, _equal("round")),
    ]
    if user.is_municipal:
        states = ((TO_CHECK, "te controleren"), *_STATES)
        found += [
            Choice("state", "Status", "Alle statussen", states, _in_state),
            Choice("board", "Schoolbestuur", "Alle besturen", boards, _equal("board")),
        ]
    if user.has_role(*COMMISSION) and user.has_role(*APPLICANTS):
        sides = ((OWN, "van de eigen organisatie"), (ASSIGNED, "aan mij toegewezen"))
        narrow = partial(_on_side, user=user)
        found.append(Choice("mine", "Waarom ik ze zie", "Alles", sides, narrow))
    found += [
        Choice("area", "Aandachtsgebied", "Alle gebieden", areas, _in_area, extra=True),
        Choice("form", "Soort IKC", "Alle soorten", _KINDS, _of_kind, extra=True),
        Between("asked", "Gevraagd bedrag", "requested_amount", "€\N{NO-BREAK SPACE}"),
    ]
    if user.is_municipal:
        found.append(Between("score", "Score", "score"))
    return found


_STATES: Options = tuple(
    (state.value, state.label)
    for state in ApplicationState
    if state not in (ApplicationState.DRAFT, ApplicationState.LAPSED)
)
_KINDS: Options = (*Ikc.Form.choices, (PLUS, "Plus IKC"), (NOT_PLUS, "geen Plus IKC"))
NO_AREA = "none"


def _search_label(user: User) -> str:
    return f"Zoek op IKC, {'bestuur, ' if user.is_municipal else ''}plan of nummer"


def _choices(user: User) -> tuple[Options, Options, Options]:
    """Rounds, boards and areas to choose from, in one query."""

    def named(queryset: QuerySet, kind: str, name: str) -> QuerySet:
        return queryset.values_list(Value(kind), "pk", name)

    rounds = named(SubsidyRound.objects.visible_to(user), "round", "name")
    areas = named(AttentionArea.objects.all(), "area", "name")
    queries = [areas]
    if user.is_municipal:
        queries.append(named(Organisation.objects.school_boards(), "board", "short_name"))
    found: dict[str, list[tuple[int, str]]] = {"round": [], "board": [], "area": []}
    for kind, key, name in rounds.union(*queries, all=True):
        found[kind].append((key, name))
    newest_first = sorted(found["round"], reverse=True)
    by_name = [sorted(found[kind], key=lambda row: (row[1], row[0])) for kind in ("board", "area")]
    rounds_, boards, areas_ = (
        tuple((str(key), name) for key, name in rows) for rows in (newest_first, *by_name)
    )
    return rounds_, boards, (*areas_, (NO_AREA, "geen aandachtsgebied"))


def _equal(field: str):
    return lambda queryset, value: queryset.filter(**{field: value})


def _find(queryset: QuerySet, text: str, *, by_board: bool) -> QuerySet:
    """By the names of IKCs and boards first, in one query: they are few, and by their keys every part has an index.

    A condition across three tables has none: PostgreSQL would read all applications with their IKCs and boards.
    """
    ikcs = Ikc.objects.filter(name__icontains=text).values_list(Value("ikc"), "pk")
    if by_board:
        named = Q(short_name__icontains=text) | Q(name__icontains=text)
        boards = Organisation.objects.filter(named).values_list(Value("board"), "pk")
        ikcs = ikcs.union(boards, all=True)
    keys: dict[str, list[int]] = {"ikc": [], "board": []}
    for kind, key in ikcs.order_by():
        keys[kind].append(key)
    found = Q(title__icontains=text) | Q(number__icontains=text)
    for kind, known in keys.items():
        if known:
            found |= Q(**{f"{kind}__in": known})
    return queryset.filter(found)


def _in_state(queryset: QuerySet, value: str) -> QuerySet:
    return queryset.filter(state__in=TO_CHECK_STATES if value == TO_CHECK else [value])


def _in_area(queryset: QuerySet, value: str) -> QuerySet:
    return queryset.filter(ikc__attention_area=None if value == NO_AREA else value)


def _of_kind(queryset: QuerySet, value: str) -> QuerySet:
    if value in (PLUS, NOT_PLUS):
        return queryset.filter(is_plus=value == PLUS)
    return queryset.filter(ikc__form=value)


def _on_side(queryset: QuerySet, value: str, *, user: User) -> QuerySet:
    """Of who both applies and assesses: what is of the own organisation, or what is assigned."""
    assigned = Exists(
        Review.objects.filter(application=OuterRef("pk"), member__user=user).exclude(
            state__in=GONE_REVIEWS
        )
    )
    return queryset.filter(assigned if value == ASSIGNED else ~assigned)
