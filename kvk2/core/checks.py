"""`manage.py check --deploy`: is there a way to a private file that does not go past the portal?"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from kvk2.core.storage import private_storage


@register(Tags.security, deploy=True)
def private_files(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    if settings.PRIVATE_FILES == "s3":
        from kvk2.core.s3_checks import bucket_problems  # noqa: PLC0415 - boto3 costs every process 30 MB

        return [*_hand_over_problems(), *bucket_problems(private_storage())]
    return [*_hand_over_problems(), *_folder_problems()]


def _folder_problems() -> Iterator[CheckMessage]:
    folder = Path(private_storage().path("")).resolve()
    for public in [settings.STATIC_ROOT, *settings.STATICFILES_DIRS]:
        if folder.is_relative_to(Path(public).resolve()):
            yield Error(f"MEDIA_ROOT ligt in {public}, waaruit iedereen kan lezen.", id="kvk2.E001")


def _hand_over_problems() -> Iterator[CheckMessage]:
    """Only a folder of this machine can be handed over to the web server in front of us."""
    if settings.PRIVATE_FILES_BY_NAME and settings.PRIVATE_FILES != "folder":
        yield Error("PRIVATE_FILES_BY_NAME kan alleen met PRIVATE_FILES=folder.", id="kvk2.E002")
