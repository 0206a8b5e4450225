"""What pages tell of the files with an application: what each is, how its check stands, and what may be done with it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from kvk2.core.models import StoredFile
from kvk2.core.scanning import why_refused
from kvk2.nlds.templatetags.nlds import file_size
from subsidies.models import Attachment

_State = StoredFile.ScanState
BADGES = {_State.PENDING: "neutral", _State.CLEAN: "success", _State.INFECTED: "danger"}


@dataclass(frozen=True, slots=True)
class FileLine:
    """One attachment. Without `url` it cannot be opened (yet); `refusal` says why a scanner refused it.

    With `has_original`, `url` gives a copy without metadata.
    """

    pk: int
    name: str
    url: str
    meta: str
    status: str
    badge: str
    refusal: str = ""
    has_original: bool = False


def file_lines(attachments: Iterable[Attachment]) -> list[FileLine]:
    """The lines of attachments that come with their `stored`."""
    return [_line(attachment) for attachment in attachments]


def is_waiting(attachments: Iterable[Attachment]) -> bool:
    """Whether the virus scanner still has to look at one of them."""
    return any(attachment.stored.scan_state == _State.PENDING for attachment in attachments)


def _line(attachment: Attachment) -> FileLine:
    stored = attachment.stored
    opens = stored.scan_state in (_State.CLEAN, _State.OWN)
    return FileLine(
        pk=attachment.pk,
        name=stored.name,
        url=reverse("subsidies:attachment_download", args=[attachment.pk]) if opens else "",
        meta=f"{attachment.get_kind_display()} · {file_size(stored.size)}",
        status=stored.get_scan_state_display(),
        badge=BADGES.get(_State(stored.scan_state), ""),
        has_original=opens and bool(stored.stripped),
        refusal=why_refused(stored) if stored.scan_state == _State.INFECTED else "",
    )
