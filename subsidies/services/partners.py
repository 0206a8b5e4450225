"""The childcare partner stands behind the plan, or says why not; each answer is for one content only."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.content import ApplicationContent
from subsidies.models import Application, Attachment, PartnerConfirmation, SubsidyRound
from subsidies.services.applications import lock_draft, require_authority, require_open
from subsidies.services.contents import content_hash, content_of

if TYPE_CHECKING:
    from ikc.models import Organisation, User

Answer = PartnerConfirmation.Answer


class NobodyToAsk(DomainError):
    """No partner with an account, or all of them have answered or been asked."""

    code = "NOBODY_TO_ASK"


class NotAsked(DomainError):
    """There is no open request to this partner."""

    code = "NOT_ASKED"


class ContentChanged(DomainError):
    """What was read is no longer what would be confirmed."""

    code = "CONTENT_CHANGED"


class DeclineReasonMissing(DomainError):
    """Who declines says why."""

    code = "REASON_MISSING"


@transaction.atomic
def ask_partners(application: Application, *, by: "User", at: datetime) -> int:
    """Ask every partner with an account whose last word is not about the content of now; returns how many.

    Refusals: `NoLongerDraft`, `NoMandate`, `RoundNotOpen`, `NobodyToAsk`.
    """
    application = lock_draft(application)
    require_open(application.round, at)
    authority = require_authority(by, application.ikc, local_date(at))
    content, now = _content(application, at)
    asked = [
        partner
        for partner in content.partners
        if partner.has_account and not _waits_or_holds(partner.last, now)
    ]
    if not asked:
        raise NobodyToAsk("Er is op dit moment niemand die u om een bevestiging kunt vragen.")
    for partner in asked:
        PartnerConfirmation.objects.create(
            application=application,
            organisation_id=partner.organisation_id,
            asked_at=at,
            asked_by=by,
        )
    record(
        application,
        "confirmation_asked",
        actor=by,
        at=at,
        on_behalf_of=str(application.board),
        role=authority.role,
        partners=[partner.name for partner in asked],
    )
    return len(asked)


@transaction.atomic
def answer_partner(
    application: Application,
    organisation: "Organisation",
    *,
    confirmed: bool,
    reason: str,
    read_hash: str,
    by: "User",
    at: datetime,
) -> PartnerConfirmation:
    """The partner confirms the content that was read, or declines with a reason.

    Refusals: `NoLongerDraft`, `RoundNotOpen`, `NotAsked`, `ContentChanged`, `DeclineReasonMissing`.
    """
    application = lock_draft(application)
    require_open(application.round, at)
    request = (
        PartnerConfirmation.objects.select_for_update(of=("self",))
        .filter(application=application, organisation=organisation, answered_at=None)
        .first()
    )
    if request is None:
        raise NotAsked("Er staat geen vraag om een bevestiging open.")
    _, now = _content(application, at)
    if read_hash != now:
        raise ContentChanged("Het plan is intussen gewijzigd. Lees het opnieuw en antwoord daarna.")
    if not confirmed and not reason.strip():
        raise DeclineReasonMissing("Schrijf op waarom u niet akkoord bent.")
    request.answer = Answer.CONFIRMED if confirmed else Answer.DECLINED
    request.reason = "" if confirmed else reason.strip()
    request.content_hash, request.answered_at, request.answered_by = now, at, by
    request.save()
    record(
        application,
        "confirmation_given" if confirmed else "confirmation_declined",
        actor=by,
        at=at,
        on_behalf_of=str(organisation),
        reason=request.reason,
        content=now,
    )
    return request


def _content(application: Application, at: datetime) -> tuple[ApplicationContent, str]:
    content = content_of(application, local_date(at))
    return content, content_hash(application, content, application.budget_lines.all())


def _waits_or_holds(last: PartnerConfirmation | None, now: str) -> bool:
    """An open request, or a confirmation of what stands there now."""
    if last is None:
        return False
    return last.answered_at is None or (
        last.answer == Answer.CONFIRMED and last.content_hash == now
    )


def gaps(
    application: Application,
    content: ApplicationContent,
    attachments: Sequence[Attachment],
    now: str,
) -> list[str]:
    """What is missing of the partners' consent, as sentences; `now` is the hash of the content of now.

    A partner with an account answers in the portal; for any other the statement is uploaded.
    """
    if application.round.partner_confirmation != SubsidyRound.PartnerRule.REQUIRED:
        return []
    sentences = [
        sentence
        for partner in content.partners
        if partner.has_account and (sentence := _gap(partner.name, partner.last, now))
    ]
    absent = [partner.name for partner in content.partners if not partner.has_account]
    uploaded = any(row.kind == Attachment.Kind.PARTNER for row in attachments)
    if (absent or not content.partners) and not uploaded:
        whose = " en ".join(absent) or "de kinderopvang in uw IKC"
        sentences.append(f"Voeg bij de bijlagen een verklaring toe van {whose}.")
    return sentences


def _gap(name: str, last: PartnerConfirmation | None, now: str) -> str:
    if last is None:
        return f"Vraag {name} om het plan te bevestigen."
    if last.answered_at is None:
        return f"{name} heeft nog niet geantwoord op uw vraag om een bevestiging."
    if last.answer == Answer.DECLINED:
        return f"{name} is niet akkoord met het plan. Pas het aan en vraag opnieuw."
    if last.content_hash != now:
        return (
            f"Het plan is gewijzigd nadat {name} het bevestigde. Vraag opnieuw om een bevestiging."
        )
    return ""
