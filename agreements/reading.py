"""What the pages and documents show of a version: figures as people read them, sums, who signed.

Everything here works on a version that was loaded `with_content()` and asks the database nothing, but for
`hang_original`, which says so.
"""

import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from agreements.documents import agreement_text, filled_in
from agreements.models import (
    AgreedIndicator,
    AgreedResult,
    AgreementParty,
    AgreementTopic,
    AgreementVersion,
    Contribution,
    Goal,
    IndicatorDefinition,
    YearTarget,
)
from agreements.pictures import planned_course
from agreements.states import FROZEN, AgreementState
from kvk2.core.charts import Chart
from kvk2.core.dates import in_figures
from kvk2.core.money import format_number

if TYPE_CHECKING:
    from ikc.models import User

NO_TARGET = "–"


def tolerance_of(indicator: AgreedIndicator, definition: IndicatorDefinition) -> str:
    """`4 procentpunt`, `0,2 rapportcijfer`: a difference between two percentages is not a percentage."""
    if definition.is_milestone:
        return f"{indicator.leeway_days} dagen speling"
    if definition.is_scale:
        return "geen: een niveau lager vraagt aandacht"
    unit = "procentpunt" if definition.is_percentage else definition.unit
    return f"{format_number(indicator.tolerance, definition.decimals)} {unit}"


def figure(value: Decimal | None, definition: IndicatorDefinition) -> str:
    """'45%', '3,5'; a dash for nothing."""
    if value is None:
        return NO_TARGET
    text = format_number(value, definition.decimals)
    if definition.type == IndicatorDefinition.Type.AMOUNT:
        return f"€ {text}"
    return f"niveau {text}" if definition.is_scale else text + "%" * definition.is_percentage


def target_figure(target: YearTarget, definition: IndicatorDefinition) -> str:
    """'45%', '40% tot 60%' for a range, 'niveau 3' of a scale, '1-7-2025' of a milestone."""
    if target.due_on is not None:
        return in_figures(target.due_on)
    if target.low is not None and target.high is not None:
        return f"{figure(target.low, definition)} tot {figure(target.high, definition)}"
    return figure(target.number, definition)


@dataclass(frozen=True, slots=True)
class IndicatorNode:
    """One indicator under a result, with its baseline and eight targets in words."""

    indicator: AgreedIndicator

    @property
    def definition(self) -> IndicatorDefinition:
        return self.indicator.definition

    @property
    def baseline(self) -> str:
        """'40% (40 van 100) in 2020/21', or when it will be measured."""
        row = self.indicator
        if row.baseline_status == AgreedIndicator.BaselineStatus.NONE:
            return "niet van toepassing"
        if row.baseline_number is None:
            return f"ontbreekt, komt in {row.baseline_planned_year}"
        fraction = (
            f" ({row.baseline_numerator} van {row.baseline_denominator})"
            if row.baseline_denominator
            else ""
        )
        provisional = (
            " (voorlopig)"
            if row.baseline_status == AgreedIndicator.BaselineStatus.PROVISIONAL
            else ""
        )
        value = figure(row.baseline_number, self.definition)
        return f"{value}{fraction} in {row.baseline_year}{provisional}"

    @property
    def baseline_figure(self) -> str:
        return figure(self.indicator.baseline_number, self.definition)

    @property
    def tolerance(self) -> str:
        return tolerance_of(self.indicator, self.definition)

    @property
    def chart(self) -> Chart | None:
        return planned_course(self.indicator)

    @property
    def last_target(self) -> str:
        """The target of the last year that has one."""
        rows = list(self.indicator.targets.all())
        return target_figure(
            next((row for row in reversed(rows) if not row.is_empty), rows[-1]), self.definition
        )

    @property
    def original_targets(self) -> list[str]:
        """What was agreed at first for each year, when that was something else; empty when it was not."""
        first: dict[int, YearTarget] = getattr(self.indicator, "original", {})
        figures = [
            target_figure(first.get(target.year_id, target), self.definition)
            for target in self.indicator.targets.all()
        ]
        now = [value for _, value, _ in self.targets]
        return figures if figures != now else []

    @property
    def targets(self) -> list[tuple[str, str, str]]:
        """The label of each year, its target, and why there is none."""
        return [
            (target.year.label, target_figure(target, self.definition), target.explanation)
            for target in self.indicator.targets.all()
        ]


@dataclass(frozen=True, slots=True)
class ResultNode:
    result: AgreedResult
    indicators: list[IndicatorNode]


@dataclass(frozen=True, slots=True)
class GoalNode:
    goal: Goal
    results: list[ResultNode]


