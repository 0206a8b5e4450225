"""Which texts of an agreement there are to compare, and the difference between two of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agreements.differences import Difference, compare
from agreements.documents import AgreementText, agreement_text
from agreements.models import AgreementVersion, Reading, Revision
from agreements.states import FROZEN

if TYPE_CHECKING:
    from ikc.models import User

NOW = "nu"


@dataclass(frozen=True, slots=True)
class KeptText:
    """One text that may be compared: `key` stands in the address of the page."""

    key: str
    label: str
    text: AgreementText


def texts_to_compare(version: AgreementVersion) -> list[KeptText]:
    """The fixed texts of this agreement, the revisions of this version, and the text as it is now; oldest first."""
    versions = version.agreement.versions.filter(number__lt=version.number).order_by("number")
    found = [
        KeptText(f"v{row.number}", f"Versie {row.number}", AgreementText.from_dict(row.content))
        for row in versions
        if row.content
    ]
    found += [
        KeptText(
            f"h{row.number}",
            f"Herziening {row.number} van versie {version.number}",
            AgreementText.from_dict(row.content),
        )
        for row in version.revisions.order_by("number")
    ]
    label = "De vastgelegde tekst" if version.state in FROZEN else "De tekst zoals zij nu is"
    return [*found, KeptText(NOW, f"{label} van versie {version.number}", agreement_text(version))]


def proposed_pair(version: AgreementVersion, user: "User") -> tuple[str, str]:
    """From what the reader read last, else the text before the newest, to the text as it is now."""
    read = Reading.objects.filter(user=user, version=version).select_related("revision").first()
    if read is not None:
        return f"h{read.revision.number}", NOW
    revisions = list(version.revisions.order_by("-number")[:2])
    if len(revisions) > 1:
        return f"h{revisions[1].number}", NOW
    if version.supersedes is not None and version.supersedes.content:
        return f"v{version.supersedes.number}", NOW
    return (f"h{revisions[0].number}" if revisions else NOW), NOW


def is_unread(revision: Revision | None, user: "User") -> bool:
    """Whether the reader has not said yet to have read up to this revision."""
    return (
        revision is not None and not Reading.objects.filter(user=user, revision=revision).exists()
    )


def difference_of(texts: Sequence[KeptText], old: str, new: str) -> Difference | None:
    """What differs between two of `texts_to_compare`; None when one of them is not there."""
    by_key = {row.key: row.text for row in texts}
    if old not in by_key or new not in by_key:
        return None
    return compare(by_key[old], by_key[new])
