"""The frozen datasets behind the yearly reports: everything a PDF shows, and nothing else.

`monitoring` builds one `IkcReportData` per Plus IKC and one `ProgrammeReportData` per year, stores
`as_dict()` with its `digest()`, and renders from that alone. Changing live rows afterwards changes
no byte of an adopted report. Suppression of small groups happens *before* a dataset is built: what
may not be read is not in it (`value=None`, status `TOO_SMALL`).

Figures are `Decimal` in the indicator's own unit, already rounded to its decimals. Money is in
euros. Years are the programme's own years 1 to 8 (`ProgrammeYear.index`); labels such as '2024/25'
are made by the programme, not computed here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from kvk2.core.documents import ADDED_LATER, Frozen, Municipality
from monitoring.report_surroundings import AreaFact as AreaFact
from monitoring.report_surroundings import ContextLine as ContextLine
from monitoring.report_surroundings import ContextPoint as ContextPoint
from monitoring.report_surroundings import Count as Count
from monitoring.report_surroundings import Surroundings as Surroundings
from monitoring.status import Direction, GoalVerdict, Status

IKC_SCHEMA = "kvk2/ikc-report/1"
PROGRAMME_SCHEMA = "kvk2/programme-report/1"
PUBLIC_SCHEMA = "kvk2/public-report/1"


@dataclass(frozen=True, slots=True)
class ProgrammeYear(Frozen):
    """One of the eight years of the programme."""

    index: int  # 1-8
    label: str  # "2024/25"


@dataclass(frozen=True, slots=True)
class Programme(Frozen):
    """The programme and who ordered and made the report."""

    name: str  # "Kansen voor Kinderen 2"
    period: str  # "2021-2028"
    years: tuple[ProgrammeYear, ...]  # exactly eight, in order
    commissioner: str = "Ontwikkelgroep"
    researcher: str = ""  # the external bureau; empty = not named


@dataclass(frozen=True, slots=True)
class Edition(Frozen):
    """Which report this is: year, number and status.

    `number` above 1 is a correction of an earlier edition and needs a `correction_note`.
    """

    year_index: int  # 1-8: the year the report is about
    number: int  # 1, 2, 3: edition of this report
    status: str  # "concept" or "vastgesteld"
    reference: str  # kenmerk
    figures_until: date  # last day of the period that the figures cover
    made_on: date
    adopted_on: date | None = None
    correction_note: str = ""


@dataclass(frozen=True, slots=True)
class RuleSetInfo(Frozen):
    """The parameters the statuses were judged with (monitoring.md §4)."""

    code: str  # "2026-1"
    valid_from: date
    min_n: int = 10  # smallest group for a percentage
    amber_share: Decimal = Decimal("0.60")  # share of the planned improvement for amber
    sentences: tuple[str, ...] = ()  # extra rules in plain Dutch, printed with the method


@dataclass(frozen=True, slots=True)
class YearResult(Frozen):
    """Target and measurement of one indicator in one year, with the stored judgement."""

    year: int  # 1-8
    status: Status
    target: Decimal | None = None
    low: Decimal | None = None  # low and high instead of a target when direction is RANGE
    high: Decimal | None = None
    original_target: Decimal | None = None  # only when version 1 of the agreement said otherwise
    original_status: Status | None = (
        None  # the judgement against version 1, when that no longer judges
    )
    original_explanation: str = ""
    value: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None  # n: number of children for a percentage
    tolerance: Decimal | None = None  # tol_eff, as applied
    one_child_rule: bool = False  # tolerance was widened to one child
    provisional: bool = False
    explanation: str = ""  # the sentence behind "Waarom deze kleur?"
    missing_reason: str = ""  # Dutch words, only when value is None
    source: str = ""
    reference_date: date | None = None  # peildatum
    # Of a milestone: the last day on which it is to be reached, and the day on which it was.
    due_on: date | None = field(default=None, metadata=ADDED_LATER)
    reached_on: date | None = field(default=None, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class Indicator(Frozen):
    """One agreed indicator with its eight years."""

    key: str  # series_key: stable over versions, unique in the report
    code: str  # code of the definition: equal codes are comparable between IKCs
    name: str
    definition: str
    unit: str  # "%", "kinderen", "uur per week"; printed behind the figure
    decimals: int
    direction: Direction
    is_core: bool
    tolerance: Decimal  # as agreed, in the unit of the indicator
    baseline: Decimal | None
    baseline_label: str  # "2020/21"
    source: str
    years: tuple[YearResult, ...]  # exactly eight, in order
    trend: str = ""  # "verbetert", "stabiel", "verslechtert"; empty below three points
    forecast: str = ""  # one sentence; empty below four points
    note: str = ""  # explanation by the IKC or the researcher
    kind: str = ""  # "number", "percentage", "amount", "scale" or "milestone"
    min_n: int = 10  # smallest group for a percentage, of this indicator
    lowest: Decimal | None = None  # what the figure can be at least and at most
    highest: Decimal | None = None
    pools_years: bool = False  # its counts of several years are added up
    # Of a scale: what each level means (the rubric), the first is level 1.
    levels: tuple[str, ...] = field(default=(), metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class GoalReview(Frozen):
    """The four questions of the yearly evaluation; an empty answer is left out of the report."""

    recognise: str = ""  # Herkennen
    explain: str = ""  # Verklaren
    value: str = ""  # Waarderen
    improve: str = ""  # Verbeteren


@dataclass(frozen=True, slots=True)
class Goal(Frozen):
    """One of the three programme goals with the indicators agreed under it.

    Colours are counted for the verdict, never averaged.
    """

    number: int  # 1-3
    title: str
    explanation: str
    verdict: GoalVerdict
    indicators: tuple[Indicator, ...]
    verdict_explanation: str = ""  # the sentence of `explain_goal`
    review: GoalReview | None = None


@dataclass(frozen=True, slots=True)
class Ikc(Frozen):
    """The IKC as it was called in the year of the report."""

    name: str
    location_code: str = ""  # BRIN with location number, "16NS00"
    area: str = ""
    school_board: str = ""
    childcare: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Party(Frozen):
    """A signing party. `role` as printed: 'Gemeente', 'Schoolbestuur', 'Kinderopvang'."""

    role: str
    organisation: str
    signatory: str = ""
    function: str = ""
    signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class AgreementVersion(Frozen):
    """One signed version; number 1 is the original agreement."""

    number: int
    kind: str  # as printed: "eerste afspraak", "bijstelling", "herijking", "correctie"
    in_force_from: date
    effective_year: str  # label of the first year it applies to
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Agreement(Frozen):
    """The result agreement that the year was judged by."""

    reference: str
    version: int
    content_hash: str  # SHA-256 that every signature was given for
    parties: tuple[Party, ...]
    versions: tuple[AgreementVersion, ...]


@dataclass(frozen=True, slots=True)
class Contribution(Frozen):
    """What a party promised and gave in one budget year, in euros."""

    party: str
    budget_year: int
    description: str
    planned: Decimal
    realised: Decimal | None = None
    status: Status = Status.NO_DATA


@dataclass(frozen=True, slots=True)
class Staffing(Frozen):
    """Agreed and delivered hours of one function in the year of the report."""

    function: str  # "Jeugdondersteuner"
    employer: str
    hours_per_week: Decimal
    weeks: int
    delivered: Decimal | None = None  # hours in the year
    status: Status = Status.NO_DATA
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Measure(Frozen):
    """What the parties do for a result: from the analysis to the offer."""

    title: str
    goal: int  # 1-3
    result: str  # the agreed result that it serves
    target_group: str
    owner: str
    planned_from: date
    planned_until: date | None = None
    finding: str = ""  # what the analysis found
    state: str = (
        ""  # in the year of the report, as printed: "nog niet begonnen", "loopt", "afgelopen"
    )


@dataclass(frozen=True, slots=True)
class Steering(Frozen):
    """An overleg in which the IKC is steered, as agreed."""

    body: str
    role: str
    frequency: str
    decision_rights: str


@dataclass(frozen=True, slots=True)
class Conclusion(Frozen):
    """What the parties conclude about one agreed result; differs from the rule only with a reason.

    `suggested` and `verdict` as printed: "op koers", "bijsturen", "bijstellen", "bereikt" or
    "niet te beoordelen".
    """

    subject: str
    suggested: str
    verdict: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Action(Frozen):
    """An agreed action. `state` as printed: "gepland", "loopt", "klaar", "vervallen"."""

    title: str
    owner: str
    due: date
    state: str
    effect_check: date | None = None
    effect: str = ""  # as printed: "werkt", "werkt deels", "werkt niet", "te vroeg"
    effect_by: str = ""  # who looked at it: somebody else than the owner
    year_plan: str = ""  # where it stands in the year plan of the IKC


@dataclass(frozen=True, slots=True)
class QualityNote(Frozen):
    """A remark about the data that a reader needs to judge the figures."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Reaction(Frozen):
    """Reply of a party to the draft (hoor en wederhoor). Without a day: asked, but nothing said in time."""

    party: str  # organisation, or 'directeur van …'
    text: str
    role: str = ""  # "Gemeente", "Schoolbestuur", "Kinderopvang", "Directeur"
    by: str = ""  # who gave it
    given_on: date | None = None
    agrees: bool = False


