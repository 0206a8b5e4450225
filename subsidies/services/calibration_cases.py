"""The case of an exercise: made of an earlier application, without what tells whose it was.

An application is refused as a case when the members could know it again and be less free for that: when the IKC applies
in the round for which they exercise, or when one of them directed that IKC or filed the application. An interest of
another kind is no matter: everybody scores the case, it decides nothing, and it does not say whose it is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q, QuerySet

from ikc.models import AttentionArea, District, Ikc, Organisation, RoleAssignment, User
from ikc.roles import Role
from kvk2.core.money import format_whole
from subsidies.anonymising import BOARD, CHILDCARE, PERSON, PLACE, Anonymiser, Name, ikc_names
from subsidies.models import Activity, Application, BudgetLine, CommissionMember, SubsidyRound
from subsidies.plan_domains import AgeGroup, labels_of
from subsidies.states import FILED, RoundState

# Rounds of which everything was decided.
PAST = (RoundState.DECIDED, RoundState.SETTLED, RoundState.ARCHIVED)
HEADINGS = (
    "Over het IKC",
    "Samenvatting",
    "Wat blijkt uit de gegevens",
    "Samenwerking onderwijs en opvang",
    "Betrokkenheid van ouders",
    "Draagvlak bij team, ouders en raad",
    "Activiteiten",
    "Begroting",
)
APPLIES_NOW = (
    "Dit IKC vraagt nu ook aan. Wie de oude aanvraag herkent, kijkt niet meer vrij naar de nieuwe."
)
OF_A_MEMBER = (
    "Een lid van de commissie leidde dit IKC of diende deze aanvraag in, en zou haar herkennen."
)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its text, as the secretary may change it."""

    heading: str
    text: str


def earlier_cases(round_: SubsidyRound, user: User) -> QuerySet[Application]:
    """The applications of decided rounds that `user` may see; the newest first."""
    return (
        Application.objects.visible_to(user)
        .filter(round__state__in=PAST, state__in=FILED)
        .exclude(round=round_)
        .select_related("round", "ikc")
        .order_by("-round__opens_at", "number")
    )


def why_not(sources: Iterable[Application], round_: SubsidyRound, *, day: date) -> dict[int, str]:
    """Per id of an application why it can not be the case for `round_`; who is not named, can. Three queries."""
    applying = set(round_.applications.filter(state__in=FILED).values_list("ikc_id", flat=True))
    members = set(CommissionMember.objects.active_on(day).values_list("user_id", flat=True))
    directed = set(
        RoleAssignment.objects.filter(user__in=members, role=Role.IKC_DIRECTOR).values_list(
            "ikc_id", flat=True
        )
    )
    refused = {}
    for source in sources:
        if source.ikc_id in applying:
            refused[source.pk] = APPLIES_NOW
        elif source.ikc_id in directed or members & {source.created_by_id, source.signed_by_id}:
            refused[source.pk] = OF_A_MEMBER
    return refused


def anonymous_case(source: Application) -> list[Part]:
    """The plan, the activities and the budget of `source` in a few parts, with names and numbers replaced."""
    anonymiser = Anonymiser(list(names_around(source)))
    return [Part(part.heading, anonymiser.clean(part.text)) for part in _parts(source) if part.text]


def empty_case() -> list[Part]:
    """The same parts without a text, for a case that somebody makes up."""
    return [Part(heading, "") for heading in HEADINGS]


def _parts(source: Application) -> Iterator[Part]:
    plan = source.plan
    texts = (
        _about(source),
        plan.summary,
        plan.analysis,
        plan.integrated_offer,
        plan.parent_involvement,
        plan.support,
        _activities(source),
        _budget(source),
    )
    for heading, text in zip(HEADINGS, texts, strict=True):
        yield Part(heading, text.strip())


