"""Receiving a file: on disk while it comes in, and no further than the limit."""

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """What comes in after the limit is counted and thrown away: `size` is what was sent, so that a form can refuse it.

    Neither memory nor disk ever holds more than the limit of one file, whatever a browser says that it will send.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start <= settings.UPLOAD_MAX_BYTES:
            super().receive_data_chunk(raw_data, start)
