"""The name that a file gets, out of the name that somebody's computer gave it."""

import re
import unicodedata

LONGEST_NAME = 120


def clean_name(name: str) -> str:
    """The last part of `name` without control characters, quotes and leading dots; never empty.

    Characters that turn the direction of reading ('\\u202egnp.exe') are control characters too.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(
        character
        for character in text
        if unicodedata.category(character)[0] not in "CZ" or character == " "
    )
    text = re.sub(r"[\"'<>:;|?*%&$`]", "_", text)
    text = re.sub(r"\s+", " ", text).strip(" .")
    stem, dot, extension = text.rpartition(".")
    if not dot:
        stem, extension = text, ""
    stem = (stem.strip(" .") or "bestand")[:LONGEST_NAME]
    return f"{stem}.{extension[:10].lower()}" if extension else stem
