"""The overview of a round for the secretary and the municipality: fifty applications at a time, with their reviews."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ikc.models import User
from ikc.roles import Role
from kvk2.core.money import format_number
from kvk2.nlds.components import Tile
from kvk2.nlds.templatetags.nlds import decimal, status_badge
from subsidies.advice_page import ADOPTED_STATES, ASSESSED, BADGES
from subsidies.forms.lists import filter_bar
from subsidies.models import Application, CommissionAdvice, Review, SubsidyRound
from subsidies.services.advice import WAITING, sentences_for_round
from subsidies.services.totals import ReviewFacts, facts_of
from subsidies.states import COUNTED_REVIEWS, OPEN_REVIEWS, AdviceState, ReviewState

PER_PAGE = 50
FILTERS = (
    ("todo", "nog geen vastgesteld advies"),
    ("few", "te weinig beoordelingen"),
    ("discuss", "te bespreken: grote verschillen"),
    ("adopted", "advies vastgesteld"),
)
SORTS = (
    ("nummer", "nummer"),
    ("score", "score, hoogste eerst"),
    ("spreiding", "verschil, grootste eerst"),
)
ADOPTED = Q(advice__state__in=ADOPTED_STATES)
CONCLUSIONS = dict(CommissionAdvice.Conclusion.choices)
COLUMNS = (
    "pk",
    "number",
    "ikc__name",
    "advice__state",
    "advice__conclusion",
    "advice__score",
    "advice__spread",
)
_ROW = (
    '<tr role="row" class="utrecht-table__row">'
    '<th scope="row" role="rowheader" class="utrecht-table__cell utrecht-table__header-cell">'
    '<a class="nl-link" href="{}">{}</a><br><span class="lw-small lw-muted">{}</span></th>'
    '<td role="cell" class="utrecht-table__cell lw-num" data-label="Beoordelingen">{} van {}</td>'
    '<td role="cell" class="utrecht-table__cell lw-num" data-label="Score">{}</td>'
    '<td role="cell" class="utrecht-table__cell" data-label="Verschil"><div>{}</div></td>'
    '<td role="cell" class="utrecht-table__cell" data-label="Advies"><div>{}{}</div></td></tr>'
)


@dataclass(frozen=True, slots=True)
class Row:
    """One application on the overview; score and spread are None while the reader may not know them."""

    pk: int
    number: str
    ikc: str
    state: str | None
    conclusion: str
    done: int
    assigned: int
    score: Decimal | None
    spread: Decimal | None
    discuss: bool
    enough: bool

    @property
    def adopted(self) -> bool:
        return self.state in ADOPTED_STATES

    @property
    def spread_words(self) -> str:
        return "–" if self.spread is None else f"{format_number(self.spread, 1)} punten"

    @property
    def status(self) -> tuple[str, str]:
        """Label and kind of the badge."""
        if self.state is not None:
            state = AdviceState(self.state)
            return state.label, BADGES[state]
        if self.enough:
            return "klaar voor advies", "warning"
        return "wordt beoordeeld", "neutral"


class RoundAdvice:
    """The overview of a round for one reader; the secretary sees scores at once, others after adoption."""

    def __init__(self, round_: SubsidyRound, user: User, wishes: Mapping[str, str]) -> None:
        self.round, self.user, self.wishes = round_, user, wishes
        self.search = wishes.get("zoek", "").strip()
        self.state = wishes.get("status", "")
        self.sort = wishes.get("sorteer", "nummer")

    @cached_property
    def is_secretary(self) -> bool:
        return self.user.has_role(Role.COMMISSION_SECRETARY)

    @property
    def applications(self) -> QuerySet[Application]:
        """All that the reader may see, whatever was searched for."""
        return Application.objects.visible_to(self.user).filter(
            round=self.round, state__in=ASSESSED
        )

    @cached_property
    def shown(self) -> Page:
        """The page that was asked for; in the order of number it reads fifty applications and no more."""
        needs_all = self.sort in ("score", "spreiding") or self.state in ("few", "discuss")
        paginator: Paginator[Any] = Paginator(
            self.rows if needs_all else self._matching.values_list(*COLUMNS), PER_PAGE
        )
        if not (needs_all or self.search or self.state):
            paginator.count = self.figures["total"]
        page = paginator.get_page(self.wishes.get("page"))
        if not needs_all:
            page.object_list = self._rows(page.object_list)
        return page

    @cached_property
    def rows(self) -> list[Row]:
        """Everything that was searched for, in the order that was asked for."""
        found = self._rows(self._matching.values_list(*COLUMNS))
        rows = [row for row in found if self._wanted(row)]
        if self.sort == "score":
            rows.sort(key=lambda row: (row.score is None, -(row.score or 0)))
        elif self.sort == "spreiding":
            rows.sort(key=lambda row: (row.spread is None, -(row.spread or 0)))
        return rows

    @property
    def body(self) -> SafeString:
        """The rows of the table; written here and not in the template, as there are fifty of them."""
        first = reverse("subsidies:advice_detail", args=[0])
        badges: dict[tuple[str, str], SafeString] = {}
        return format_html_join(
            "\n",
            _ROW,
            (
                (
                    first.replace("/0/", f"/{row.pk}/"),
                    row.ikc,
                    row.number,
                    row.done,
                    row.assigned,
                    decimal(row.score, 2) or "–",
                    status_badge(row.spread_words, "danger") if row.discuss else row.spread_words,
                    badges.get(row.status)
                    or badges.setdefault(row.status, status_badge(*row.status)),
                    _small(CONCLUSIONS[row.conclusion]) if row.conclusion and row.adopted else "",
                )
                for row in self.shown.object_list
            ),
        )

    @property
    def filter_bar(self) -> SafeString:
        return filter_bar(
            self.wishes,
            states=FILTERS,
            sorts=SORTS,
            label="Adviezen filteren",
            reset_url=reverse("subsidies:advice_round", args=[self.round.pk]),
        )

    @cached_property
    def figures(self) -> dict[str, Any]:
        """Of the applications: how many, with an adopted advice, adopted and not sent, and who waits (numbers)."""
        return self.applications.aggregate(
            total=Count("pk"),
            with_advice=Count("pk", filter=ADOPTED),
            unsent=Count("pk", filter=Q(advice__state=AdviceState.ADOPTED)),
            waiting=ArrayAgg("number", filter=Q(state__in=WAITING), order_by="number", default=[]),
        )

    @cached_property
    def reviews(self) -> dict[str, int]:
        """Of the reviews: submitted, assigned, and the applications on which members differ more than the limit."""
        counted = Q(state__in=COUNTED_REVIEWS)
        mine = Q(member__user=self.user, state__in=OPEN_REVIEWS)
        per_application = (
            Review.objects.filter(application__in=self.applications.values("pk"))
            .order_by()
            .values("application")
            .annotate(
                done=Count("pk", filter=counted),
                assigned=Count("pk", filter=~Q(state=ReviewState.RECUSED)),
                owed=Count("pk", filter=mine),
                spread=Max("total", filter=counted) - Min("total", filter=counted),
                adopted=Count("application__advice", filter=Q(**_of_review(ADOPTED_STATES))),
            )
        )
        wide = Q(
            spread__gt=self.round.spread_limit, done__gte=self.round.min_reviews, owed=0, adopted=0
        )
        return per_application.aggregate(
            submitted=Sum("done", default=0),
            all=Sum("assigned", default=0),
            discuss=Count("application", filter=wide),
        )

    @property
    def adopted(self) -> int:
        """Adopted and not sent yet."""
        unsent: int = self.figures["unsent"]
        return unsent

    @property
    def tiles(self) -> list[Tile]:
        reviews = self.reviews
        advised = f"{self.figures['with_advice']} van {self.figures['total']}"
        tiles = [
            Tile("Beoordelingen", f"{reviews['submitted']} van {reviews['all']}", "ingediend"),
            Tile("Adviezen", advised, "vastgesteld"),
        ]
        if self.is_secretary:
            limit = format_number(self.round.spread_limit, 0)
            tiles.append(
                Tile("Te bespreken", str(reviews["discuss"]), f"meer dan {limit} punten verschil")
            )
        return tiles

    @cached_property
    def missing(self) -> list[str]:
        """What the round lacks before its advice is complete, of what the reader may know of."""
        return sentences_for_round(self.figures["waiting"], self.figures["unsent"])

    def export(self) -> tuple[list[str], Iterator[list[Any]]]:
        headers = [
            "Nummer",
            "IKC",
            "Beoordelingen",
            "Toegewezen",
            "Score",
            "Verschil",
            "Bespreken",
            "Advies",
            "Conclusie",
        ]
        return headers, (self._export_row(row) for row in self.rows)

    def _export_row(self, row: Row) -> list[Any]:
        told = row.conclusion and (self.is_secretary or row.adopted)
        return [
            row.number,
            row.ikc,
            row.done,
            row.assigned,
            row.score,
            row.spread,
            row.discuss,
            row.status[0],
            CONCLUSIONS[row.conclusion] if told else "",
        ]

    @property
    def _matching(self) -> QuerySet[Application]:
        """What the words and the state of the advice leave over, by number."""
        found = self.applications
        if self.search:
            found = found.filter(
                Q(number__icontains=self.search)
                | Q(title__icontains=self.search)
                | Q(ikc__name__icontains=self.search)
            )
        if self.state == "adopted":
            found = found.filter(ADOPTED)
        elif self.state == "todo":
            found = found.exclude(ADOPTED)
        return found.order_by("number")

    def _rows(self, applications: Iterable[Any]) -> list[Row]:
        """`applications` as tuples of `COLUMNS`."""
        values = list(applications)
        facts = facts_of([row[0] for row in values], self.user)
        return [self._row(row, facts.get(row[0], ReviewFacts())) for row in values]

    def _row(self, row: Sequence[Any], facts: ReviewFacts) -> Row:
        pk, number, ikc, state, conclusion, frozen, frozen_spread = row
        enough = facts.done >= max(self.round.min_reviews, 1)
        score: Decimal | None = None
        spread: Decimal | None = None
        if state in ADOPTED_STATES:
            score, spread = frozen, frozen_spread
        elif self.is_secretary and enough and not facts.owed:
            score, spread = facts.score, facts.spread
        return Row(
            pk=pk,
            number=number,
            ikc=ikc,
            state=state,
            conclusion=conclusion or "",
            done=facts.done,
            assigned=facts.assigned,
            score=score,
            spread=spread,
            discuss=spread is not None and spread > self.round.spread_limit,
            enough=enough,
        )

    def _wanted(self, row: Row) -> bool:
        return {"few": not row.enough, "discuss": row.discuss}.get(self.state, True)


def _of_review(states: Sequence[str]) -> dict[str, Sequence[str]]:
    return {"application__advice__state__in": states}


def _small(words: str) -> SafeString:
    return format_html('<span class="lw-block lw-small">{}</span>', words)
