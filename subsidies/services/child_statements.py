"""The numbers of children of an application: what DUO says beside them, where they come from, and who signed for them.

Until filing they are a draft like the rest. Filing copies them: the columns of the application and its statement are
fixed by a trigger, and both the maximum and the division of the ceiling read those columns. The register of counts
(`ikc.ChildCount`) learns what was signed for, and may change afterwards without the application changing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.dateformat import format as date_format

from ikc.models import AgeBand
from ikc.services.child_counts import DuoFigure, Figure, declare_counts, duo_figures
from subsidies.content import ApplicationContent
from subsidies.models import Application, ChildCountStatement

if TYPE_CHECKING:
    from ikc.models import User

FIELDS = ("young_source", "pupil_source", "dispute_note")


def duo_of(application: Application, statement: ChildCountStatement | None) -> DuoFigure | None:
    """What DUO counted on the reference date: of a filed application as it was at filing."""
    if application.received_at is None:
        day = application.round.reference_date
        return duo_figures([application.ikc_id], day).get(application.ikc_id)
    if statement is None or not statement.duo_note:
        return None
    return DuoFigure(statement.duo_pupils, statement.duo_note)


def save_statement(application: Application, values: Mapping[str, Any]) -> None:
    """Keep what was typed; a source left empty stays as it was. The caller holds the lock of the draft."""
    kept = {name: value for name, value in values.items() if value or name == "dispute_note"}
    ChildCountStatement.objects.update_or_create(application=application, defaults=kept)


def gaps(application: Application, content: ApplicationContent) -> list[str]:
    """What is missing beside the numbers themselves, as sentences."""
    if not differs_from_duo(application, content) or _note(content.children):
        return []
    pupils = content.duo.pupils if content.duo else None
    return [
        f"Leg uit waarom het aantal kinderen van 4 tot en met 12 jaar anders is dan de {pupils} die DUO telde."
    ]


def differs_from_duo(application: Application, content: ApplicationContent) -> bool:
    """DUO counted another number of pupils than the application has."""
    given, duo = application.children_4_12, content.duo
    return duo is not None and None not in (given, duo.pupils) and given != duo.pupils


def declaration(application: Application) -> list[str]:
    """What the signer says about the numbers; nothing while one is missing."""
    numbers = (application.children_0_1, application.children_2_3, application.children_4_12)
    if None in numbers:
        return []
    day = date_format(application.round.reference_date, "j F Y").lower()
    told = ", ".join(
        f"{number} van {band.label}" for number, band in zip(numbers, AgeBand, strict=True)
    )
    return [f"Op {day} kwam dit aantal kinderen naar {application.ikc}: {told}."]


def freeze(
    application: Application, content: ApplicationContent, *, by: "User", at: datetime
) -> ApplicationContent:
    """Fix who signed for the numbers and what DUO said at that moment, and tell the register of counts.

    The content with the statement in it.
    """
    statement = content.children or ChildCountStatement(application=application)
    statement.confirmed_at, statement.confirmed_by = at, by
    if content.duo is not None:
        statement.duo_pupils, statement.duo_note = content.duo.pupils, content.duo.note
    if not differs_from_duo(application, content):
        statement.dispute_note = ""
    statement.save()
    _declare(application, statement, statement.dispute_note, by=by, at=at)
    return replace(content, children=statement)


def take_over_corrected(application: Application, *, by: "User", at: datetime) -> None:
    """The numbers of an accepted correction: signed by who filed it, and agreed to by the municipality."""
    statement = ChildCountStatement.objects.filter(application=application).first()
    statement = statement or ChildCountStatement(application=application)
    statement.confirmed_at, statement.confirmed_by = at, by
    statement.save()
    _declare(application, statement, "", by=by, at=at)


def _declare(
    application: Application, statement: ChildCountStatement, note: str, *, by: "User", at: datetime
) -> None:
    rows = (
        (AgeBand.ZERO_ONE, application.children_0_1, statement.young_source),
        (AgeBand.TWO_THREE, application.children_2_3, statement.young_source),
        (AgeBand.FOUR_TWELVE, application.children_4_12, statement.pupil_source),
    )
    declare_counts(
        application.ikc,
        application.round.reference_date,
        figures={
            band: Figure(number, source, f"aanvraag voor {application.round}"[:200])
            for band, number, source in rows
            if number is not None
        },
        dispute_note=note,
        by=by,
        at=at,
    )


def _note(statement: ChildCountStatement | None) -> str:
    return statement.dispute_note.strip() if statement else ""
