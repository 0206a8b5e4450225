"""What a version still lacks before the parties can sign it, and what they should think about first."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from agreements import calculations
from agreements.models import (
    AgreedIndicator,
    AgreedResult,
    AgreementVersion,
    IndicatorDefinition,
    YearTarget,
)
from agreements.states import PartyRole
from agreements.targets import SIGN
from kvk2.core.money import format_number


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing to repair: the sentence, and on which page (`topics`, `goals`, `parties`, `contributions`)."""

    text: str
    page: str


def gaps(version: AgreementVersion) -> list[Gap]:
    """All that stands in the way of signing; `version` was loaded `with_content()`."""
    return [
        *_party_gaps(version),
        *_goal_gaps(version),
        *_past_target_gaps(version),
        *_topic_gaps(version),
    ]


def missing_for_signing(version: AgreementVersion) -> list[str]:
    """The same as sentences, for the refusal of the service."""
    return [gap.text for gap in gaps(version)]


def missing_for_negotiation(version: AgreementVersion) -> list[str]:
    """What must be there before the parties talk about it: the parties, and a result under each goal."""
    return [gap.text for gap in (*_role_gaps(version), *_empty_goal_gaps(version))]


def _role_gaps(version: AgreementVersion) -> Iterator[Gap]:
    present = {party.role for party in version.parties.all()}
    for role in PartyRole:
        if role not in present:
            yield Gap(f"Er is nog geen partij met de rol ‘{role.label}’.", "parties")


def _party_gaps(version: AgreementVersion) -> Iterator[Gap]:
    yield from _role_gaps(version)
    for party in version.parties.all():
        if not (party.signatory_name and party.signatory_function):
            yield Gap(
                f"Vul in wie namens {party.organisation_name} tekent, met naam en functie.",
                "parties",
            )
        if party.role != PartyRole.MUNICIPALITY and not party.mandate_reference:
            yield Gap(
                f"Vul in op grond waarvan namens {party.organisation_name} wordt getekend:"
                " statuten, volmacht of mandaat.",
                "parties",
            )


def _empty_goal_gaps(version: AgreementVersion) -> Iterator[Gap]:
    filled = {result.goal_id for result in version.results.all()}
    for goal in version.agreement.programme.goals.all():
        if goal.pk not in filled:
            yield Gap(f"Het doel ‘{goal.title}’ heeft nog geen beoogd resultaat.", "goals")


def _goal_gaps(version: AgreementVersion) -> Iterator[Gap]:
    yield from _empty_goal_gaps(version)
    for result in version.results.all():
        indicators = result.indicators.all()
        if not indicators:
            yield Gap(f"Resultaat {result.label} heeft nog geen indicator.", "goals")
        for indicator in indicators:
            yield from _target_gaps(version, result, indicator)


def _target_gaps(
    version: AgreementVersion, result: AgreedResult, indicator: AgreedIndicator
) -> Iterator[Gap]:
    covered = [target for target in indicator.targets.all() if version.covers(target.year)]
    if indicator.definition.is_milestone:
        # a day that an amendment leaves behind it is still the day
        if all(target.is_empty for target in indicator.targets.all()):
            yield Gap(
                f"De mijlpaal ‘{indicator.definition.name}’ ({result.label}) heeft nog geen dag.",
                "goals",
            )
        return
    empty = [target.year.label for target in covered if target.is_empty and not target.explanation]
    if empty:
        yield Gap(
            f"Bij ‘{indicator.definition.name}’ ({result.label}) ontbreekt de streefwaarde"
            f" van {listed(empty)}.",
            "goals",
        )


def _past_target_gaps(version: AgreementVersion) -> Iterator[Gap]:
    """An amendment changes the years from its first year on; what came before stays (invariant 4)."""
    if version.supersedes_id is None or version.kind == AgreementVersion.Kind.CORRECTION:
        return
    earlier = {
        (target.indicator.series_key, target.year_id): _figures(target)
        for target in YearTarget.objects.filter(
            indicator__version=version.supersedes_id,
            year__index__lt=version.effective_year.index,
        ).select_related("indicator")
    }
    for result in version.results.all():
        for indicator in result.indicators.all():
            changed = [
                target.year.label
                for target in indicator.targets.all()
                if earlier.get((indicator.series_key, target.year_id), _figures(target))
                != _figures(target)
            ]
            if changed:
                yield Gap(
                    f"Bij ‘{indicator.definition.name}’ ({result.label}) is de streefwaarde van"
                    f" {listed(changed)} gewijzigd. Die jaren liggen vóór het ingangsjaar"
                    f" {version.effective_year.label}.",
                    "goals",
                )


def _figures(target: YearTarget) -> tuple[object, ...]:
    return target.value, target.low, target.high, target.level, target.due_on


