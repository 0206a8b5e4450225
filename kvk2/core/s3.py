"""Private files in a bucket of an S3-compatible service, reached by the portal alone.

There is no address of a file, signed or not: `url` refuses, and every byte goes out through a view that found that the
reader may have it and wrote down that he took it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NoReturn

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

CLIENT_CONFIG = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    connect_timeout=5,
    read_timeout=30,
    retries={"max_attempts": 2},
    # newer checksums, which others than Amazon do not all know
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class PrivateS3Storage(S3Storage):
    """Fails as a folder does, with an `OSError`, so that a scan waits and a page says that something is wrong.

    No ACL is sent: the bucket itself is private, which `kvk2.core.checks` looks into.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(
            default_acl=None, file_overwrite=False, client_config=CLIENT_CONFIG, **options
        )

    def url(self, name: str, *args: Any, **kwargs: Any) -> NoReturn:
        raise ValueError("Een privébestand heeft geen adres.")

    def _open(self, name: str, mode: str = "rb") -> File:
        """The content is here before the first byte goes out: half a download never looks like a whole one."""
        with _as_os_error(name):
            opened: File = super()._open(name, mode)
            if "r" in mode:
                opened.file  # noqa: B018 - reading it fetches the content
        return opened

    def _save(self, name: str, content: File) -> str:
        with _as_os_error(name):
            return str(super()._save(name, content))

    def exists(self, name: str) -> bool:
        with _as_os_error(name):
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        with _as_os_error(name):
            super().delete(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _as_os_error(name):
            folders, files = super().listdir(name)
        return folders, files

    def get_modified_time(self, name: str) -> datetime:
        with _as_os_error(name):
            moment: datetime = super().get_modified_time(name)
        return moment

    def reach(self) -> None:
        """Nothing when the bucket is there and we may come in. Raises `OSError`."""
        with _as_os_error(self.bucket_name):
            self.connection.meta.client.head_bucket(Bucket=self.bucket_name)


@contextmanager
def _as_os_error(name: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
            raise FileNotFoundError(name) from error
        raise OSError(f"{type(error).__name__}: {error}") from error
    except BotoCoreError as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
