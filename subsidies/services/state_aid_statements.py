"""The applicant's answer about state aid (domain reference 3.13); more is asked only when money reaches an undertaking."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from subsidies.content import ApplicationContent
from subsidies.models import Application, DeMinimisAid, StateAidStatement
from subsidies.services.applications import Step, Typed, count_save, lock_draft, write_draft

NOTHING_MORE = {"undertaking": "", "purpose": "", "received_before": None}


def years_of(day: date) -> tuple[int, int, int]:
    """The years of a de-minimis statement made on `day`: this one and the two before."""
    return day.year, day.year - 1, day.year - 2


@transaction.atomic
def save_state_aid(
    application: Application,
    typed: Typed,
    amounts: Mapping[int, Decimal],
    *,
    at: datetime,
) -> Application:
    """Keep the answers, and what was received per year; a 'no' lets what depends on it go. Refusals: as `save_plan`."""
    application = lock_draft(application)
    count_save(application, Step.STATE_AID, typed, at)
    write_state_aid(application, typed.values, amounts)
    return write_draft(application, {})


def write_state_aid(
    application: Application, given: Mapping[str, Any], amounts: Mapping[int, Decimal]
) -> None:
    """Make `given` the answers; the caller holds the lock on the application."""
    values = dict(given)
    if not values.get("reaches_undertaking"):
        values |= NOTHING_MORE
    StateAidStatement.objects.update_or_create(application=application, defaults=values)
    DeMinimisAid.objects.filter(application=application).delete()
    if values["received_before"]:
        DeMinimisAid.objects.bulk_create(
            DeMinimisAid(application=application, year=year, amount=amount)
            for year, amount in amounts.items()
        )


def gaps(content: ApplicationContent, day: date) -> Sequence[str]:
    """What is missing of the statement, as sentences."""
    statement = content.state_aid
    if statement is None or statement.reaches_undertaking is None:
        return ["Geef aan of er geld van de subsidie naar een onderneming gaat."]
    if not statement.reaches_undertaking:
        return []
    filled = {row.year for row in content.de_minimis}
    wanted = (
        (statement.undertaking.strip(), "Vul in naar welke onderneming het geld gaat."),
        (statement.purpose.strip(), "Vul in waarvoor de onderneming het geld krijgt."),
        (
            statement.received_before is not None,
            "Geef aan of de onderneming al eerder de-minimissteun kreeg.",
        ),
        (
            not statement.received_before or filled >= set(years_of(day)),
            "Vul voor elk van de drie jaren in hoeveel de-minimissteun de onderneming kreeg.",
        ),
    )
    return [sentence for there, sentence in wanted if not there]
