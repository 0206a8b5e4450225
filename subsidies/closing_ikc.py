"""What is open in this app for an IKC that closes, as sentences."""

from collections.abc import Iterable

from ikc.models import Ikc
from subsidies.models import Application
from subsidies.states import ApplicationState

OPEN = frozenset(ApplicationState) - {
    ApplicationState.DECIDED,
    ApplicationState.NOT_PROCESSED,
    ApplicationState.LAPSED,
    ApplicationState.WITHDRAWN,
}


def open_applications(ikc: Ikc) -> Iterable[str]:
    count = Application.objects.filter(ikc=ikc, state__in=OPEN).count()
    if count:
        yield f"{count} {'aanvraag is' if count == 1 else 'aanvragen zijn'} nog niet afgehandeld."
