"""What pages say of earlier subsidy in a row (Awb 4:51): a sentence, the grants, and the judgement on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import dutch_date, euro
from subsidies.models import AllocationResult, Application, ContinuityAssessment, SubsidyRound
from subsidies.services.continuity import History, history_of, warned, words_of

WHY = (
    "Krijgt het nu minder of niets, dan kan de Awb om een redelijke termijn vragen (artikel 4:51). Wie het besluit "
    "opstelt, legt vast of dat zo is."
)


@dataclass(frozen=True, slots=True)
class ContinuityCard:
    """The warning with its grants; `judgement` is filled once somebody judged."""

    sentence: str
    grants: list[Detail]
    judgement: list[Detail]
    open: bool = False


def card_before_decision(application: Application) -> ContinuityCard | None:
    """For an application that may still be decided on; nothing when there is nothing to warn for."""
    history = history_of(application)
    if not history.long_enough:
        return None
    return ContinuityCard(
        f"{_sentence(history.years)} {WHY}",
        _grants(grant.as_json() for grant in history.grants),
        [],
    )


def card_of(assessment: ContinuityAssessment | None) -> ContinuityCard | None:
    """For a decision that gives less than was asked."""
    if assessment is None:
        return None
    sentence = _sentence(assessment.years)
    return ContinuityCard(
        f"{sentence} {WHY}" if assessment.is_open else sentence,
        _grants(assessment.grants),
        [] if assessment.is_open else _judgement(assessment),
        open=assessment.is_open,
    )


def lower_after_years(
    round_: SubsidyRound, results: Iterable[AllocationResult]
) -> dict[int, History]:
    """Of the outcomes that give less than was asked: the IKCs (ids) for which Awb 4:51 matters."""
    rows = list(results)
    lower = {
        row.application.ikc_id for row in rows if row.outcome != AllocationResult.Outcome.GRANT
    }
    found = warned(round_, [row.application for row in rows])
    return {ikc: history for ikc, history in found.items() if ikc in lower}


def in_words(found: Mapping[int, History]) -> str:
    """The alert above a division; empty when nobody is concerned."""
    if not found:
        return ""
    who = (
        "Eén IKC krijgt minder dan gevraagd en kreeg"
        if len(found) == 1
        else f"{len(found)} IKC’s krijgen minder dan gevraagd en kregen"
    )
    return f"{who} drie of meer jaar achter elkaar subsidie. {WHY}"


def _sentence(years: Iterable[int]) -> str:
    return f"Dit IKC kreeg subsidie in {words_of(list(years))}."


def _grants(grants: Iterable[Mapping[str, str]]) -> list[Detail]:
    return [
        Detail(
            str(grant["year"]),
            " · ".join(
                part
                for part in (str(euro(Decimal(grant["amount"]))), grant["name"], grant["board"])
                if part
            ),
        )
        for grant in grants
    ]


def _judgement(row: ContinuityAssessment) -> list[Detail]:
    rows = [
        Detail("Geldt artikel 4:51?", "Ja" if row.applies else "Nee"),
        Detail("Waarom", row.motivation),
    ]
    if row.applies:
        rows += [
            Detail("Aangekondigd op", dutch_date(row.announced_on)),
            Detail("Redelijke termijn tot en met", dutch_date(row.term_until)),
        ]
    if row.continued_amount is not None:
        rows.append(Detail("Voor de rest van de termijn", euro(row.continued_amount)))
    return [*rows, Detail("Vastgelegd", f"{row.recorded_by}, {dutch_date(row.recorded_at)}")]