def _topic_gaps(version: AgreementVersion) -> Iterator[Gap]:
    written = {topic.code for topic in version.topics.all() if topic.text.strip()}
    for code in version.topics.model.Code:
        if code not in written:
            yield Gap(f"Het onderwerp ‘{code.label}’ is nog leeg.", "topics")


def warnings_at_agreement_time(version: AgreementVersion) -> list[str]:
    """What makes an agreement weak without making it invalid; `version` was loaded `with_content()`."""
    found = []
    measured = {measure.result_id for measure in version.measures.all()}
    for result in version.results.all():
        for indicator in result.indicators.all():
            found += indicator_warnings(indicator, label=result.label)
        if result.pk not in measured:
            found.append(f"Resultaat {result.label} heeft nog geen maatregel.")
    found += _missing_means(version)
    for party in version.parties.all():
        if not party.contributions.all():
            found.append(f"{party.organisation_name} heeft nog geen bijdrage.")
        if any(row.source_id is None for row in party.contributions.all()):
            found.append(f"Een bijdrage van {party.organisation_name} heeft nog geen geldbron.")
    return found


def _missing_means(version: AgreementVersion) -> Iterator[str]:
    if not version.analyses.all():
        yield "Er is nog geen data-analyse: waaruit blijkt wat deze kinderen nodig hebben?"
    if not version.staffing.all():
        yield "Het functiehuis is nog leeg: welke functies zetten de partijen in?"
    if not version.steering.all():
        yield "Er staat nog niet welk overleg het IKC aanstuurt."


def indicator_warnings(indicator: AgreedIndicator, *, label: str) -> list[str]:
    """A tolerance that swallows the plan; and where a level is kept, targets that fall or small steps.

    With the aim to improve such targets are refused (`agreements.targets`), so nobody need be warned.
    """
    definition = indicator.definition
    sign = SIGN.get(IndicatorDefinition.Direction(definition.direction))
    targets = {
        target.year.label: target.number
        for target in indicator.targets.all()
        if target.number is not None
    }
    if sign is None or not targets:
        return []
    name = f"‘{definition.name}’ ({label})"
    figures = list(targets.values())
    return [
        *_against_direction(name, definition, indicator.baseline_number, targets, sign),
        *_no_improvement(name, indicator, figures[-1], sign),
        *_too_tolerant(name, indicator, figures[-1], sign),
        *_smaller_than_one_child(name, indicator, figures),
    ]


def _against_direction(
    name: str,
    definition: IndicatorDefinition,
    baseline: Decimal | None,
    targets: dict[str, Decimal],
    sign: int,
) -> Iterator[str]:
    if years := calculations.steps_against(baseline, targets, sign=sign):
        yield (
            f"Bij {name} gaat de streefwaarde van {listed(years)} de verkeerde kant op:"
            f" {definition.get_direction_display()}."
        )


def _no_improvement(
    name: str, indicator: AgreedIndicator, last_target: Decimal, sign: int
) -> Iterator[str]:
    baseline = indicator.baseline_number
    if indicator.aim != AgreedIndicator.Aim.IMPROVE or baseline is None:
        return
    if calculations.planned_improvement(baseline, last_target, sign=sign) <= 0:
        yield (
            f"Bij {name} is de laatste streefwaarde niet beter dan de nulmeting. Is het streven"
            " ‘behouden’?"
        )


def _too_tolerant(
    name: str, indicator: AgreedIndicator, last_target: Decimal, sign: int
) -> Iterator[str]:
    if indicator.baseline_value is None or not indicator.tolerance:
        return
    planned = calculations.planned_improvement(indicator.baseline_value, last_target, sign=sign)
    if planned > 0 and indicator.tolerance * 2 >= planned:
        places = indicator.definition.decimals
        yield (
            f"Bij {name} is de tolerantie ({format_number(indicator.tolerance, places)}) de helft of"
            f" meer van de geplande verbetering ({format_number(planned, places)})."
        )


def _smaller_than_one_child(
    name: str, indicator: AgreedIndicator, figures: list[Decimal]
) -> Iterator[str]:
    group = indicator.baseline_denominator
    if not group or not indicator.definition.is_percentage:
        return
    step = calculations.smallest_step(indicator.baseline_value, figures)
    weight = calculations.one_child(group)
    if step is not None and step < weight:
        yield (
            f"Bij {name} is een stap van {format_number(step, 1)} punt kleiner dan één kind:"
            f" dat is {format_number(weight, 1)} punt in een groep van {group}."
        )


def listed(words: list[str]) -> str:
    """'2022/23', '2022/23 en 2023/24', '2021/22, 2022/23 en 2023/24'."""
    return " en ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
