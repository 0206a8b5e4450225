"""What closing an IKC touches, as sentences: each app registers what it knows, so that this app need not know it."""

from collections.abc import Callable, Iterable

from ikc.models import Ikc, RoleAssignment
from ikc.states import PLUS_ON_THE_WAY

Teller = Callable[[Ikc], Iterable[str]]
_TELLERS: list[Teller] = []


def register(teller: Teller) -> None:
    """Called once per app, when it is ready."""
    if teller not in _TELLERS:
        _TELLERS.append(teller)


def of_closing(ikc: Ikc) -> list[str]:
    """Everything that is still open for `ikc`, of this app first."""
    return [sentence for teller in (_own, *_TELLERS) for sentence in teller(ikc)]


def _own(ikc: Ikc) -> Iterable[str]:
    for status in ikc.plus_statuses.filter(state__in=PLUS_ON_THE_WAY).order_by("pk"):
        yield f"Het predicaat Plus: {status.get_state_display()}."
    running = ikc.plus_statuses.running().order_by("pk")
    for status in running:
        yield f"Het predicaat Plus ({status.get_state_display()}) gaat in herijking. Het eindigt niet vanzelf."
    directors = RoleAssignment.objects.filter(ikc=ikc, valid_until=None).count()
    if directors:
        yield f"{directors} {'rol loopt' if directors == 1 else 'rollen lopen'} door. De beheerder beëindigt die."
