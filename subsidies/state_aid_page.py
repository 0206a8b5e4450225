"""What the page of the check on state aid shows beside its questions: what the applicant says, and what we know."""

from datetime import date
from decimal import Decimal

from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import dutch_date, euro
from subsidies.de_minimis import window_start
from subsidies.models import Application, StateAidAssessment, StateAidStatement
from subsidies.services.legal_figures import AID, limit_on
from subsidies.services.state_aid import own_aid

OUTCOMES = dict(StateAidAssessment.Outcome.choices)


def statement_of(application: Application) -> StateAidStatement | None:
    return getattr(application, "state_aid_statement", None)


def declared_total(application: Application) -> Decimal:
    """The de-minimis aid of three years that the applicant filled in, in euros."""
    return sum((row.amount for row in application.de_minimis.all()), Decimal(0))


def told(application: Application) -> list[Detail]:
    """The applicant's own answers."""
    statement = statement_of(application)
    if statement is None or statement.reaches_undertaking is None:
        return [Detail("Gaat er geld naar een onderneming?", "Niet ingevuld")]
    if not statement.reaches_undertaking:
        return [Detail("Gaat er geld naar een onderneming?", "Nee")]
    years = [
        Detail(f"De-minimissteun in {row.year}", euro(row.amount))
        for row in application.de_minimis.order_by("-year")
    ]
    return [
        Detail("Gaat er geld naar een onderneming?", "Ja"),
        Detail("Onderneming", statement.undertaking),
        Detail("Waarvoor", statement.purpose),
        *(years or [Detail("Eerdere de-minimissteun", "Nee")]),
    ]


def known_here(application: Application, undertaking: str, *, day: date) -> list[Detail]:
    """What this portal gave the same undertaking in three years."""
    if not undertaking.strip():
        return []
    found = own_aid(undertaking, "sgei_de_minimis", day=day, leave_out=[application])
    since = dutch_date(window_start(day))
    if not found:
        return [Detail(f"Door ons gegeven sinds {since}", "Niets")]
    return [Detail(f"{aid.number}, {dutch_date(aid.day)}", euro(aid.amount)) for aid in found]


def limits(day: date) -> list[Detail]:
    """The ceilings that hold today, each with its source."""
    return [
        Detail(
            OUTCOMES[limit.outcome].capitalize(),
            f"{euro(limit.amount)} in drie jaar\n{limit.regulation}",
        )
        for limit in (limit_on(outcome, day) for outcome in AID)
        if limit is not None
    ]
