"""Letters: ordered as rows by the deed that needs them, made and posted by a sweep (domain reference 3.0.3).

A decision takes effect when it is sent (Awb 3:40), and posting in the portal is sending (Awb 2:19b). The
PDF, the message, the notice by e-mail and the start of the objection term are therefore one transaction,
and the date on the letter is the date of posting. Who did not agree to electronic delivery gets paper (Awb 2:8).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from ikc.models import RoleAssignment
from ikc.roles import Role
from kvk2.core import deadlines, storage
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from kvk2.core.models import LegalHoliday, StoredFile
from subsidies import act_kinds, documents
from subsidies.documents import AdviceContext, LetterContext, ReceiptContext
from subsidies.documents_notices import TermNoticeContext, render_term_notice
from subsidies.documents_penalty import PenaltyContext, render_penalty
from subsidies.documents_standard import StandardLetterContext, render_standard
from subsidies.documents_terms import (
    CompletionContext,
    IntentContext,
    NotProcessedContext,
    render_completion,
    render_intent,
    render_not_processed,
)
from subsidies.letter_catalogue import letter_types
from subsidies.models import Application, Decision, Letter, Message, MessageEvent
from subsidies.services.delivery import notify
from subsidies.states import DECISION_WORKFLOW

if TYPE_CHECKING:
    from ikc.models import User

logger = logging.getLogger(__name__)

Document = (
    AdviceContext
    | CompletionContext
    | IntentContext
    | LetterContext
    | NotProcessedContext
    | PenaltyContext
    | ReceiptContext
    | StandardLetterContext
    | TermNoticeContext
)
Code = Letter.Code
DECISION_CODES = {
    Decision.Kind.GRANT: Code.GRANT,
    Decision.Kind.PARTIAL_GRANT: Code.PARTIAL_GRANT,
    Decision.Kind.REFUSAL: Code.REFUSAL,
}
# Every other code stands for a letter of the catalogue.
CONTEXTS: Mapping[str, type[Document]] = {
    Code.RECEIPT: ReceiptContext,
    Code.COMPLETION: CompletionContext,
    Code.COMPLETION_LONGER: TermNoticeContext,
    Code.LATER: TermNoticeContext,
    Code.CLOCK_STOPPED: TermNoticeContext,
    Code.PENALTY: PenaltyContext,
    Code.INVITATION: TermNoticeContext,
    Code.INVITATION_MOVED: TermNoticeContext,
    Code.INVITATION_CANCELLED: TermNoticeContext,
    Code.NOT_PROCESSED: NotProcessedContext,
    Code.ADVICE: AdviceContext,
    Code.INTENT: IntentContext,
    Code.GRANT: LetterContext,
    Code.PARTIAL_GRANT: LetterContext,
    Code.REFUSAL: LetterContext,
    **dict.fromkeys(letter_types(), StandardLetterContext),
}
RENDERERS: Mapping[type[Document], Callable[[Any], bytes]] = {
    AdviceContext: documents.render_advice,
    CompletionContext: render_completion,
    IntentContext: render_intent,
    LetterContext: documents.render_letter,
    NotProcessedContext: render_not_processed,
    PenaltyContext: render_penalty,
    ReceiptContext: documents.render_receipt,
    StandardLetterContext: render_standard,
    TermNoticeContext: render_term_notice,
}
# Paper: the date on the letter is chosen when it is printed, for the post of that day or of the days after.
LATEST_POSTING = timedelta(days=5)
LONGEST_WAIT = timedelta(hours=12)


class PostingDateInvalid(DomainError):
    """A date of posting before today, or too far away to promise."""


class LetterAlreadyMade(DomainError):
    """The letter was made or posted already; a letter is made once."""


def order_letter(
    code: str,
    application: Application,
    context: dict,
    *,
    decision: Decision | None = None,
    at: datetime,
) -> Letter:
    """Order one letter, in the transaction of the deed that it tells about.

    `context` is the `as_dict()` of a context of `subsidies.documents`; its dates of sending and objection
    are provisional and are set when the letter is posted.
    """
    return Letter.objects.create(
        code=code,
        application=application,
        decision=decision,
        context=context,
        ordered_at=at,
        next_attempt_at=at,
    )


def render_letter(letter_id: int, *, at: datetime) -> bool:
    """Make and post one waiting letter.

    False when it was made already, is being made, waits for its next attempt, or failed (then the row says
    why). One letter that fails never holds up another.
    """
    try:
        with transaction.atomic():
            letter = (
                Letter.objects.to_make(at)
                .select_for_update(skip_locked=True, of=("self",))
                .select_related("application__board", "application__ikc", "together")
                .filter(pk=letter_id)
                .first()
            )
            if letter is None:
                return False
            _make(letter, day=deadlines.local_date(at), at=at, by=None)
            if letter.together is None or letter.together.sent_at is not None:
                post_made(letter, at=at)
    except Exception as error:  # the row's own record of what went wrong; the sweep goes on
        _postpone(letter_id, error, at=at)
        return False
    return True


@transaction.atomic
def post_letter(letter: Letter, *, posted_on: date, by: "User", at: datetime) -> Letter:
    """Make a letter for the paper post with `posted_on` as its date, and record that it goes out that day.

    Raises PostingDateInvalid, LetterAlreadyMade, or MissingElements of `subsidies.documents`.
    """
    today = deadlines.local_date(at)
    if not today <= posted_on <= today + LATEST_POSTING:
        raise PostingDateInvalid(
            "Kies vandaag of een van de vijf dagen hierna: de datum komt op de brief te staan."
        )
    locked = (
        Letter.objects.to_post()
        .select_for_update(of=("self",))
        .select_related("application__board", "application__ikc")
        .filter(pk=letter.pk)
        .first()
    )
    if locked is None:
        raise LetterAlreadyMade("Deze brief is al gemaakt, of gaat via het portaal.")
    _make(locked, day=posted_on, at=at, by=by)
    record(
        locked.application,
        "letter_posted",
        actor=by,
        at=at,
        letter=locked.code,
        posted_on=posted_on,
    )
    if locked.decision_id:
        _announce(locked.decision_id, at=_noon_or_now(posted_on, at))
    return locked


def post_made(letter: Letter, *, at: datetime) -> None:
    """Post a letter that was made, in the caller's transaction; a decision takes effect by it."""
    _post_message(letter, at=at)
    if letter.decision_id:
        _announce(letter.decision_id, at=at)


