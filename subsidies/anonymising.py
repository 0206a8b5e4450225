"""Takes out of a text what tells who wrote it: names, places, numbers, addresses. Pure: words in, words out.

No program finds everything, so what is replaced here is read and corrected by a person before anybody else sees it;
`doubtful` points at the words to look at, and `traces` names what certainly has to go.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

# Kinds of names with the word that stands for them; each name that occurs gets a letter of its own.
IKC, BOARD, CHILDCARE, PERSON, PLACE = "IKC", "bestuur", "opvang", "persoon", "plaats"
# What is written in a fixed way, most telling first.
_PATTERNS = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w"), "[e-mailadres]"),
    (re.compile(r"(?:https?://|www\.)\S*[\w/]", re.IGNORECASE), "[website]"),
    (re.compile(r"\bKVK2-\d{4}-\d{4}\b"), "[nummer]"),
    (re.compile(r"\bNL\d{2} ?[A-Z]{4}(?: ?\d){10}\b"), "[rekeningnummer]"),
    (
        re.compile(r"(?<![\d+])(?<!\d[.,])(?:\+31|0031|0)(?:\(0\))?(?:[ -]?\d){8,9}(?![.,]?\d)"),
        "[telefoonnummer]",
    ),
    (
        re.compile(
            r"\b[A-Z][\w'’-]*(?:[ -][A-Z][\w'’-]*)*[ -]?(?:straat|laan|weg|plein|singel|kade|gracht|dijk|pad|hof|steeg|"
            r"plantsoen|strjitte|leane|wei|buorren) \d+[a-zA-Z]?\b"
        ),
        "[adres]",
    ),
    (re.compile(r"\b[1-9]\d{3} ?[A-Z]{2}\b"), "[postcode]"),
    (re.compile(r"\b\d{2}[A-Z]{2}\d{0,2}\b"), "[nummer]"),
    (re.compile(r"(?<!\d)(?<!\d[.,])\d{8,9}(?![.,]?\d)"), "[nummer]"),
)
_ADDRESSED = re.compile(
    r"\b((?:[Mm]evrouw|[Mm]eneer|[Dd]e heer|[Jj]uf|[Mm]eester|[Mm]evr\.|[Mm]w\.|[Dd]hr\.)) "
    r"(?:(?:van|de|der|den|ter|ten|te|la) )*[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*"
)
# A capital inside a sentence: after a small letter, a comma or a closing bracket.
_INSIDE = re.compile(r"(?<=[a-z,;)] )((?:[A-Z][\w'’-]+)(?: [A-Z][\w'’-]+)*)")
_KNOWN = {
    "IKC",
    "IKC's",
    "IKC’s",
    "Nederland",
    "Nederlands",
    "Nederlandse",
    "Engels",
    "Fries",
    "Friese",
}
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Name:
    """A name to take out. `key`: one for all names of the same thing. Of who applies it goes in any spelling of capitals."""

    text: str
    kind: str
    key: object
    own: bool = False


@dataclass(slots=True)
class Anonymiser:
    """Replaces names by a word and a letter, the same for the same thing in every text that it is given."""

    names: Sequence[Name]
    _letters: dict[tuple[str, object], str] = field(default_factory=dict)

    def clean(self, text: str) -> str:
        """`text` with names and numbers replaced."""
        for pattern, word in _PATTERNS:
            text = pattern.sub(word, text)
        for name in sorted(self.names, key=lambda name: (not name.own, -len(name.text))):
            if len(name.text) >= _SHORTEST:
                text = self._replaced(text, name)
        return _ADDRESSED.sub(r"\1 [naam]", text)

    def _replaced(self, text: str, name: Name) -> str:
        """A letter is given out only for a name that occurs."""
        pattern = _pattern(name)
        return pattern.sub(self._word(name), text) if pattern.search(text) else text

    def _word(self, name: Name) -> str:
        key = (name.kind, name.key)
        if key not in self._letters:
            used = sum(kind == name.kind for kind, _ in self._letters)
            self._letters[key] = ascii_uppercase[used] if used < 26 else str(used + 1)
        return f"{name.kind} {self._letters[key]}"


def ikc_names(names: Iterable[str], key: object, *, own: bool) -> Iterator[Name]:
    """An IKC is also called by its name without 'IKC'."""
    for text in names:
        yield Name(text, IKC, key, own)
        bare = re.sub(r"^IKC\s+", "", text)
        if bare != text:
            yield Name(bare, IKC, key, own)


def traces(text: str, names: Iterable[Name]) -> list[str]:
    """What stands in `text` and may not: a name of who applied, or a number or address; each once, as it stands there."""
    found = [
        match
        for name in names
        if name.own and len(name.text) >= _SHORTEST
        for match in _pattern(name).findall(text)
    ]
    for pattern, _ in _PATTERNS:
        found += pattern.findall(text)
    return list(dict.fromkeys(found))


def doubtful(text: str) -> list[str]:
    """Words with a capital inside a sentence: perhaps a name. Each once, in order."""
    words = (match for match in _INSIDE.findall(text) if match not in _KNOWN)
    return [
        word
        for word in dict.fromkeys(words)
        if not word.isupper() and not re.fullmatch(rf"{IKC}( [A-Z]|-.*)", word)
    ]


def _pattern(name: Name) -> re.Pattern[str]:
    flags = re.IGNORECASE if name.own else re.NOFLAG
    return re.compile(rf"(?<!\w){re.escape(name.text)}(?!\w)", flags)
