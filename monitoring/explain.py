"""The sentence behind a colour: every judgement explained with its own figures, in plain Dutch.

`explain` states nothing that `monitoring.status` did not decide; it only puts it into words. With a
`threshold` it leaves out figures that would show a small number of children (domain reference 8.2).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from kvk2.core.capitals import upper_first
from kvk2.core.dates import in_figures
from kvk2.core.money import format_number, format_whole
from kvk2.core.suppression import is_small
from monitoring.delivery import Delivery, DeliveryReason
from monitoring.outlook import FORECAST_DECIMALS, Forecast, Outlook, Trend
from monitoring.stages import Level, Milestone, MilestoneResult
from monitoring.status import (
    COLOURS,
    Agreed,
    Direction,
    Flag,
    GoalItem,
    GoalVerdict,
    Measured,
    MeasuredPercentage,
    MissingReason,
    Reason,
    RuleSet,
    Status,
    StatusResult,
)


@dataclass(frozen=True, slots=True)
class Label:
    """A status for the eye: a symbol that survives greyscale, its words, the tone of a badge."""

    symbol: str
    text: str
    tone: str


LABELS: Mapping[Status, Label] = MappingProxyType(
    {
        Status.GREEN: Label("●", "op koers", "success"),
        Status.AMBER: Label("◐", "aandacht", "warning"),
        Status.RED: Label("▲", "niet op koers", "danger"),
        Status.NO_DATA: Label("◌", "geen gegevens", "invalid"),
        Status.TOO_SMALL: Label("n<", "te klein", "inactive"),
        Status.NOT_YET_DUE: Label("○", "nog niet", "neutral"),
        Status.NOT_APPLICABLE: Label("–", "n.v.t.", "inactive"),
        Status.TOO_EARLY: Label("◔", "te vroeg", "neutral"),
        Status.NOT_COMPARABLE: Label("≠", "niet te vergelijken", "inactive"),
        Status.NO_TARGET: Label("□", "geen doel", "inactive"),
    }
)
TREND_LABELS: Mapping[Trend, str] = MappingProxyType(
    {
        Trend.IMPROVING: "verbetert",
        Trend.STABLE: "stabiel",
        Trend.WORSENING: "verslechtert",
        Trend.TOO_FEW_POINTS: "nog te weinig metingen",
    }
)
VERDICT_LABELS: Mapping[GoalVerdict, str] = MappingProxyType(
    {
        GoalVerdict.ON_COURSE: "op koers",
        GoalVerdict.ON_COURSE_WITH_CONCERNS: "op koers met aandachtspunten",
        GoalVerdict.ADJUSTMENT_PROPOSED: "bijsturen voorgesteld",
        GoalVerdict.NOT_JUDGEABLE: "niet te beoordelen",
        GoalVerdict.NOT_DUE: "nog niet aan de beurt",
    }
)
MISSING_LABELS: Mapping[MissingReason, str] = MappingProxyType(
    {
        MissingReason.NOT_MEASURED: "nog niet gemeten",
        MissingReason.NOT_DELIVERED: "niet aangeleverd",
        MissingReason.SOURCE_UNAVAILABLE: "bron niet beschikbaar",
        MissingReason.NO_TARGET_GROUP: "geen doelgroep",
        MissingReason.CONSENT_MISSING: "toestemming ontbreekt",
        MissingReason.OTHER: "andere reden",
    }
)


def explain(
    result: StatusResult,
    agreed: Agreed,
    measured: Measured | MeasuredPercentage,
    rules: RuleSet,
    *,
    unit: str = "",
    threshold: int | None = None,
    hidden: bool = False,
) -> str:
    """One sentence: the target, the figure, the tolerance, and why that gives this status.

    `unit` stands behind figures (`%`, `uur`); `threshold` is k of the small-number rule for readers
    outside the organisation that entered the figure. `hidden`: the figure may not be told, whatever it is.
    """
    words = _Words(result, agreed, measured, rules, unit, threshold)
    words.hidden = words.hidden or hidden
    parts = words.grey() if result.status not in COLOURS else words.coloured()
    return _sentence(parts)


def explain_level(result: StatusResult, level: Level) -> str:
    """One sentence about a level of a scale; a level says nothing of single children."""
    target = f"doel niveau {level.target}"
    if result.status not in COLOURS:
        parts = {
            Reason.NO_TARGET: ["voor dit jaar is geen doel afgesproken"],
            Reason.NO_TARGET_GROUP: ["er waren geen kinderen in de doelgroep"],
            Reason.NOT_MEASURED_YET: [target, "er is nog niet gemeten, en de termijn loopt nog"],
            Reason.NO_DATA: [target, _missing_words(level.missing_reason)],
            Reason.METHOD_CHANGED: [target, "er is anders gemeten dan bij de afspraak"],
        }[result.reason]
        return _sentence([*parts, f"dus {_GREY_CONCLUSIONS[result.reason]}"])
    short = abs(int(result.gap or 0))
    why = (
        "doel gehaald"
        if result.reason is Reason.TARGET_MET
        else f"dat is {short} {'niveau' if short == 1 else 'niveaus'} van het doel af"
    )
    conclusion = f"dus {_CONCLUSIONS[result.status]}"
    return _sentence([target, f"bereikt niveau {level.reached}", why, conclusion])


def explain_milestone(result: MilestoneResult, milestone: Milestone) -> str:
    """One sentence about a milestone: the day agreed, the day reached, and how late."""
    if milestone.due_on is None or result.reason is Reason.NO_TARGET_GROUP:
        return _sentence(
            ["voor dit jaar is geen mijlpaal afgesproken", "dus niet beoordeeld"]
            if milestone.due_on is None
            else ["er waren geen kinderen in de doelgroep", "dus niet van toepassing"]
        )
    days = f"{result.days} {'dag' if result.days == 1 else 'dagen'}"
    reached = (
        "" if milestone.reached_on is None else f"bereikt op {in_figures(milestone.reached_on)}"
    )
    why = {
        Reason.TARGET_MET: [reached, "op tijd"],
        Reason.MET_LATE: [reached, f"{days} te laat"],
        Reason.OVERDUE: ["nog niet bereikt", f"{days} te laat", _leeway(result, milestone)],
        Reason.NOT_DUE: ["nog niet bereikt", "die dag is nog niet voorbij"],
    }[result.reason]
    if Flag.EVIDENCE_MISSING in result.flags:
        why = [f"gemeld als {reached}, maar zonder bewijs", *why]
    conclusion = _CONCLUSIONS.get(result.status, "nog niet beoordeeld")
    return _sentence([f"mijlpaal op {in_figures(milestone.due_on)}", *why, f"dus {conclusion}"])


_OUTLOOK_WORDS: Mapping[Outlook, str] = MappingProxyType(
    {
        Outlook.ON_PACE: "op tempo voor het einddoel",
        Outlook.ACCELERATION_NEEDED: "voor het einddoel moet het sneller",
        Outlook.PACE_TOO_LOW: "dit tempo is te laag voor het einddoel",
        Outlook.WRONG_DIRECTION: "de cijfers gaan de verkeerde kant op",
    }
)


def explain_forecast(forecast: Forecast, *, unit: str = "") -> str:
    """One sentence on the end target; empty when there are too few years, or none left, to look ahead."""
    if forecast.outlook is Outlook.END_TARGET_REACHED:
        return "Het einddoel is bereikt."
    if forecast.value is None:
        return ""
    figure = format_number(forecast.value, FORECAST_DECIMALS)
    shown = f"{figure}%" if unit == "%" else f"{figure} {unit}".strip()
    going_on = f"als het zo doorgaat, is het in het laatste jaar {shown}"
    return _sentence([going_on, _OUTLOOK_WORDS[forecast.outlook]])


def _leeway(result: MilestoneResult, milestone: Milestone) -> str:
    if not milestone.leeway_days:
        return ""
    within = "binnen" if result.status is Status.AMBER else "meer dan"
    return f"{within} de speling van {milestone.leeway_days} dagen"


def _missing_words(reason: MissingReason | None) -> str:
    return f"er is geen meting ({MISSING_LABELS[reason]})" if reason else "er is geen meting"


def _sentence(parts: Iterable[str]) -> str:
    return f"{upper_first('; '.join(part for part in parts if part))}."


def explain_goal(items: Iterable[GoalItem], verdict: GoalVerdict, rules: RuleSet) -> str:
    """One sentence: how many indicators have which status, and what that means for the goal."""
    items = list(items)
    counts = [
        f"{count} {label.text}"
        for status, label in LABELS.items()
        if (count := sum(item.status is status for item in items))
    ]
    core_red = any(item.is_core and item.status is Status.RED for item in items)
    because = {
        GoalVerdict.ON_COURSE: "alles wat te beoordelen is, is op koers",
        GoalVerdict.ON_COURSE_WITH_CONCERNS: "niet alles is op koers",
        GoalVerdict.ADJUSTMENT_PROPOSED: "een kernindicator is niet op koers"
        if core_red
        else f"meer dan 1 op de {rules.red_one_in} is niet op koers",
        GoalVerdict.NOT_JUDGEABLE: f"minder dan 1 op de {rules.judgeable_one_in} is te beoordelen",
        GoalVerdict.NOT_DUE: "er is dit jaar nog niets te beoordelen",
    }[verdict]
    noun = "indicator" if len(items) == 1 else "indicatoren"
    told = f"Van {len(items)} {noun}: {', '.join(counts)}; " if items else ""
    sentence = f"{told}{because}; dus {VERDICT_LABELS[verdict]}."
    return upper_first(sentence)


def explain_hours(
    delivery: Delivery, agreed: Decimal, delivered: Decimal | None, rules: RuleSet
) -> str:
    """One sentence about the hours of one function in one year; hours say nothing of children."""
    told = f"afgesproken {format_figure(agreed)} uur"
    if delivery.reason is DeliveryReason.NOT_AGREED:
        return "Er zijn geen uren afgesproken, dus niet van toepassing."
    if delivered is None:
        why = (
            ["het jaar is nog niet voorbij", "dus nog niet beoordeeld"]
            if delivery.status is Status.NOT_YET_DUE
            else ["er is nog niets vastgelegd", "dus geen gegevens"]
        )
        return _sentence([told, *why])
    share = (
        f"{format_figure(delivered)} uur geleverd, dat is {_percent(delivery.share or Decimal(0))}"
    )
    if delivery.status not in COLOURS:
        why = ["het jaar is nog niet voorbij", "dus te vroeg om te beoordelen"]
        return _sentence([told, share, *why])
    green, amber = _percent(rules.hours_green), _percent(rules.hours_amber)
    bound = {
        Status.GREEN: f"vanaf {green} is het op koers",
        Status.AMBER: f"vanaf {amber} vraagt het aandacht en vanaf {green} is het op koers",
        Status.RED: f"minstens {amber} is nodig",
    }[delivery.status]
    more = "dat is meer dan afgesproken" if delivery.more_than_agreed else ""
    return _sentence([told, share, more, bound, f"dus {_CONCLUSIONS[delivery.status]}"])


class _Words:
    """The parts of one explanation."""

    def __init__(
        self,
        result: StatusResult,
        agreed: Agreed,
        measured: Measured | MeasuredPercentage,
        rules: RuleSet,
        unit: str,
        threshold: int | None,
    ) -> None:
        self.result = result
        self.agreed = agreed
        self.given = measured
        self.measured = (
            measured.as_measured() if isinstance(measured, MeasuredPercentage) else measured
        )
        self.rules = rules
        self.unit = unit
        self.hidden = threshold is not None and _shows_small_number(
            measured, threshold, rules.min_n
        )

    def coloured(self) -> list[str]:
        flags = self.result.flags
        return [
            self._target(),
            self._value(),
            "er is geen nulmeting, dus telt alleen het verschil met het doel"
            if Flag.BASELINE_MISSING in flags
            else "",
            "afgesproken is dit niveau vast te houden" if Flag.KEEP_LEVEL in flags else "",
            self._tolerance(),
            "" if self.hidden else self._why(),
            self._coverage() if self.result.provisional else "",
            self._conclusion(),
        ]

    def grey(self) -> list[str]:
        reason, target = self.result.reason, self._target()
        needed = _percent(self.rules.min_coverage)
        parts = {
            Reason.NO_TARGET: ["voor dit jaar is geen doel afgesproken"],
            Reason.NO_TARGET_GROUP: ["er waren geen kinderen in de doelgroep"],
            Reason.NOT_MEASURED_YET: [target, "er is nog niet gemeten, en de termijn loopt nog"],
            Reason.NO_DATA: [target, self._missing()],
            Reason.METHOD_CHANGED: [
                target,
                self._value(),
                "er is anders gemeten dan bij de afspraak",
            ],
            Reason.INCOMPLETE_SUM: [
                target,
                self._value() if self.hidden else f"{self._value()} of meer",
                "een eerder jaar ontbreekt in de optelling",
            ],
            # The figure itself stays out: it would tell about single children.
            Reason.TOO_FEW_CHILDREN: [
                target,
                f"het gaat om minder dan {self.rules.min_n} kinderen",
            ],
            Reason.COVERAGE_TOO_LOW: [
                target,
                f"{self._coverage()} en minstens {needed} is nodig",
            ],
        }[reason]
        return [*parts, f"dus {_GREY_CONCLUSIONS[reason]}"]

    def _target(self) -> str:
        agreed = self.agreed
        if agreed.direction is Direction.RANGE:
            low, high = _agreed_figure(agreed.low, agreed), _agreed_figure(agreed.high, agreed)
            return f"doel tussen {low} en {self._with_unit(high)}"
        side = " of lager" if agreed.direction is Direction.LOWER else ""
        year = f"{self._with_unit(_agreed_figure(agreed.target, agreed))}{side}"
        if Flag.TARGET_PRORATED not in self.result.flags:
            return f"doel {year}"
        part = self._with_unit(_worked_out(self.result.target_eff, agreed))
        return f"doel {part}{side} voor het gemeten deel van de periode (jaardoel {year})"

    def _value(self) -> str:
        if self.hidden:
            return "de meting is niet te tonen, omdat het om een klein aantal kinderen gaat"
        shown = self._with_unit(format_number(self.result.value or 0, self.agreed.decimals))
        counts = ""
        if isinstance(self.given, MeasuredPercentage) and self.given.num is not None:
            part, whole = format_whole(self.given.num), format_whole(self.given.den or 0)
            together = f" in {self.given.years} jaren samen" if self.given.years > 1 else ""
            counts = f" ({part} van {whole} kinderen{together})"
        return f"gemeten {shown}{counts}"

    def _why(self) -> str:
        """What decided, apart from the tolerance; and a step back, which always deserves a word."""
        if self.result.reason is Reason.DECLINE:
            return f"{self._step_back()}, en dat is meer dan de tolerantie"
        back = self._step_back() if Flag.WORSE_THAN_BASELINE in self.result.flags else ""
        decided = {
            Reason.TARGET_MET: self._met(),
            Reason.ALMOST_ON_COURSE: self._almost(),
            Reason.INSUFFICIENT_PROGRESS: self._insufficient(),
            Reason.JUST_OUTSIDE_TOLERANCE: f"{self._off()}, {self._within_amber()}",
            Reason.OFF_COURSE: f"{self._off()}, meer dan {self._amber_reach()}",
        }.get(self.result.reason, "")
        return "; ".join(part for part in (back, decided) if part)

    def _met(self) -> str:
        return (
            "binnen de bandbreedte" if self.agreed.direction is Direction.RANGE else "doel gehaald"
        )

    def _almost(self) -> str:
        share = self.result.share or Decimal(0)
        if share >= self.rules.progress_share:
            return f"{_percent(share)} van de afgesproken verbetering {self._since()} is bereikt"
        return f"{self._off()}, {self._within_amber()}"

    def _insufficient(self) -> str:
        needed = _percent(self.rules.progress_share)
        share = self.result.share or Decimal(0)
        if share <= 0:
            still = "" if share else f"er is geen verbetering {self._since()}; "
            return f"{still}minstens {needed} van de afgesproken verbetering is nodig"
        # Never shown as if it were enough: 59,99% is not 60%.
        reached = min(_whole_percent(share), _whole_percent(self.rules.progress_share) - 1)
        return (
            f"{reached}% van de afgesproken verbetering {self._since()} is bereikt; "
            f"minstens {needed} is nodig"
        )

    def _since(self) -> str:
        baseline = _worked_out(self.result.baseline_eff, self.agreed)
        return f"sinds de nulmeting ({self._with_unit(baseline)})"

    def _step_back(self) -> str:
        value, baseline = self.result.value, self.result.baseline_eff
        lost = abs((value or Decimal(0)) - (baseline or Decimal(0)))
        since = self._with_unit(_worked_out(baseline, self.agreed))
        return f"{self._difference(lost)} slechter dan de nulmeting ({since})"

    def _off(self) -> str:
        where = "de bandbreedte" if self.agreed.direction is Direction.RANGE else "het doel"
        return f"{self._difference(abs(self.result.gap or Decimal(0)))} van {where} af"

    def _within_amber(self) -> str:
        return f"niet meer dan {self._amber_reach()}"

    def _amber_reach(self) -> str:
        return f"{format_figure(self.rules.amber_tolerances)} keer de tolerantie"

    def _tolerance(self) -> str:
        tolerance = self.result.tol_eff or Decimal(0)
        if Flag.TOLERANCE_ONE_CHILD in self.result.flags:
            count = format_whole(self.measured.n or 0)
            return f"tolerantie {self._difference(tolerance)} omdat het om {count} kinderen gaat"
        if self.result.reason is Reason.TARGET_MET:
            return ""
        return (
            f"tolerantie {self._difference(tolerance)}"
            if tolerance
            else "geen tolerantie afgesproken"
        )

    def _coverage(self) -> str:
        return f"{_percent(self.measured.coverage)} van de periode is gemeten"

    def _missing(self) -> str:
        return _missing_words(self.measured.missing_reason)

    def _conclusion(self) -> str:
        provisional = "voorlopig " if self.result.provisional else ""
        return f"dus {provisional}{_CONCLUSIONS[self.result.status]}"

    def _with_unit(self, figure: str) -> str:
        if self.unit == "%":
            return f"{figure}%"
        return f"{figure} {self.unit}" if self.unit else figure

    def _difference(self, figure: Decimal) -> str:
        """A distance: between two percentages that is a number of points."""
        shown = _worked_out(figure, self.agreed)
        return f"{shown} punt" if self.unit == "%" else self._with_unit(shown)


_CONCLUSIONS: Mapping[Status, str] = MappingProxyType(
    {Status.GREEN: "op koers", Status.AMBER: "aandacht nodig", Status.RED: "niet op koers"}
)
_GREY_CONCLUSIONS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.NO_TARGET: "niet beoordeeld",
        Reason.NO_TARGET_GROUP: "niet van toepassing",
        Reason.NOT_MEASURED_YET: "nog niet beoordeeld",
        Reason.NO_DATA: "geen gegevens",
        Reason.METHOD_CHANGED: "niet te vergelijken",
        Reason.INCOMPLETE_SUM: "geen volledige gegevens",
        Reason.TOO_FEW_CHILDREN: "te klein om te beoordelen",
        Reason.COVERAGE_TOO_LOW: "te vroeg om te beoordelen",
    }
)


def format_figure(value: Decimal, least_decimals: int = 0) -> str:
    """All decimals that matter, and at least so many: an agreed figure is never rounded."""
    exponent = value.normalize().as_tuple().exponent
    needed = -exponent if isinstance(exponent, int) else 0
    return format_number(value, max(needed, least_decimals))


def _agreed_figure(value: Decimal | None, agreed: Agreed) -> str:
    return format_figure(value or Decimal(0), agreed.decimals)


def _worked_out(value: Decimal | None, agreed: Agreed) -> str:
    """A computed figure: one decimal more than the indicator has, where that says more."""
    value = value or Decimal(0)
    whole = Fraction(value) * 10**agreed.decimals
    return format_number(value, agreed.decimals + (whole.denominator != 1))


def _whole_percent(share: Decimal) -> int:
    """Cut off, so that a share never looks larger than it is."""
    percent = Fraction(share) * 100
    return percent.numerator // percent.denominator


def _percent(share: Decimal) -> str:
    return f"{_whole_percent(share)}%"


def _shows_small_number(
    measured: Measured | MeasuredPercentage, threshold: int, min_n: int
) -> bool:
    if not isinstance(measured, MeasuredPercentage) or measured.num is None or measured.den is None:
        return False
    rest = measured.den - measured.num
    return measured.den < min_n or is_small(measured.num, threshold) or is_small(rest, threshold)