@dataclass(frozen=True, slots=True)
class IkcReportData(Frozen):
    """Dataset of 'Jaarrapport resultaatafspraken' of one Plus IKC."""

    municipality: Municipality
    programme: Programme
    edition: Edition
    ruleset: RuleSetInfo
    ikc: Ikc
    surroundings: Surroundings
    agreement: Agreement
    goals: tuple[Goal, ...]  # in programme order, 1-3
    contributions: tuple[Contribution, ...] = ()
    staffing: tuple[Staffing, ...] = ()
    measures: tuple[Measure, ...] = ()
    steering: tuple[Steering, ...] = ()
    conclusions: tuple[Conclusion, ...] = ()
    actions: tuple[Action, ...] = ()
    earlier_actions: tuple[Action, ...] = ()  # agreed last year, with their state now
    quality: tuple[QualityNote, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    demo: bool = False  # prints 'Demonstratiegegevens' on every page
    schema: str = IKC_SCHEMA


@dataclass(frozen=True, slots=True)
class ProgrammeIkc(Frozen):
    """One Plus IKC in the programme report. IKCs without figures have no goals and a `remark`."""

    name: str
    goals: tuple[Goal, ...] = ()
    area: str = ""
    agreement_reference: str = ""
    remark: str = ""  # why there is no report: "nog geen afspraak", "fusie niet bevestigd"
    context: str = ""  # about its children and its district; beside a comparison, never judged


@dataclass(frozen=True, slots=True)
class PartyTotal(Frozen):
    """Promised and given by one kind of party over all IKCs, per budget year, in euros."""

    party: str
    budget_year: int
    planned: Decimal
    realised: Decimal | None = None


@dataclass(frozen=True, slots=True)
class StaffingTotal(Frozen):
    """Agreed and delivered hours of one function over all IKCs in the year of the report."""

    function: str
    agreed: Decimal
    delivered: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Amendment(Frozen):
    """An agreement that was changed for this year: what kind, and why."""

    ikc: str
    version: int
    kind: str
    effective_year: str
    reason: str


@dataclass(frozen=True, slots=True)
class AreaChange(Frozen):
    """What the herijking of the areas says of one district. `change` as printed: "erbij", "eraf", "blijft"."""

    district: str
    change: str
    score: Decimal | None = None
    reliability: str = ""  # "B" or "I"


@dataclass(frozen=True, slots=True)
class AreaReview(Frozen):
    """The last herijking of the attention areas that holds in the year of the report."""

    year: int
    valid_from: date
    decision: str
    areas: tuple[AreaChange, ...]
    ikcs: tuple[str, ...] = ()  # IKCs that came into an area, or out of one: 'IKC A: …'


@dataclass(frozen=True, slots=True)
class Practice(Frozen):
    """Something that worked, with who looked at it. It contributed to a result; it did not cause it."""

    title: str
    ikc: str
    text: str


@dataclass(frozen=True, slots=True)
class ProgrammeReportData(Frozen):
    """Dataset of 'Samenvattend jaarrapport' over all Plus IKCs.

    `ikcs` may come in any order: the report prints them alphabetically and never by result.
    """

    municipality: Municipality
    programme: Programme
    edition: Edition
    ruleset: RuleSetInfo
    goal_titles: tuple[str, ...]  # three, in programme order
    ikcs: tuple[ProgrammeIkc, ...]
    summary: tuple[str, ...] = ()  # written paragraphs of the researcher
    recommendations: tuple[str, ...] = ()
    contributions: tuple[PartyTotal, ...] = ()
    staffing: tuple[StaffingTotal, ...] = ()
    practices: tuple[Practice, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    area_review: AreaReview | None = None
    follow_up: tuple[str, ...] = ()  # what became of the recommendations of last year
    quality: tuple[QualityNote, ...] = ()
    demo: bool = False
    schema: str = PROGRAMME_SCHEMA


@dataclass(frozen=True, slots=True)
class Tally(Frozen):
    """Numbers of indicators per status over all IKCs together; `grey` could not be judged."""

    green: int
    amber: int
    red: int
    grey: int


@dataclass(frozen=True, slots=True)
class PublicGoal(Frozen):
    """One programme goal over all IKCs. Without tallies it would tell the result of one IKC."""

    number: int
    title: str
    ikcs: int  # IKCs with a result under this goal
    now: Tally | None = None
    before: Tally | None = None


@dataclass(frozen=True, slots=True)
class PublicReportData(Frozen):
    """Dataset of the public edition (L29): the summary without anything about a single IKC but its name."""

    municipality: Municipality
    programme: Programme
    edition: Edition
    ruleset: RuleSetInfo
    goals: tuple[PublicGoal, ...]
    ikcs: tuple[str, ...]  # names of the Plus IKCs with figures, by name
    contributions: tuple[PartyTotal, ...] = ()
    staffing: tuple[StaffingTotal, ...] = ()
    demo: bool = False
    schema: str = PUBLIC_SCHEMA


ReportData = IkcReportData | ProgrammeReportData | PublicReportData


def frozen_data(kind: str, dataset: Mapping[str, Any]) -> ReportData:
    """The stored dataset of a report of this kind (`AnnualReport.Kind`) again as what it was made of."""
    if kind == "ikc":
        return IkcReportData.from_dict(dataset)
    if kind == "programme":
        return ProgrammeReportData.from_dict(dataset)
    return PublicReportData.from_dict(dataset)
