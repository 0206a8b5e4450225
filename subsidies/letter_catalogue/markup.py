"""The small markup of letter texts: reading it, checking it and filling it in.

Blank lines part paragraphs. A line `## Kop` is a heading. Lines that begin with `- ` are a list. A line that is only
`{naam}` places a list or a table. What has no value disappears: a sentence of which no field has one, a paragraph
without words, and a heading with nothing under it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from subsidies.letter_catalogue.kinds import BLOCK_KINDS, Field, Table

FIELD = re.compile(r"\{([^{}]*)\}")
BLANK_LINES = re.compile(r"\n\s*\n")
# A space between two sentences; the next one begins with a capital, a quotation mark or a field.
BETWEEN_SENTENCES = re.compile(r"(?<=[.?!]) (?=[A-ZÀ-Þ‘{])")
HEADING = "## "
ITEM = "- "


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a letter as printed; exactly one of the four is filled."""

    heading: str | SafeString = ""
    paragraph: str | SafeString = ""
    items: tuple[str | SafeString, ...] = ()
    table: Table | None = None


def fields_in(text: str) -> list[str]:
    """The names between braces, in order of appearance."""
    return list(dict.fromkeys(name.strip() for name in FIELD.findall(text)))


def problem_with_subject(text: str, fields: Mapping[str, Field]) -> str:
    """The first thing wrong with a subject, as one sentence; empty when it is right."""
    if not text.strip():
        return "Schrijf het onderwerp op."
    if "\n" in text.strip():
        return "Het onderwerp is één regel."
    if problem := _unknown_field(text, fields):
        return problem
    for name in fields_in(text):
        if fields[name].kind in BLOCK_KINDS:
            return f"Het invulveld {{{name}}} is een lijst of een tabel. Dat past niet in een onderwerp."
    return ""


def problem_with_body(text: str, fields: Mapping[str, Field], required: frozenset[str]) -> str:
    """The first thing wrong with the text of a letter, as one sentence; empty when it is right."""
    parts = _parts(text)
    if not parts:
        return "Schrijf de tekst op."
    if parts[0].startswith((HEADING, ITEM)):
        return "Begin met een alinea die zegt waar de brief op neerkomt, niet met een kop of een lijst."
    if problem := _unknown_field(text, fields):
        return problem
    for part in parts:
        if problem := _list_in_a_sentence(part, fields):
            return problem
    for name, field in fields.items():
        if name in required and name not in fields_in(text):
            return f"Het invulveld {{{name}}} ontbreekt ({field.meaning}). Dat moet in deze tekst staan."
    return ""


def fill_line(text: str, values: Mapping[str, str]) -> str:
    """One line with its fields filled in, as plain text; an amount stays in one piece (no-break spaces are kept)."""
    return re.sub(
        r"[ \t\r\n]+", " ", FIELD.sub(lambda match: values.get(match[1].strip(), ""), text)
    ).strip()


def blocks(
    text: str,
    values: Mapping[str, str | SafeString],
    placed: Mapping[str, Any],
    *,
    lead: Mapping[str, str | SafeString] | None = None,
) -> tuple[Block, ...]:
    """The text as blocks: `values` of fields inside sentences, `placed` the lists (tuples) and tables.

    `lead`: the values for the first paragraph, when they look different there.
    """
    return tuple(_without_empty_headings(list(_blocks(text, values, placed, lead or values))))


def _blocks(
    text: str,
    values: Mapping[str, str | SafeString],
    placed: Mapping[str, Any],
    lead: Mapping[str, str | SafeString],
) -> Iterator[Block]:
    first, *others = _parts(text) or [""]
    if filled := _filled(first, lead):
        yield Block(paragraph=filled)
    for part in others:
        name = _only_field(part)
        if name in placed:
            value = placed[name]
            yield Block(table=value) if isinstance(value, Table) else Block(items=value)
        elif part.startswith(HEADING):
            yield Block(heading=_filled(part.removeprefix(HEADING), values))
        elif part.startswith(ITEM):
            items = (_filled(item, values) for item in _items(part))
            if kept := tuple(item for item in items if item):
                yield Block(items=kept)
        elif filled := _filled(part, values):
            yield Block(paragraph=filled)


def _items(part: str) -> list[str]:
    """The items of a list; a line without a dash goes on with the item before it."""
    items: list[str] = []
    for line in part.splitlines():
        if line.startswith(ITEM):
            items.append(line.removeprefix(ITEM))
        else:
            items[-1] = f"{items[-1]} {line}"
    return items


def _without_empty_headings(found: list[Block]) -> Iterator[Block]:
    for index, block in enumerate(found):
        follows = found[index + 1] if index + 1 < len(found) else None
        if block.heading and (follows is None or follows.heading):
            continue
        yield block


def _parts(text: str) -> list[str]:
    """The pieces between blank lines; a heading is a piece of its own, also without a blank line after it."""
    parts: list[str] = []
    for piece in BLANK_LINES.split(text.replace("\r\n", "\n")):
        lines = [line.strip() for line in piece.strip().splitlines() if line.strip()]
        while lines and lines[0].startswith(HEADING):
            parts.append(lines.pop(0))
        if lines:
            parts.append("\n".join(lines))
    return parts


def _only_field(part: str) -> str:
    """The name of the field that is all there is in `part`, or nothing."""
    match = FIELD.fullmatch(part.strip())
    return match[1].strip() if match else ""


def _unknown_field(text: str, fields: Mapping[str, Field]) -> str:
    rest = FIELD.sub("", text)
    if "{" in rest or "}" in rest:
        return "Een accolade staat los. Schrijf een invulveld als {naam}."
    for name in fields_in(text):
        if name not in fields:
            known = ", ".join(f"{{{field}}}" for field in fields)
            return f"Het invulveld {{{name}}} bestaat hier niet. U kunt kiezen uit: {known}."
    return ""


def _list_in_a_sentence(part: str, fields: Mapping[str, Field]) -> str:
    for name in fields_in(part):
        if fields[name].kind in BLOCK_KINDS and name != _only_field(part):
            return (
                f"Het invulveld {{{name}}} is een lijst of een tabel. Zet het op een eigen regel, met een lege regel "
                "ervoor en erna."
            )
    return ""


def _said(text: str, values: Mapping[str, str | SafeString]) -> str:
    """The sentences that have no field, or a field with a value."""
    sentences = BETWEEN_SENTENCES.split(" ".join(text.split("\n")))
    return " ".join(
        sentence
        for sentence in sentences
        if not (names := fields_in(sentence)) or any(values.get(name) for name in names)
    )


def _filled(text: str, values: Mapping[str, str | SafeString]) -> SafeString:
    # Splitting on a group gives words and names in turn; a single line break in the text is a space.
    pieces = FIELD.split(_said(text, values))
    whole = format_html_join(
        "",
        "{}",
        (
            (piece if index % 2 == 0 else values.get(piece.strip(), ""),)
            for index, piece in enumerate(pieces)
        ),
    )
    return format_html("{}", whole) if whole.strip() else SafeString("")
