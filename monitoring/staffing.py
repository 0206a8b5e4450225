"""Hours of the functions in an agreement, judged: for the page, its CSV and the reports (monitoring reference 4)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.urls import reverse

from agreements.models import AgreementVersion, ProgrammeYear, StaffingCommitment
from agreements.staffing import NOUGHT, FunctionYear, hours_of
from agreements.version_links import VersionLink
from kvk2.core.capitals import upper_first
from kvk2.core.charts import Chart, Series, bar_chart
from kvk2.nlds.components import Tile
from monitoring import report_dataset as data
from monitoring.delivery import Delivery, judge_hours
from monitoring.explain import LABELS, Label, explain_hours, format_figure
from monitoring.models import MonitoringCycle
from monitoring.models import RuleSet as StoredRules
from monitoring.printing.figures import NOTHING
from monitoring.status import KVK_1, RuleSet

if TYPE_CHECKING:
    from ikc.models import User

EXPORT_HEADERS = [
    "Schooljaar",
    "Functie",
    "Werkgever",
    "Uren per week",
    "Weken per jaar",
    "Afgesproken uren",
    "Geleverde uren",
    "Weken vacature",
    "Status",
    "Waarom",
    "Reden",
]


@dataclass(frozen=True, slots=True)
class JudgedFunction:
    """One function in one year with its judgement and the sentence behind it."""

    own: FunctionYear
    judgement: Delivery
    sentence: str

    @property
    def label(self) -> Label:
        return LABELS[self.judgement.status]

    @property
    def agreed(self) -> str:
        return f"{in_hours(self.own.agreed)} ({per_week(self.own.commitment)})"

    @property
    def delivered(self) -> str:
        """With its share of what was agreed, cut off as in the sentence."""
        if self.own.delivered is None:
            return "nog niet vastgelegd"
        share = self.judgement.share
        told = "" if share is None else f" ({int(share * 100)}%)"
        return f"{in_hours(self.own.delivered)}{told}"


def hours_link(version: AgreementVersion, user: "User") -> list[VersionLink]:
    """For the page of an agreement that is or was in force."""
    if not version.is_concluded or not user.has_perm("agreements.view_contributions", version):
        return []
    return [
        VersionLink(
            "Hoeveel uur is er van elke functie geleverd?",
            reverse("monitoring:version_hours", args=[version.pk]),
        )
    ]


def rules_by_year(years: Iterable[ProgrammeYear]) -> dict[int, RuleSet]:
    """Per year the rules by which it is or was judged; the newest for a year without a cycle. Two queries."""
    newest = StoredRules.objects.order_by("-valid_from", "-pk").first()
    current = newest.rules() if newest else KVK_1
    rules = {year.pk: current for year in years}
    for cycle in MonitoringCycle.objects.filter(year__in=list(rules)).select_related("ruleset"):
        rules[cycle.year_id] = cycle.ruleset.rules()
    return rules


def judged_hours(
    functions: Iterable[FunctionYear], rules: dict[int, RuleSet], today: date
) -> list[JudgedFunction]:
    found = []
    for own in functions:
        of_year = rules[own.year.pk]
        judgement = judge_own(own, of_year, today)
        sentence = explain_hours(judgement, own.agreed, own.delivered, of_year)
        found.append(JudgedFunction(own, judgement, sentence))
    return found


def judge_own(own: FunctionYear, rules: RuleSet, today: date) -> Delivery:
    function = own.commitment
    return judge_hours(
        function.hours_per_week,
        function.weeks_per_year,
        own.delivered,
        rules,
        is_over=own.is_over(today),
    )


def tiles_of(functions: Sequence[FunctionYear]) -> list[Tile]:
    """What was agreed and delivered in one year together; what nobody recorded is not counted as 0."""
    delivered = [own.delivered for own in functions if own.delivered is not None]
    weeks = [own.vacancy_weeks for own in functions if own.vacancy_weeks is not None]
    whole = len(functions)
    return [
        Tile("Afgesproken", in_hours(sum((own.agreed for own in functions), NOUGHT))),
        Tile(
            "Geleverd",
            in_hours(sum(delivered, NOUGHT)) if delivered else NOTHING,
            _told(len(delivered), whole),
        ),
        Tile("Weken vacature", sum(weeks) if weeks else NOTHING, _told(len(weeks), whole)),
    ]


def _told(known: int, whole: int) -> str:
    """For how many functions it is known: a sum over some of them is not the sum."""
    if not known:
        return "nog niet vastgelegd"
    return "" if known == whole else f"vastgelegd bij {known} van {whole} functies"


def chart_of(functions: Sequence[FunctionYear]) -> Chart | None:
    """Per function a bar of what was agreed, and a darker one of what came."""
    if not functions:
        return None
    names = [name_of(own.commitment) for own in functions]
    series = [
        Series("Afgesproken", [own.agreed for own in functions]),
        Series("Geleverd", [own.delivered for own in functions]),
    ]
    words = [
        f"{name}: {in_hours(own.agreed)} afgesproken, "
        + (
            "nog niets vastgelegd"
            if own.delivered is None
            else f"{in_hours(own.delivered)} geleverd"
        )
        for name, own in zip(names, functions, strict=True)
    ]
    return bar_chart(
        series,
        names,
        title=f"Uren per functie in {functions[0].year}",
        description=f"{'; '.join(words)}.",
        unit="uur",
        first_header="Functie",
    )


def name_of(function: StaffingCommitment) -> str:
    return upper_first(str(function))


def export_row(row: JudgedFunction) -> list[object]:
    own = row.own
    return [
        own.year.label,
        name_of(own.commitment),
        own.commitment.employer,
        own.commitment.hours_per_week,
        own.commitment.weeks_per_year,
        own.agreed,
        own.delivered,
        own.vacancy_weeks,
        row.label.text,
        row.sentence,
        " ".join(own.reasons),
    ]


def staffing_of(
    version: AgreementVersion, year: ProgrammeYear, rules: RuleSet, today: date
) -> tuple[data.Staffing, ...]:
    """The functions of one agreement in the year of a report."""
    return tuple(
        data.Staffing(
            function=name_of(own.commitment),
            employer=own.commitment.employer,
            hours_per_week=own.commitment.hours_per_week,
            weeks=own.commitment.weeks_per_year,
            delivered=own.delivered,
            status=judge_own(own, rules, today).status,
            remark=remark_of(own),
        )
        for own in hours_of([version], [year])
    )


def remark_of(own: FunctionYear) -> str:
    """'6 weken vacature: pas in november iemand gevonden.'"""
    weeks = own.vacancy_weeks
    told = f"{weeks} {'week' if weeks == 1 else 'weken'} vacature" if weeks else ""
    return ": ".join(filter(None, [told, "; ".join(own.reasons)]))


def staffing_totals(
    versions: Iterable[AgreementVersion], year: ProgrammeYear
) -> tuple[data.StaffingTotal, ...]:
    """Per function over all IKCs; the name says for how many of them the hours are known, unless it is all or none."""
    groups: dict[str, list[FunctionYear]] = defaultdict(list)
    for own in hours_of(versions, [year]):
        groups[own.commitment.function].append(own)
    return tuple(
        _total(StaffingCommitment.Function(function).label, groups[function])
        for function in StaffingCommitment.Function.values
        if function in groups
    )


def _total(name: str, functions: list[FunctionYear]) -> data.StaffingTotal:
    known = [own.delivered for own in functions if own.delivered is not None]
    part = f" (vastgelegd: {len(known)} van {len(functions)})"
    return data.StaffingTotal(
        function=upper_first(name) + (part if 0 < len(known) < len(functions) else ""),
        agreed=sum((own.agreed for own in functions), NOUGHT),
        delivered=sum(known, NOUGHT) if known else None,
    )


def in_hours(hours: Decimal) -> str:
    """'1.640 uur', or '660,5 uur'."""
    return f"{format_figure(hours)} uur"


def per_week(function: StaffingCommitment) -> str:
    return f"{in_hours(function.hours_per_week)} × {function.weeks_per_year} weken"