def _about(source: Application) -> str:
    """The kind of IKC and its size in tens: enough to judge on, too little to know it by."""
    kind = source.get_ikc_form_display() or source.ikc.get_form_display()
    children = source.children_counted
    size = (
        ""
        if children is None
        else f" Ongeveer {_about_number(children, 10)} kinderen vanaf 2 jaar."
    )
    return f"Soort: {kind}.{size}"


def _activities(source: Application) -> str:
    rows = source.activities.order_by("order", "pk")
    return "\n\n".join(
        "\n".join(
            line
            for line in (
                f"{number}. {row.title}",
                row.description,
                f"Voor: {', '.join(_for_whom(row))}",
                f"Antwoord op: {row.finding}" if row.finding else "",
            )
            if line
        )
        for number, row in enumerate(rows, 1)
    )


def _for_whom(activity: Activity) -> list[str]:
    words = [*labels_of(AgeGroup, activity.age_groups), activity.target_group]
    return [word for word in words if word]


def _budget(source: Application) -> str:
    """Per kind of line the sum, to the nearest hundred euros: exact amounts could be looked up."""
    sums: dict[tuple[str, str], Decimal] = {}
    for line in source.budget_lines.order_by("side", "order", "pk"):
        key = (line.side, line.get_kind_display())
        sums[key] = sums.get(key, Decimal(0)) + (line.amount or 0)
    lines = [
        f"{'Uitgave' if side == BudgetLine.Side.EXPENDITURE else 'Inkomst'}, {kind}: ongeveer € {_about_number(amount, 100)}"
        for (side, kind), amount in sums.items()
    ]
    if source.requested_amount is not None:
        lines.append(
            f"Gevraagde subsidie: ongeveer € {_about_number(source.requested_amount, 100)}"
        )
    return "\n".join(lines)


def _about_number(figure: Decimal | int, unit: int) -> str:
    rounded = (Decimal(figure) / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit
    return format_whole(int(rounded))


def names_around(source: Application) -> Iterator[Name]:
    """The names to take out: of who applied in any spelling, of everybody else as they are written."""
    ikcs = Ikc.objects.prefetch_related("names").order_by("pk")
    for ikc in ikcs:
        names = [ikc.name, *(row.name for row in ikc.names.all())]
        yield from ikc_names(names, ikc.pk, own=ikc.pk == source.ikc_id)
    partners = set(source.ikc.partners.values_list("organisation_id", flat=True))
    kinds = {Organisation.Kind.SCHOOL_BOARD: BOARD, Organisation.Kind.CHILDCARE: CHILDCARE}
    ours = partners | {source.board_id, source.ikc.board_id}
    for row in Organisation.objects.filter(kind__in=kinds).order_by("pk"):
        for text in {row.name, row.short_name}:
            yield Name(text, kinds[Organisation.Kind(row.kind)], row.pk, row.pk in ours)
    yield from _people(source, ours)
    yield from _places(source)


def _people(source: Application, organisations: set[int]) -> Iterator[Name]:
    tied = RoleAssignment.objects.filter(
        Q(ikc=source.ikc_id) | Q(organisation__in=organisations)
    ).values("user")
    people = User.objects.filter(
        Q(pk__in=tied) | Q(pk__in=[source.created_by_id, source.signed_by_id])
    )
    for user in people.order_by("pk"):
        yield Name(user.full_name, PERSON, user.pk, own=True)
        yield Name(user.last_name, PERSON, user.pk)
    for text in {source.contact_name, source.signed_name}:
        yield Name(text, PERSON, text, own=True)


def _places(source: Application) -> Iterator[Name]:
    ikc = source.ikc
    street = ikc.street.rstrip("0123456789abcABC -")
    for text in {ikc.city, street}:
        yield Name(text, PLACE, text, own=True)
    areas = {*District.objects.values_list("name", flat=True).order_by("name").distinct()}
    areas |= {*AttentionArea.objects.values_list("name", flat=True).order_by("name").distinct()}
    for text in sorted(areas):
        yield Name(text, PLACE, text)
