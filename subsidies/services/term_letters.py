"""The letters about completing: the request (L02) and leaving unprocessed (L03), as it stands at this moment."""

from datetime import datetime

from django.conf import settings

from kvk2.core import deadlines
from kvk2.core.documents import Municipality
from subsidies.documents import ObjectionClause, Signature
from subsidies.documents_terms import CompletionContext, IntentContext, NotProcessedContext
from subsidies.facts import known
from subsidies.letter_texts import LetterTextCode
from subsidies.models import CompletionRequest, Decision, LegalBasis, Subject, ViewRequest
from subsidies.services.letter_contexts import addressee, application_facts, paragraphs
from subsidies.services.letters import objection_until
from subsidies.services.scheme_terms import letter_texts


def completion_context(request: CompletionRequest, *, at: datetime) -> CompletionContext:
    """The letter L02 of `request`, whose items were written."""
    application = request.application
    items = request.asked
    return CompletionContext(
        municipality=Municipality.from_settings(),
        addressee=addressee(application.board),
        sent_on=deadlines.local_date(at),
        reference=f"{application.number}-V{_place(request)}",
        application=application_facts(application),
        missing=tuple(f"{Subject(item.subject).label}: {item.text}" for item in items),
        due_on=request.due_on,
        note=request.note,
        contact=request.requested_by.full_name,
        url=f"{settings.SITE_URL}{application.get_absolute_url()}",
        opening_text=letter_texts(application.round.scheme_version)[LetterTextCode.COMPLETION],
        demo=settings.DEMO,
    )


def intent_context(view: ViewRequest, *, at: datetime) -> IntentContext:
    """The letter L07 of `view`."""
    application = view.application
    return IntentContext(
        municipality=Municipality.from_settings(),
        addressee=addressee(application.board),
        sent_on=deadlines.local_date(at),
        reference=f"{application.number}-Z{application.views.filter(pk__lte=view.pk).count()}",
        application=application_facts(application),
        intention=view.intention,
        reasons=paragraphs(view.reason),
        due_on=view.due_on,
        intent_text=letter_texts(application.round.scheme_version)[LetterTextCode.INTENT],
        contact=view.asked_by.full_name,
        url=f"{settings.SITE_URL}{view.get_absolute_url()}",
        demo=settings.DEMO,
    )


def not_processed_context(decision: Decision, *, at: datetime) -> NotProcessedContext:
    """The letter L03 of a decision that was taken."""
    application = decision.application
    municipality = Municipality.from_settings()
    sent_on = deadlines.local_date(at)
    request = application.completion_requests.order_by("-pk")[0]
    version = application.round.scheme_version
    rules = version.legal_bases.exclude(kind=LegalBasis.Kind.AWB).order_by("order", "pk")
    return NotProcessedContext(
        municipality=municipality,
        addressee=addressee(application.board),
        sent_on=sent_on,
        reference=decision.reference,
        application=application_facts(application),
        asked_on=deadlines.local_date(request.requested_at),
        due_on=request.due_on,
        missing=tuple(f"{Subject(item.subject).label}: {item.text}" for item in request.asked),
        motivation=paragraphs(decision.motivation),
        ordinance="; ".join(rule.text for rule in rules),
        scheme=version.citation,
        objection=ObjectionClause(
            last_day=objection_until(sent_on), postal_lines=municipality.address
        ),
        signature=Signature(
            name=known(decision.taken_by).full_name,
            function=known(decision.taken_by).job_title or "ondertekenaar",
            mandate=known(decision.signing_mandate).number,
            signed_at=known(decision.taken_at),
        ),
        objection_text=letter_texts(version)[LetterTextCode.OBJECTION],
        opening_text=letter_texts(version)[LetterTextCode.NOT_PROCESSED],
        contact=decision.drafted_by.full_name,
        demo=settings.DEMO,
    )


def _place(request: CompletionRequest) -> int:
    """Which request of its application this is; an application may be asked more than once."""
    return request.application.completion_requests.filter(pk__lte=request.pk).count()
