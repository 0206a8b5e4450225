from kvk2.core.errors import DomainError


class FileRefused(DomainError):
    """Not a file that the portal keeps; the message says why, and what would be possible."""

    code = "FILE_REFUSED"
