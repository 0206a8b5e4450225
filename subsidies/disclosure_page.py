"""The page of a disclosure: how far it is, which documents go along, and what the reader can do now."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.urls import reverse

from ikc.models import User
from kvk2.nlds.components import Detail, Tile
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime
from subsidies.documents_disclosure import blocks
from subsidies.forms.lists import ListFilter
from subsidies.models import Disclosure, DisclosureDocument, Objection, SubsidyRound
from subsidies.models.disclosures import as_redactions
from subsidies.redaction import LABELS, Ground, redacted
from subsidies.services.disclosure_files import reference_of
from subsidies.states_disclosures import DisclosureState

Verdict = DisclosureDocument.Verdict
PER_PAGE = 50
BADGES = {
    Verdict.OPEN: "warning",
    Verdict.WHOLE: "success",
    Verdict.REDACTED: "success",
    Verdict.WITHHELD: "inactive",
}
# Deed, what the button says, the view, and how it looks; in the order of the work.
DEEDS = (
    ("order_disclosure", "Stukken laten maken", "disclosure_order", "primary"),
    ("propose_disclosure", "Akkoord vragen", "disclosure_propose", "primary"),
    ("approve_disclosure", "Akkoord geven", "disclosure_approve", "primary"),
    ("give_disclosure", "Stukken geven", "disclosure_give", "primary"),
    ("judge_disclosure", "Voorstel overnemen voor de rest", "disclosure_accept", "secondary"),
    ("return_disclosure", "Teruggeven", "disclosure_return", "secondary"),
    ("cancel_disclosure", "Laten vervallen", "disclosure_cancel", "subtle"),
)
WAITING = {
    DisclosureState.COLLECTING: "Het portaal leest de stukken en zoekt persoonsgegevens. Kom over een minuut terug.",
    DisclosureState.REVIEWING: "Kijk elk stuk na. Het portaal stelt voor welke persoonsgegevens onleesbaar worden, maar "
    "vindt nooit alles: let ook op bedrijfsgegevens.",
    DisclosureState.PROPOSED: "De stukken zijn nagekeken. Een ondertekenaar geeft akkoord voordat zij openbaar worden.",
    DisclosureState.MAKING: "Het portaal maakt van elk stuk een afschrift, en daarna één ZIP-bestand.",
    DisclosureState.READY: "Bekijk het bestand en geef het daarna. Leg vast hoe u het geeft.",
}


class DisclosurePage:
    """One disclosure for one reader."""

    def __init__(self, disclosure: Disclosure, user: User, wishes: Mapping[str, str]) -> None:
        self.disclosure, self.user, self.wishes = disclosure, user, wishes
        self.search, self.state = wishes.get("zoek", "").strip(), wishes.get("status", "")
        self.filter_form = ListFilter(
            wishes, search="Zoek op stuk of IKC", states=Verdict.choices, state_label="Oordeel"
        )

    @property
    def heading(self) -> str:
        return reference_of(self.disclosure)

    @property
    def sentence(self) -> str:
        return WAITING.get(DisclosureState(self.disclosure.state), "")

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many documents there are, by verdict, and how many a worker did."""
        named = {value: Count("pk", filter=Q(verdict=value)) for value in Verdict.values}
        return self.disclosure.documents.aggregate(
            all=Count("pk"), read=Count("collected_at"), copied=Count("stored"), **named
        )

    @property
    def tiles(self) -> list[Tile]:
        found = self.counts
        return [
            Tile("Stukken", str(found["all"])),
            Tile("Nog na te kijken", str(found[Verdict.OPEN])),
            Tile("Gaat mee", str(found[Verdict.WHOLE] + found[Verdict.REDACTED])),
            Tile("Gaat niet mee", str(found[Verdict.WITHHELD])),
        ]

    @property
    def progress(self) -> tuple[int, int] | None:
        """What a worker did, of how many; None when none is at work."""
        found = self.counts
        if self.disclosure.state == DisclosureState.COLLECTING:
            return found["read"], found["all"]
        if self.disclosure.state == DisclosureState.MAKING:
            return found["copied"], found[Verdict.WHOLE] + found[Verdict.REDACTED]
        return None

    @property
    def facts(self) -> list[Detail]:
        row = self.disclosure
        rows = [
            Detail("Waarvoor", row.get_kind_display().capitalize()),
            Detail("Verzoek", row.request),
            Detail("Waarom", row.purpose),
            Detail("Begonnen", f"{dutch_datetime(row.started_at)}, {row.started_by}"),
        ]
        if row.approved_at:
            rows.append(Detail("Akkoord", f"{dutch_datetime(row.approved_at)}, {row.approved_by}"))
        if row.given_at:
            given = (
                f"{dutch_datetime(row.given_at)}, {row.get_means_display()}, door {row.given_by}"
            )
            rows.append(Detail("Gegeven", given))
        return [line for line in rows if line.detail]

    @cached_property
    def shown(self) -> Page:
        rows = self.disclosure.documents.defer("text")
        if self.search:
            rows = rows.filter(title__icontains=self.search)
        if self.state in Verdict.values:
            rows = rows.filter(verdict=self.state)
        return Paginator(rows.order_by("number"), PER_PAGE).get_page(self.wishes.get("page", "1"))

    @property
    def filtered(self) -> bool:
        return bool(self.search or self.state)

    @property
    def rows(self) -> list[dict[str, Any]]:
        may_judge = self.user.has_perm("subsidies.judge_disclosure", self.disclosure)
        return [
            {
                "title": row.title,
                "url": row.get_absolute_url() if row.collected_at else "",
                "hint": _hint(row, may_judge=may_judge),
                "badge": row.get_verdict_display(),
                "kind": BADGES[Verdict(row.verdict)],
                "due": None,
            }
            for row in self.shown
        ]

    @property
    def deeds(self) -> list[dict[str, str]]:
        """What the reader may do now; taking over the proposal only while something is open."""
        return [
            {
                "label": label,
                "url": reverse(f"subsidies:{view}", args=[self.disclosure.pk]),
                "kind": kind,
            }
            for deed, label, view, kind in DEEDS
            if self.user.has_perm(f"subsidies.{deed}", self.disclosure) and self._fits(view)
        ]

    def _fits(self, view: str) -> bool:
        waiting = self.counts[Verdict.OPEN]
        if view == "disclosure_accept":
            return waiting > 0
        return view not in ("disclosure_order", "disclosure_propose") or not waiting


