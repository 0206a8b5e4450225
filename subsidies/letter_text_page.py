"""What the pages about the words of letters show: the catalogue, the fields of a letter, its versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from subsidies.differences import Piece, word_pieces
from subsidies.letter_catalogue import FieldKind, fields_of, letter_types
from subsidies.letter_catalogue.overview import DOCUMENTS, Document, Source
from subsidies.models import Letter, LetterTemplate
from subsidies.services.letter_templates import LetterText, standard_text, text_of

if TYPE_CHECKING:
    from ikc.models import User

KIND_WORDS = {
    FieldKind.TEXT: "tekst",
    FieldKind.AMOUNT: "bedrag",
    FieldKind.DATE: "datum",
    FieldKind.LINES: "lijst, op een eigen regel",
    FieldKind.TABLE: "tabel, op een eigen regel",
}
CASES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    document: Document
    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class FieldRow:
    name: str
    meaning: str
    kind: str
    use: str


def catalogue(user: "User") -> list[CatalogueRow]:
    """Every document, with where its words are written; own texts in force are told apart."""
    own: dict[str, int] = {}
    for row in LetterTemplate.objects.order_by("code", "number"):
        own[row.code] = 0 if row.is_standard else row.number
    return [_row(document, own) for document in DOCUMENTS]


def _row(document: Document, own: dict[str, int]) -> CatalogueRow:
    if document.code in letter_types():
        number = own.get(document.code, 0)
        words = f"eigen tekst, versie {number}" if number else "standaardtekst"
        return CatalogueRow(document, words, reverse("subsidies:letter_text", args=[document.code]))
    if document.source == Source.SCHEME:
        return CatalogueRow(document, document.source, reverse("subsidies:scheme_list"))
    return CatalogueRow(document, document.source)


def field_rows(code: str) -> list[FieldRow]:
    """What may stand between braces in the text of letter `code`."""
    letter = letter_types()[code]
    return [
        FieldRow(
            f"{{{name}}}",
            field.meaning,
            KIND_WORDS[field.kind],
            "verplicht" if name in letter.required else "mag",
        )
        for name, field in fields_of(letter).items()
    ]


def versions_of(code: str) -> list[LetterTemplate]:
    """The newest first."""
    rows = LetterTemplate.objects.filter(code=code).select_related("written_by")
    return list(rows.order_by("-number"))


def planned(versions: Sequence[LetterTemplate], today: date) -> LetterTemplate | None:
    """The last version, when its day is still to come."""
    return versions[0] if versions and versions[0].valid_from > today else None


def text_with(versions: Sequence[LetterTemplate], code: str, number: int) -> LetterText | None:
    """The text of version `number`; 0 is the portal's own."""
    if number == 0:
        return standard_text(code)
    row = next((row for row in versions if row.number == number), None)
    return None if row is None else text_of(row)


def changes(old: LetterText, new: LetterText) -> list[tuple[str, tuple[Piece, ...]]]:
    """What differs, word by word."""
    parts = [("Onderwerp", old.subject, new.subject), ("Tekst", old.body, new.body)]
    return [
        (label, word_pieces(before, after)) for label, before, after in parts if before != after
    ]


def recent_cases(code: str, user: "User") -> list[Letter]:
    """The latest letters of this kind about what `user` may see, to try a text on."""
    if not user.is_municipal:
        return []
    rows = Letter.objects.filter(code=code).select_related("application__ikc", "application__round")
    return list(rows.order_by("-pk")[:CASES_SHOWN])
