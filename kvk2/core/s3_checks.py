"""Can a stranger read the bucket of the private files? Part of `manage.py check --deploy`."""

import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.checks import CheckMessage, Error, Warning
from django.core.files.base import ContentFile

from kvk2.core.s3 import PrivateS3Storage


def bucket_problems(storage: Any) -> Iterator[CheckMessage]:
    """What a stranger can do; a small file is written, asked for without a key, and taken away again."""
    if urlsplit(str(storage.endpoint_url)).scheme != "https":
        yield Error("S3_ENDPOINT_URL is geen https://-adres.", id="kvk2.E003")
    try:
        name = storage.save(f"check/{secrets.token_hex(16)}", ContentFile(b"x"))
        try:
            is_open = _stranger_reads(storage, name)
        finally:
            storage.delete(name)
    except OSError as error:
        yield Warning(f"De opslag is niet te bereiken: {error}", id="kvk2.W001")
        return
    if is_open:
        yield Error("Iedereen kan de bestanden in S3_BUCKET lezen.", id="kvk2.E004")


def _stranger_reads(storage: PrivateS3Storage, name: str) -> bool:
    """Whether the content of `name` comes without a key. Raises `OSError` when nothing answers."""
    stranger = boto3.client(
        "s3",
        endpoint_url=storage.endpoint_url,
        region_name=storage.region_name,
        config=storage.client_config.merge(Config(signature_version=UNSIGNED)),
    )
    try:
        stranger.get_object(Bucket=storage.bucket_name, Key=name)
    except ClientError:
        return False
    except BotoCoreError as error:
        raise OSError(str(error)) from error
    return True