class DocumentPage:
    """One document, as it reads with what goes out of it."""

    def __init__(self, document: DisclosureDocument) -> None:
        self.document = document

    @property
    def is_open(self) -> bool:
        return self.document.verdict == Verdict.OPEN

    @property
    def blocks(self) -> list[tuple[str, list[str]]]:
        """The words with marks for what is left out: as judged, or while nobody judged as the check proposes."""
        row = self.document
        rows = row.suggested if self.is_open else row.redactions
        return blocks(redacted(row.text, as_redactions(rows)))

    @property
    def initial(self) -> dict[str, str]:
        """What the form begins with."""
        row = self.document
        personal = row.suggested if self.is_open else row.redactions
        usual = {Ground.PRIVACY, Ground.IDENTIFIER, Ground.AWB_PERSONAL}
        other = [one for one in as_redactions(personal) if one.ground not in usual]
        proposed = Verdict.REDACTED if row.suggested else Verdict.WHOLE
        return {
            "verdict": proposed if self.is_open else row.verdict,
            "personal": "\n".join(
                one.text for one in as_redactions(personal) if one.ground in usual
            ),
            "other": "\n".join(one.text for one in other),
            "ground": row.ground or (other[0].ground if other else ""),
            "reason": row.reason,
            "accepted_because": row.accepted_because,
        }

    @property
    def verdict(self) -> list[Detail]:
        row = self.document
        rows = [
            Detail("Oordeel", row.get_verdict_display().capitalize()),
            Detail("Gronden", "; ".join(LABELS[ground] for ground in row.grounds)),
            Detail("Reden", row.reason),
            Detail("Waarom iets mag blijven staan", row.accepted_because),
        ]
        if row.judged_at:
            rows.append(Detail("Nagekeken", f"{dutch_datetime(row.judged_at)}, {row.judged_by}"))
        return [line for line in rows if line.detail]

    @property
    def next_open(self) -> DisclosureDocument | None:
        """The next document that nobody judged yet."""
        rows = self.document.disclosure.documents.filter(verdict=Verdict.OPEN).defer("text")
        after = rows.filter(number__gt=self.document.number).order_by("number").first()
        return after or rows.order_by("number").first()


def _hint(row: DisclosureDocument, *, may_judge: bool) -> str:
    parts = [f"Stuk {row.number}", row.get_kind_display()]
    if row.dated_on:
        parts.append(dutch_date(row.dated_on))
    found = len(row.suggested)
    if found and may_judge and row.verdict == Verdict.OPEN:
        parts.append(f"{found} mogelijke {'persoonsgegevens' if found > 1 else 'persoonsgegeven'}")
    return " · ".join(parts)


def disclosures_of(about: Objection | SubsidyRound, user: User) -> list[dict[str, Any]]:
    """The disclosures of an objection, or those to everybody of a round, that `user` may see."""
    rows = about.disclosures.visible_to(user).select_related("stored", "objection", "round")
    if isinstance(about, SubsidyRound):
        rows = rows.filter(kind=Disclosure.Kind.WOO)
    return [
        {
            "title": reference_of(row),
            "url": row.get_absolute_url()
            if user.is_municipal
            else reverse("subsidies:disclosure_file", args=[row.pk]),
            "hint": f"begonnen op {dutch_date(row.started_at)}"
            if user.is_municipal
            else f"ZIP-bestand, gekregen op {dutch_date(row.given_at)}",
            "badge": row.get_state_display(),
            "kind": row.badge,
            "due": None,
        }
        for row in rows.order_by("-pk")
    ]