def is_dated(letter: Letter, day: date) -> bool:
    """Whether the letter says that it goes out on `day`."""
    return getattr(CONTEXTS[letter.code].from_dict(letter.context), "sent_on", day) == day


def make_anew(letter_ids: Sequence[int], *, at: datetime) -> None:
    """Letters that wait for one another and were dated on a day that is over are made once more; nobody saw them."""
    Letter.objects.filter(pk__in=letter_ids, message=None, together__sent_at=None).update(
        rendered_at=None, stored=None, next_attempt_at=at
    )


def preview(context: LetterContext) -> bytes:
    """The PDF of a decision as it would be today, marked as a draft; nothing is stored."""
    return documents.render_letter(context, draft=True)


def objection_until(sent_on: date) -> date:
    """The last day for objection to a decision sent on `sent_on` (Awb 6:7, 6:8; Atw)."""
    holidays = frozenset(LegalHoliday.objects.values_list("date", flat=True))
    return deadlines.deadline(
        deadlines.DeadlineKind.OBJECT, sent_on, extra_holidays=holidays
    ).last_day


def _make(letter: Letter, *, day: date, at: datetime, by: "User | None") -> None:
    """Date the letter, make the PDF and keep both; the row never changes again."""
    document = _dated(CONTEXTS[letter.code].from_dict(letter.context), day)
    stored = storage.store(
        RENDERERS[type(document)](document),
        name=f"{letter.application.number}-{letter.code}.pdf",
        content_type="application/pdf",
        scan_state=StoredFile.ScanState.OWN,
        by=by,
        at=at,
    )
    letter.context = document.as_dict()
    letter.stored = stored
    letter.rendered_at = at
    letter.attempts += 1
    letter.error = ""
    letter.save(update_fields=["context", "stored", "rendered_at", "attempts", "error"])


