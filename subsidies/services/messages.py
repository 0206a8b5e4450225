"""Reading a message proves something (Awb 2:25): who opened it and when is kept, for ever."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record_download
from subsidies.facts import known
from subsidies.models import Message, MessageEvent

if TYPE_CHECKING:
    from ikc.models import User


@transaction.atomic
def open_message(message: Message, *, by: "User", at: datetime) -> Message:
    """The addressee opens and downloads the letter: two facts in the log of proof."""
    MessageEvent.objects.bulk_create(
        MessageEvent(message=message, kind=kind, at=at, user=by)
        for kind in (MessageEvent.Kind.OPENED, MessageEvent.Kind.DOWNLOADED)
    )
    letter = message.letter
    record_download(
        letter,
        "letter_opened",
        known(letter.stored),
        about=f"{letter.get_code_display()}, {letter.application}",
        actor=by,
        at=at,
    )
    return message