def hang_original(version: AgreementVersion) -> None:
    """Give each indicator of a later version the targets that were agreed first, in one query (bijstelling)."""
    if version.number == 1:
        return
    first = (
        AgreementVersion.objects.filter(agreement=version.agreement_id, number__lt=version.number)
        .concluded()
        .order_by("number")
        .first()
    )
    if first is None:
        return
    found: dict[uuid.UUID, dict[int, YearTarget]] = {}
    for target in YearTarget.objects.filter(indicator__version=first).select_related("indicator"):
        found.setdefault(target.indicator.series_key, {})[target.year_id] = target
    indicator: Any  # the attribute is for the pages of this request alone
    for result in version.results.all():
        for indicator in result.indicators.all():
            indicator.original = found.get(indicator.series_key, {})


def goal_tree(version: AgreementVersion) -> list[GoalNode]:
    """The three goals of the programme, each with what this version wants to reach under it."""
    return [
        GoalNode(
            goal,
            [
                ResultNode(result, [IndicatorNode(row) for row in result.indicators.all()])
                for result in version.results.all()
                if result.goal_id == goal.pk
            ],
        )
        for goal in version.agreement.programme.goals.all()
    ]


@dataclass(frozen=True, slots=True)
class ContributionRow:
    """The euros of one party per budget year (money and in kind together), and its total."""

    name: str
    amounts: list[Decimal]
    hours: Decimal

    @property
    def total(self) -> Decimal:
        return sum(self.amounts, Decimal(0))


@dataclass(frozen=True, slots=True)
class ContributionTable:
    years: list[int]
    rows: list[ContributionRow]
    sums: list[Decimal] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum(self.sums, Decimal(0))

    @property
    def hours(self) -> Decimal:
        return sum((row.hours for row in self.rows), Decimal(0))


def contribution_table(version: AgreementVersion) -> ContributionTable:
    """Sums per party and budget year, as they are shown before signing (monitoring reference 3.4, invariant 7)."""
    parties = list(version.parties.all())
    years = sorted({row.budget_year for party in parties for row in party.contributions.all()})
    rows = [
        ContributionRow(
            party.organisation_name,
            [_sum(party, year=year, in_hours=False) for year in years],
            sum((_sum(party, year=year, in_hours=True) for year in years), Decimal(0)),
        )
        for party in parties
    ]
    sums = [sum((row.amounts[i] for row in rows), Decimal(0)) for i in range(len(years))]
    return ContributionTable(years, rows, sums)


def _sum(party: AgreementParty, *, year: int, in_hours: bool) -> Decimal:
    return sum(
        (
            row.amount
            for row in party.contributions.all()
            if row.budget_year == year and (row.kind == Contribution.Kind.HOURS) == in_hours
        ),
        Decimal(0),
    )


@dataclass(frozen=True, slots=True)
class PartyCard:
    """One party in the picture of signatures; `may_sign` and `may_agree` are for the reader of the page."""

    party: AgreementParty
    may_sign: bool
    may_agree: bool = False
    may_upload: bool = False
    may_refuse: bool = False

    @property
    def signature(self):
        return getattr(self.party, "signature", None)

    @property
    def refusal(self):
        return getattr(self.party, "refusal", None)

    @property
    def consent(self):
        return getattr(self.party, "consent", None)


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """A whole agreement for one reader."""

    version: AgreementVersion
    parties: list[PartyCard]
    goals: list[GoalNode]
    topics: list[AgreementTopic]
    clauses: list[tuple[str, str]]
    contributions: ContributionTable
    sees_contributions: bool
    is_unchanged: bool

    @classmethod
    def of(cls, version: AgreementVersion, user: "User") -> Self:
        signing = version.state == AgreementState.SIGNING
        cards = [
            PartyCard(
                party,
                may_sign=signing
                and not hasattr(party, "signature")
                and party.may_be_signed_by(user),
                may_upload=signing
                and not hasattr(party, "signature")
                and user.has_perm("agreements.upload_signed", party),
                may_refuse=signing
                and not hasattr(party, "signature")
                and party.may_be_signed_by(user),
                may_agree=version.is_negotiated
                and not hasattr(party, "consent")
                and party.may_be_signed_by(user),
            )
            for party in version.parties.all()
        ]
        return cls(
            version=version,
            parties=cards,
            goals=goal_tree(version),
            topics=list(version.topics.all()),
            clauses=[
                (clause.get_code_display(), filled_in(clause.text, version))
                for clause in version.clauses.all()
            ],
            contributions=contribution_table(version),
            sees_contributions=user.has_perm("agreements.view_contributions", version),
            is_unchanged=version.state in FROZEN
            and agreement_text(version).digest() == version.content_hash,
        )

    @property
    def signed(self) -> int:
        return sum(card.signature is not None for card in self.parties)

    @property
    def consented(self) -> int:
        return sum(card.consent is not None for card in self.parties)
