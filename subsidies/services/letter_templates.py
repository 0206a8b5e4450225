"""The wording of a standard letter: what holds on a day, a new version of it, and the way back to the portal's own text."""

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import IntegrityError, transaction

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.letter_catalogue import fields_of, letter_types
from subsidies.letter_catalogue.markup import problem_with_body, problem_with_subject
from subsidies.models import LetterTemplate

if TYPE_CHECKING:
    from ikc.models import User


class LetterTextInvalid(DomainError):
    """A text with an unknown field or without one that it needs; the form names it at the field."""

    code = "LETTER_TEXT_INVALID"


class NewerLetterText(DomainError):
    """Somebody else saved a version since this one was opened."""

    code = "NEWER_LETTER_TEXT"


class LetterText(NamedTuple):
    """What a letter says; `number` 0 is the portal's own text."""

    subject: str
    body: str
    number: int


def standard_text(code: str, *, number: int = 0) -> LetterText:
    """The portal's own text of letter `code`."""
    letter = letter_types()[code]
    return LetterText(letter.subject.strip(), letter.body.strip(), number)


def text_on(code: str, day: date) -> LetterText:
    """What letter `code` says on `day`: the last version that holds by then, else the portal's own text."""
    row = LetterTemplate.objects.filter(code=code, valid_from__lte=day).order_by("-number").first()
    return standard_text(code) if row is None else text_of(row)


def text_of(row: LetterTemplate) -> LetterText:
    """What a version says."""
    if row.is_standard:
        return standard_text(row.code, number=row.number)
    return LetterText(row.subject, row.body, row.number)


def problems_with(code: str, subject: str, body: str) -> dict[str, str]:
    """What is wrong with a text of letter `code`, by the field of the form."""
    letter = letter_types()[code]
    fields = fields_of(letter)
    found = {
        "subject": problem_with_subject(subject, fields),
        "body": problem_with_body(body, fields, letter.required),
    }
    return {name: problem for name, problem in found.items() if problem}


@transaction.atomic
def save_text(
    code: str,
    *,
    subject: str,
    body: str,
    reason: str,
    valid_from: date,
    after: int,
    by: "User",
    at: datetime,
) -> LetterTemplate:
    """Keep another wording of letter `code`; letters that were ordered keep theirs.

    `after`: the number of the version that the writer had before them. Refusals: `LetterTextInvalid`,
    `NewerLetterText`.
    """
    subject, body = " ".join(subject.split()), body.replace("\r\n", "\n").strip()
    for problem in problems_with(code, subject, body).values():
        raise LetterTextInvalid(problem)
    return _next(code, subject, body, reason, valid_from, after=after, by=by, at=at)


@transaction.atomic
def back_to_standard(
    code: str, *, reason: str, after: int, by: "User", at: datetime
) -> LetterTemplate:
    """From today on the portal's own text again. Refusals: `LetterTextInvalid`, `NewerLetterText`."""
    return _next(code, "", "", reason, local_date(at), after=after, by=by, at=at)


def last_number(code: str) -> int:
    """The number of the last version; 0 while there is none."""
    rows = LetterTemplate.objects.filter(code=code).order_by("-number")
    return rows.values_list("number", flat=True).first() or 0


def _next(
    code: str,
    subject: str,
    body: str,
    reason: str,
    valid_from: date,
    *,
    after: int,
    by: "User",
    at: datetime,
) -> LetterTemplate:
    if not reason.strip():
        raise LetterTextInvalid("Schrijf op waarom de tekst verandert.")
    if valid_from < local_date(at):
        raise LetterTextInvalid("Een tekst geldt vanaf vandaag of later, nooit met terugwerking.")
    newer = NewerLetterText(
        "Iemand anders bewaarde net een nieuwe versie van deze tekst. Kijk eerst wat er veranderde."
    )
    if last_number(code) != after:
        raise newer
    try:
        with transaction.atomic():
            row = LetterTemplate.objects.create(
                code=code,
                number=after + 1,
                subject=subject,
                body=body,
                reason=reason.strip(),
                valid_from=valid_from,
                written_by=by,
                written_at=at,
            )
    except IntegrityError as error:  # two at the same moment: the other was first
        raise newer from error
    record(
        row,
        "letter_text_changed",
        actor=by,
        at=at,
        reason=row.reason,
        letter=code,
        version=row.number,
        valid_from=valid_from,
    )
    return row
