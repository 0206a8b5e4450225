"""The letters about terms: what is asked to complete (L02), as it stands at this moment."""

from datetime import datetime

from django.conf import settings

from kvk2.core import deadlines
from kvk2.core.documents import Municipality
from subsidies.documents_terms import CompletionContext
from subsidies.models import CompletionRequest, Subject
from subsidies.services.letter_contexts import addressee, application_facts


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
        demo=settings.DEMO,
    )


def _place(request: CompletionRequest) -> int:
    """Which request of its application this is; an application may be asked more than once."""
    return request.application.completion_requests.filter(pk__lte=request.pk).count()