def _dated(document: Document, day: date) -> Document:
    """The letter with the day it goes out, and the last day for objection that follows from it."""
    changes: dict[str, Any] = {}
    names = {field.name for field in fields(document)}
    if "sent_on" in names:
        changes["sent_on"] = day
    if (objection := getattr(document, "objection", None)) is not None:
        changes["objection"] = replace(objection, last_day=objection_until(day))
    return replace(document, **changes)


def _post_message(letter: Letter, *, at: datetime) -> Message:
    """Make the letter readable for the addressee's people and order the notice to each of them (Awb 2:10)."""
    application = letter.application
    message = Message.objects.create(
        letter=letter,
        organisation=application.board,
        ikc=application.ikc,
        subject=f"{letter.get_code_display()} voor {application.ikc}"[:200],
        posted_at=at,
    )
    MessageEvent.objects.create(message=message, kind=MessageEvent.Kind.POSTED, at=at)
    notify(message, recipients(application, day=deadlines.local_date(at)), at=at)
    record(application, "message_posted", actor=None, at=at, letter=letter.code)
    return message


def recipients(application: Application, *, day: date) -> list[str]:
    """Who hears that a message is there: the director of the IKC and the board's representatives."""
    assignments = RoleAssignment.objects.active_on(day).filter(user__is_active=True)
    directors = assignments.filter(role=Role.IKC_DIRECTOR, ikc=application.ikc_id)
    board = assignments.filter(role=Role.SCHOOL_BOARD, organisation=application.board_id)
    addresses = set((directors | board).values_list("user__email", flat=True))
    contact = application.contact_email.lower()
    if contact and contact not in addresses and not _has_left(application, contact, day):
        addresses.add(contact)
    return sorted(addresses)


def _has_left(application: Application, address: str, day: date) -> bool:
    """The address is of somebody who directed this IKC and does so no longer: its letters are not theirs to hear of."""
    return RoleAssignment.objects.filter(
        role=Role.IKC_DIRECTOR,
        ikc=application.ikc_id,
        user__email__iexact=address,
        valid_until__lt=day,
    ).exists()


def _announce(decision_id: int, *, at: datetime) -> None:
    """The decision takes effect: announced, and the objection term starts the day after."""
    decision = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("application__round__scheme_version", "grant")
        .get(pk=decision_id)
    )
    before = decision.state
    decision.state = DECISION_WORKFLOW.target("send", state=before)
    decision.announced_at = at
    decision.objection_until = objection_until(deadlines.local_date(at))
    decision.save(update_fields=["state", "announced_at", "objection_until"])
    record(
        decision,
        "decision_sent",
        actor=None,
        at=at,
        before=before,
        after=decision.state,
        objection_until=decision.objection_until,
    )
    if effect := act_kinds.on_announce(decision):
        effect(decision, at=at)


def _postpone(letter_id: int, error: Exception, *, at: datetime) -> None:
    """Write down what went wrong and wait 1, 2, 4 … minutes before the next attempt."""
    reason = error.message if isinstance(error, DomainError) else type(error).__name__
    logger.warning("letter_failed", extra={"letter": letter_id, "error": type(error).__name__})
    with transaction.atomic():
        letter = (
            Letter.objects.to_make(at)
            .select_for_update(skip_locked=True, of=("self",))
            .filter(pk=letter_id)
            .first()
        )
        if letter is None:  # another worker has it by now
            return
        letter.attempts += 1
        wait = min(timedelta(minutes=2 ** min(letter.attempts - 1, 12)), LONGEST_WAIT)
        letter.next_attempt_at = at + wait
        letter.error = reason[:300]
        letter.save(update_fields=["attempts", "next_attempt_at", "error"])


def _noon_or_now(day: date, at: datetime) -> datetime:
    """The moment that stands for posting on `day`: now when that is today, else noon of that day."""
    if day == deadlines.local_date(at):
        return at
    return datetime(day.year, day.month, day.day, 12, tzinfo=deadlines.AMSTERDAM)
