"""Entry checks on rows: what is refused at once, and what is kept as a question with the figure (monitoring reference 4)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from agreements.models import AgreedIndicator, IndicatorDefinitionVersion, ProgrammeYear
from ikc.models import User
from kvk2.core.dates import in_figures
from kvk2.core.money import format_number
from monitoring.entry_checks import Asked, EntryThresholds, Finding, PartsOfOne, Spread, findings
from monitoring.figures import Figure, Part
from monitoring.models import Breakdown, Category, Check, Dimension, Measurement, Return
from monitoring.plausible import implausible
from monitoring.services.spreads import spreads_beside
from monitoring.typed_figures import FigureRefused

EVIDENCE_MISSING = "Voeg bewijs toe. Zonder bewijs telt de mijlpaal niet als bereikt."
# A count above this is a slip of the pen, when the definition itself gives no upper limit.
MOST = Decimal(10_000_000)


def check_figure(
    indicator: AgreedIndicator, figure: Figure, *, year: ProgrammeYear, today: date
) -> None:
    """Refuse what cannot be: another type, a numerator above its denominator, a value or a day out of range."""
    definition = indicator.definition_version
    _check_plausible(figure)
    if figure.missing_reason:
        return
    _check_type(definition, figure, year=year, today=today)
    if figure.numerator is not None and figure.numerator > (figure.denominator or 0):
        raise FigureRefused(
            "Het eerste aantal is groter dan het tweede. Draai ze om of verbeter ze.",
            field="numerator",
        )
    _check_reference_date(figure, year=year, today=today)
    _check_range(definition, figure)


def _check_plausible(figure: Figure) -> None:
    impossible = implausible(
        value=figure.value,
        counts={"numerator": figure.numerator, "denominator": figure.denominator},
        days={"reached_on": figure.reached_on, "reference_date": figure.reference_date},
        texts={"source": figure.source, "note": figure.note},
    )
    if impossible:
        field, sentence = impossible
        raise FigureRefused(sentence, field=field)


def _check_reference_date(figure: Figure, *, year: ProgrammeYear, today: date) -> None:
    if figure.reference_date is None:
        return
    if figure.reference_date > today:
        raise FigureRefused("De peildatum ligt in de toekomst.", field="reference_date")
    if not year.start <= figure.reference_date <= year.end:
        raise FigureRefused(
            f"De peildatum ligt niet in {year.full_label}: {in_figures(year.start)} tot en met {in_figures(year.end)}.",
            field="reference_date",
        )


def _check_type(
    definition_version: IndicatorDefinitionVersion,
    figure: Figure,
    *,
    year: ProgrammeYear,
    today: date,
) -> None:
    """A figure has what belongs to the type of its indicator: two counts, a value, a level or a day."""
    definition = definition_version.definition
    if definition.is_percentage:
        if figure.numerator is None or figure.denominator is None:
            raise FigureRefused(
                "Vul twee aantallen in: hoeveel kinderen, van hoeveel.", field="numerator"
            )
        if figure.numerator < 0 or figure.denominator < 0:
            raise FigureRefused("Een aantal is nooit negatief.", field="numerator")
    elif definition.is_scale:
        if figure.level is None or not 1 <= figure.level <= len(definition_version.rubric):
            raise FigureRefused(
                "Kies welk niveau is bereikt, of waarom er geen niveau is.", field="level"
            )
    elif definition.is_milestone:
        _check_milestone(figure, year=year, today=today)
    elif figure.value is None:
        raise FigureRefused(
            "Vul de gemeten waarde in, of kies waarom er geen cijfer is.", field="value"
        )


def _check_milestone(figure: Figure, *, year: ProgrammeYear, today: date) -> None:
    """A milestone may be reached early or late, but within the programme."""
    if figure.reached_on is None:
        raise FigureRefused(
            "Vul in wanneer de mijlpaal is bereikt, of kies waarom er geen dag is.",
            field="reached_on",
        )
    if figure.reached_on > today:
        raise FigureRefused("Deze dag ligt in de toekomst.", field="reached_on")
    if figure.reached_on < year.programme.start:
        raise FigureRefused("Deze dag ligt vóór het begin van het programma.", field="reached_on")


def _check_range(definition: IndicatorDefinitionVersion, figure: Figure) -> None:
    """Not NaN, not endless, and within what the definition says; without a lower limit nothing is below zero."""
    if figure.value is None:
        return
    decimals = definition.definition.decimals
    if not figure.value.is_finite():
        raise FigureRefused("Vul een getal in, bijvoorbeeld 12,5.", field="value")
    least = Decimal(0) if definition.valid_min is None else definition.valid_min
    most = MOST if definition.valid_max is None else definition.valid_max
    if figure.value < least:
        lowest = format_number(least, decimals)
        raise FigureRefused(f"De waarde is lager dan mogelijk: minstens {lowest}.", field="value")
    if figure.value > most:
        highest = format_number(most, decimals)
        raise FigureRefused(f"De waarde is hoger dan mogelijk: hoogstens {highest}.", field="value")


# --- the breakdown


COLUMNS = ("value", "numerator", "denominator")


def check_parts(
    indicator: AgreedIndicator, figure: Figure, categories: Mapping[int, Category]
) -> None:
    """Parts belong to a dimension of the indicator, and are together never more than the whole (hard)."""
    if not figure.parts:
        return
    allowed = {
        key
        for key, category in categories.items()
        if indicator.definition_version.definition_id in category.dimension.definition_ids
    }
    for part in figure.parts:
        _check_part(part, figure, allowed)
    for sums in parts_beside_whole(figure, figure.parts, categories):
        if any(parts > whole for parts, whole in sums.sums):
            raise FigureRefused(
                f"De delen zijn samen meer dan het geheel ({sums.dimension.lower()}).",
                field="parts",
            )


def _check_part(part: Part, figure: Figure, allowed: set[int]) -> None:
    if figure.missing_reason or part.category not in allowed:
        raise FigureRefused("Deze uitsplitsing hoort niet bij dit cijfer.", field="parts")
    for column in COLUMNS:
        if (getattr(part, column) is None) != (getattr(figure, column) is None):
            raise FigureRefused(
                "Vul bij elke groep hetzelfde in als bij het geheel.", field="parts"
            )
    numbers = [number for column in COLUMNS if (number := getattr(part, column)) is not None]
    if any(number < 0 for number in numbers):
        raise FigureRefused("Een aantal is nooit negatief.", field="parts")
    if (part.numerator or 0) > (part.denominator or 0):
        raise FigureRefused(
            "Bij een groep is het eerste aantal groter dan het tweede.", field="parts"
        )


def parts_beside_whole(
    whole: Figure | Measurement,
    parts: Iterable[Part | Breakdown],
    categories: Mapping[int, Category],
) -> list[PartsOfOne]:
    """The sums per dimension, each beside the whole."""
    by_dimension: dict[int, list[Part | Breakdown]] = defaultdict(list)
    for part in parts:
        key = part.category if isinstance(part, Part) else part.category_id
        by_dimension[categories[key].dimension_id].append(part)
    dimensions = {row.dimension_id: row.dimension for row in categories.values()}
    return [
        PartsOfOne(
            dimension=dimensions[key].name,
            is_exhaustive=dimensions[key].is_exhaustive,
            sums=tuple(
                (sum((Decimal(getattr(row, column)) for row in rows), Decimal(0)), Decimal(total))
                for column in COLUMNS
                if (total := getattr(whole, column)) is not None
            ),
        )
        for key, rows in by_dimension.items()
    ]


# --- the questions


@dataclass(frozen=True, slots=True)
class Beside:
    """What the figures of one return are compared with, read once for all of them."""

    thresholds: EntryThresholds
    before: Mapping[UUID, Measurement]
    others: Mapping[int, Spread]
    categories: Mapping[int, Category]

    def remarkable(
        self,
        indicator: AgreedIndicator,
        now: Figure | Measurement,
        parts: Iterable[Part | Breakdown] = (),
    ) -> list[Finding]:
        """The questions that this figure raises."""
        definition = indicator.definition_version.definition
        if now.missing_reason or not definition.has_figures:
            return []
        before = self.before.get(indicator.series_key)
        asked = Asked(
            number=number_of(now),
            denominator=now.denominator,
            before=number_of(before) if before else None,
            denominator_before=before.denominator if before else None,
            is_percentage=definition.is_percentage or definition.unit == "%",
            tolerance=indicator.tolerance,
            others=self.others.get(definition.pk),
            parts=parts_beside_whole(now, parts, self.categories),
        )
        return findings(asked, self.thresholds)


def number_of(figure: Figure | Measurement) -> Decimal | None:
    """The value, or the percentage; None when there is no number."""
    if figure.numerator is not None and figure.denominator:
        return Decimal(100 * figure.numerator) / figure.denominator
    return figure.value


def beside(
    return_: Return,
    indicators: Sequence[AgreedIndicator],
    *,
    spreads: Mapping[int, Spread] | None = None,
) -> Beside:
    """Last year, the other IKCs of this year and the categories, for these indicators; a few queries.

    `spreads`: from `spreads_of_many`, when the caller goes through many returns.
    """
    definitions = {indicator.definition_version.definition_id for indicator in indicators}
    others = spreads_beside(return_, definitions) if spreads is None else spreads
    return Beside(
        thresholds=EntryThresholds.from_parameters(return_.cycle.ruleset.parameters),
        before=previous_measurements(return_),
        others=others,
        categories=categories_for(definitions),
    )


def categories_for(definitions: Iterable[int]) -> dict[int, Category]:
    """The groups along which these indicators are broken down, by key; each dimension knows its `definition_ids`."""
    links: dict[int, set[int]] = defaultdict(set)
    for dimension_id, definition_id in Dimension.objects.filter(
        definitions__in=definitions
    ).values_list("pk", "definitions"):
        links[dimension_id].add(definition_id)
    found = {}
    for category in (
        Category.objects.filter(dimension__in=links)
        .select_related("dimension")
        .order_by("dimension__name", "order", "pk")
    ):
        category.dimension.definition_ids = links[category.dimension_id]
        found[category.pk] = category
    return found


def previous_measurements(return_: Return) -> dict[UUID, Measurement]:
    """series_key → Measurement of the year before."""
    return {
        measurement.series_key: measurement
        for measurement in Measurement.objects.filter(
            of_return__agreement=return_.agreement_id,
            of_return__cycle__year__index=return_.cycle.year.index - 1,
            of_return__cycle__year__programme=return_.cycle.year.programme_id,
        )
    }


def keep_checks(
    rows: Sequence[tuple[AgreedIndicator, Measurement]], beside_: Beside, *, by: User | None
) -> None:
    """Ask the questions anew; the note of a figure explains all of its questions. Rows need `parts` and `evidence`."""
    Check.objects.filter(measurement__in=[row for _, row in rows]).delete()
    checks = []
    for indicator, row in rows:
        checks += _errors(row)
        note = row.note.strip() if by else ""
        checks += [
            Check(
                measurement=row,
                rule=finding.rule,
                severity=Check.Severity.WARNING,
                message=finding.message,
                explanation=note,
                acknowledged_by=by if note else None,
            )
            for finding in beside_.remarkable(indicator, row, row.parts.all())
        ]
    Check.objects.bulk_create(checks)


def _errors(row: Measurement) -> list[Check]:
    if row.reached_on is None or row.has_evidence:
        return []
    return [
        Check(
            measurement=row,
            rule=Check.Rule.EVIDENCE_MISSING,
            severity=Check.Severity.ERROR,
            message=EVIDENCE_MISSING,
        )
    ]


def open_checks(return_: Return) -> dict[UUID, list[Check]]:
    """Per series what still stands in the way: errors, and questions without an explanation."""
    found: dict[UUID, list[Check]] = defaultdict(list)
    for check in (
        Check.objects.filter(
            measurement__of_return=return_.pk, measurement__is_current=True, explanation=""
        )
        .select_related("measurement")
        .order_by("severity", "pk")
    ):
        found[check.measurement.series_key].append(check)
    return found
