"""What is made unreadable in a document, and on what ground. Pure: words in, words out.

Passages are only taken away and never rewritten, so that what is left is what the document says.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from subsidies.personal_data import Finding, Kind, find


class Ground(StrEnum):
    """Why a part is not given. Awb 7:4(6) to an objector, Woo 5.1 and 5.2 to everybody."""

    AWB_PERSONAL = "7:4.6p"
    AWB_BUSINESS = "7:4.6b"
    AWB_OTHER = "7:4.6"
    BUSINESS = "5.1.1c"
    SENSITIVE = "5.1.1d"
    IDENTIFIER = "5.1.1e"
    PRIVACY = "5.1.2e"
    COMPETITION = "5.1.2f"
    FUNCTIONING = "5.1.2i"
    HARM = "5.1.5"
    OPINION = "5.2"


LABELS: Mapping[Ground, str] = {
    Ground.AWB_PERSONAL: "persoonsgegevens (artikel 7:4, zesde lid, Awb)",
    Ground.AWB_BUSINESS: "vertrouwelijke bedrijfsgegevens (artikel 7:4, zesde lid, Awb)",
    Ground.AWB_OTHER: "een andere gewichtige reden (artikel 7:4, zesde lid, Awb)",
    Ground.BUSINESS: "vertrouwelijk gegeven bedrijfsgegevens (artikel 5.1, eerste lid, onder c, Woo)",
    Ground.SENSITIVE: "bijzondere persoonsgegevens (artikel 5.1, eerste lid, onder d, Woo)",
    Ground.IDENTIFIER: "nummers waarmee iemand te vinden is (artikel 5.1, eerste lid, onder e, Woo)",
    Ground.PRIVACY: "de persoonlijke levenssfeer (artikel 5.1, tweede lid, onder e, Woo)",
    Ground.COMPETITION: "concurrentiegevoelige bedrijfsgegevens (artikel 5.1, tweede lid, onder f, Woo)",
    Ground.FUNCTIONING: "het goed functioneren van de gemeente (artikel 5.1, tweede lid, onder i, Woo)",
    Ground.HARM: "onevenredig nadeel (artikel 5.1, vijfde lid, Woo)",
    Ground.OPINION: "persoonlijke beleidsopvattingen in intern beraad (artikel 5.2 Woo)",
}
FOR_OBJECTOR = (Ground.AWB_BUSINESS, Ground.AWB_PERSONAL, Ground.AWB_OTHER)
FOR_EVERYBODY = (
    Ground.BUSINESS,
    Ground.COMPETITION,
    Ground.SENSITIVE,
    Ground.IDENTIFIER,
    Ground.PRIVACY,
    Ground.FUNCTIONING,
    Ground.HARM,
    Ground.OPINION,
)
_MARKS = {
    Ground.AWB_PERSONAL: "persoonsgegeven",
    Ground.AWB_BUSINESS: "bedrijfsgegeven",
    Ground.AWB_OTHER: "onleesbaar gemaakt",
    Ground.SENSITIVE: "persoonsgegeven",
    Ground.IDENTIFIER: "persoonsgegeven",
    Ground.PRIVACY: "persoonsgegeven",
    Ground.BUSINESS: "bedrijfsgegeven",
    Ground.COMPETITION: "bedrijfsgegeven",
}


@dataclass(frozen=True, slots=True)
class Redaction:
    """One passage that goes, wherever it stands, and why."""

    text: str
    ground: Ground


def mark(ground: Ground) -> str:
    """What stands in the place of a passage."""
    article = "" if ground in FOR_OBJECTOR else f", Woo {ground.value}"
    return f"[{_MARKS.get(ground, 'onleesbaar gemaakt')}{article}]"


def redacted(text: str, redactions: Iterable[Redaction]) -> str:
    """`text` without the passages; the longest first, so that a part of one never spares the rest of it."""
    for one in sorted(redactions, key=lambda one: -len(one.text)):
        text = _pattern(one.text).sub(mark(one.ground), text)
    return text


def absent(text: str, passages: Iterable[str]) -> list[str]:
    """The passages that do not stand in `text`."""
    return [passage for passage in passages if not _pattern(passage).search(text)]


def passages_of(typed: str) -> list[str]:
    """One passage a line; each once."""
    return list(dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip()))


def personal(text: str, names: Sequence[str], *, known: Iterable[str]) -> tuple[Finding, ...]:
    """What in `text` may be about a person, without the public addresses (`known`) of the municipality."""
    for public in known:
        text = text.replace(public, " ")
    return find(text, names)


def ground_of(finding: Finding, *, public: bool) -> Ground:
    """Why a finding goes."""
    if not public:
        return Ground.AWB_PERSONAL
    return Ground.IDENTIFIER if finding.kind == Kind.CITIZEN_NUMBER else Ground.PRIVACY


def _pattern(passage: str) -> re.Pattern[str]:
    """The passage as it may stand on more than one line, in any spelling of capitals."""
    words = r"\s+".join(re.escape(word) for word in passage.split())
    begin = r"(?<!\w)" if passage[:1].isalnum() else ""
    end = r"(?!\w)" if passage[-1:].isalnum() else ""
    return re.compile(f"{begin}{words}{end}", re.IGNORECASE)
