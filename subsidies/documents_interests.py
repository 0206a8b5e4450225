"""L30, the declarations of interests in one round: the overview for who guards the procedure, or those of one member."""

from dataclasses import dataclass
from datetime import datetime

from kvk2.core.documents import Frozen, Municipality
from kvk2.core.pdf import PdfAttachment, render_pdf


@dataclass(frozen=True, slots=True)
class Declared(Frozen):
    """What a member declared at one moment, in the names of then."""

    declared_at: datetime
    organisations: tuple[str, ...]
    ikcs: tuple[str, ...]  # with a personal interest
    note: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredMember(Frozen):
    """One member; `versions` newest first, the first one counts."""

    name: str
    function: str
    organisation: str
    versions: tuple[Declared, ...]
    ties: tuple[str, ...] = ()  # that follow from data
    exception: str = ""  # of the college (rule C4)


@dataclass(frozen=True, slots=True)
class InterestsContext(Frozen):
    """The register of one round as it stood at one moment."""

    municipality: Municipality
    reference: str
    round_title: str
    made_at: datetime
    whole: bool  # all members, or the own declarations of one
    members: tuple[DeclaredMember, ...]
    demo: bool = False


def render_interests(register: InterestsContext) -> bytes:
    """The PDF, with the register as data inside it."""
    kept = PdfAttachment(
        "gegevens.json", register.canonical(), "De gegevens waaruit dit overzicht is gemaakt"
    )
    return render_pdf(
        "subsidies/pdf/interests.html",
        {"register": register},
        created=register.made_at,
        attachments=[kept],
    )
