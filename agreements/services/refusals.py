"""Why a deed on a version is refused; each carries a Dutch sentence for the screen."""

from collections.abc import Sequence

from kvk2.core.errors import DomainError


class NotComplete(DomainError):
    """Something is still missing; the sentences say what."""


class NothingNew(DomainError):
    """The parties have this very text before them."""


class NotNegotiated(DomainError):
    """There is no negotiation about this version."""


class NotOffered(DomainError):
    """The version is not (or no longer) there to be signed."""


class NotMandated(DomainError):
    """This person does not act for this party."""


class AlreadyAgreed(DomainError):
    """Somebody agreed for this party before."""


class AlreadySigned(DomainError):
    """Somebody signed for this party before."""


class NotThatDay(DomainError):
    """A signature on paper from before the offer, or from a day that is still to come."""


class OtherText(DomainError):
    """The signed PDF is not that of the text that was offered."""


class TextChanged(DomainError):
    """The rows no longer give the text that the parties have before them."""


def not_complete(missing: Sequence[str]) -> str:
    """One sentence with the first three things that are missing."""
    more = f" En nog {len(missing) - 3} punten." if len(missing) > 3 else ""
    return "De afspraak is nog niet compleet. " + " ".join(missing[:3]) + more
