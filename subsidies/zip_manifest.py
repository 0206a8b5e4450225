"""A ZIP that says of each file in it what its hash is, so that who gets it can tell that nothing changed."""

import hashlib
import html
import io
import json
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

MANIFEST = "manifest-sha256.txt"


class ManifestZip:
    """Files are added one by one; `finish` adds metadata and the manifest, and gives the bytes."""

    def __init__(self) -> None:
        self._target = io.BytesIO()
        self._archive = zipfile.ZipFile(self._target, "w", zipfile.ZIP_DEFLATED)
        self.parts: list[dict[str, Any]] = []

    def add(self, path: str, content: bytes, **facts: Any) -> None:
        """One file; `facts` go along with its size and hash (SHA-256, hex) in `parts`."""
        self._archive.writestr(path, content)
        digest = hashlib.sha256(content).hexdigest()
        self.parts.append({"path": path, "size": len(content), "sha256": digest, **facts})

    def finish(self, metadata: Any) -> bytes:
        """The whole ZIP; the metadata tell about the other files and so are not in the manifest themselves."""
        self._archive.writestr("metagegevens.json", as_json(metadata))
        lines = [f"{part['sha256']}  {part['path']}" for part in self.parts]
        self._archive.writestr(MANIFEST, "\n".join(lines) + "\n")
        self._archive.close()
        return self._target.getvalue()


def as_json(value: Any) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def links(parts: Iterable[dict[str, Any]]) -> str:
    """The files as items of an HTML list."""
    return "".join(
        f'<li><a href="{html.escape(part["path"])}">{html.escape(part.get("name", part["path"]))}</a></li>'
        for part in parts
    )


def described(parts: Iterable[dict[str, Any]], at: datetime) -> list[dict[str, Any]]:
    """The files as MDTO describes them (Metagegevens Duurzaam Toegankelijke Overheidsinformatie 1.1)."""
    return [
        {
            "naam": part["path"],
            "omvang": part["size"],
            "bestandsformaat": part.get("type", ""),
            "checksum": {
                "checksumAlgoritme": "SHA-256",
                "checksumWaarde": part["sha256"],
                "checksumDatum": at,
            },
        }
        for part in parts
    ]
