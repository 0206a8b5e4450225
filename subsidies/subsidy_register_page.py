"""The subsidy register: what anybody reads, and what the municipality still has to check."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Max, Q, QuerySet

from kvk2.core.charts import Chart
from kvk2.core.charts.bars import bar_chart
from kvk2.core.charts.lines import Series
from kvk2.core.money import format_amount
from kvk2.nlds.components import Detail, Tile
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime, euro, euro0
from subsidies.forms.lists import ListFilter
from subsidies.forms.subsidy_register import PublicFilter
from subsidies.models import RegisterEntry, RegisterVersion
from subsidies.personal_data import Finding
from subsidies.services.subsidy_register import findings_of_all
from subsidies.states_subsidy_register import RegisterState

Kind = RegisterEntry.Kind
PER_PAGE = 50
# Woo 3.3a: brought up to date at least every two weeks.
UP_TO_DATE = timedelta(days=14)
# What changes the amount that was granted, against what was determined in the end.
GRANTING = (Kind.GRANT, Kind.PARTIAL_GRANT, Kind.AMENDMENT, Kind.REVOCATION)
LICENCE = "CC0 1.0"
LICENCE_URL = "https://creativecommons.org/publicdomain/zero/1.0/deed.nl"
# Name in the downloads, and what it means.
FIELDS: Mapping[str, str] = {
    "code": "kenmerk van het besluit; verandert nooit",
    "case": "nummer van de aanvraag; besluiten met hetzelfde nummer horen bij elkaar",
    "kind": "soort besluit: grant (verlening), partial_grant (gedeeltelijke verlening), amendment (wijziging), "
    "revocation (intrekking) of determination (vaststelling)",
    "decided_on": "datum waarop het besluit is bekendgemaakt (jaar-maand-dag)",
    "year": "jaar van de ronde",
    "round_name": "naam van de ronde",
    "basis": "regeling waarop het besluit steunt",
    "recipient": "rechtspersoon die de subsidie krijgt",
    "recipient_number": "KvK-nummer van de ontvanger, als dat bekend is",
    "ikc": "integraal kindcentrum waarvoor de subsidie is",
    "area": "aandachtsgebied waarin het IKC ligt",
    "period_start": "eerste dag van de subsidieperiode",
    "period_end": "laatste dag van de subsidieperiode",
    "requested_amount": "gevraagd bedrag in euro",
    "amount": "bedrag volgens dit besluit in euro: verleend, gewijzigd of vastgesteld",
    "activities": "activiteiten waarvoor de subsidie is",
    "provisions": "waarvoor de subsidie is",
}


class PublicRegister:
    """Entries that are public, as one reader asks for them. `wishes` is the query of the address."""

    def __init__(self, wishes: Mapping[str, str]) -> None:
        self.wishes = wishes

    @cached_property
    def all(self) -> list[Mapping[str, Any]]:
        """The few columns that the choices stand on, of everything public."""
        rows = RegisterEntry.objects.public().order_by("-decided_on", "-pk")
        return list(rows.values("year", "round_name", "recipient", "area"))

    def _options(self, name: str, *, falling: bool = False) -> list[tuple[str, str]]:
        values = sorted({row[name] for row in self.all}, reverse=falling)
        return [(str(value), str(value)) for value in values]

    @cached_property
    def filter_form(self) -> PublicFilter:
        choices = {
            "jaar": ("Jaar", self._options("year", falling=True)),
            "ronde": ("Ronde", self._options("round_name")),
            "ontvanger": ("Ontvanger", self._options("recipient")),
            "gebied": ("Gebied", self._options("area")),
        }
        return PublicFilter(self.wishes, choices=choices)

    @cached_property
    def found(self) -> QuerySet[RegisterEntry]:
        rows = RegisterEntry.objects.public()
        asked = {
            "year": self.wishes.get("jaar", ""),
            "round_name": self.wishes.get("ronde", ""),
            "recipient": self.wishes.get("ontvanger", ""),
            "area": self.wishes.get("gebied", ""),
        }
        rows = rows.filter(
            **{name: value for name, value in asked.items() if self._known(name, value)}
        )
        for word in self.wishes.get("zoek", "")[:100].split():
            rows = rows.filter(
                Q(ikc__icontains=word)
                | Q(recipient__icontains=word)
                | Q(activities__icontains=word)
                | Q(code__icontains=word)
            )
        return rows.order_by("-decided_on", "-pk")

    def _known(self, name: str, value: str) -> bool:
        return bool(value) and any(str(row[name]) == value for row in self.all)

    @property
    def filtered(self) -> bool:
        return any(
            self.wishes.get(name) for name in ("zoek", "jaar", "ronde", "ontvanger", "gebied")
        )

    @property
    def years(self) -> list[int]:
        return sorted({row["year"] for row in self.all}, reverse=True)

    @cached_property
    def standing(self) -> list[RegisterEntry]:
        """Of what was found: for each case the last decision on what is granted, and the one that determined."""
        return standing(self.found)

    @property
    def tiles(self) -> list[Tile]:
        granted = [row for row in self.standing if row.kind in GRANTING]
        determined = [row for row in self.standing if row.kind == Kind.DETERMINATION]
        return [
            Tile("Verleend", euro0(amount_of(granted)), f"{len(granted)} subsidies"),
            Tile("Vastgesteld", euro0(amount_of(determined)), f"{len(determined)} subsidies"),
            Tile("Ontvangers", str(len({row.recipient for row in self.standing}))),
        ]

    @property
    def charts(self) -> list[Chart]:
        """Granted and determined by year, and by area; nothing when there is nothing to compare."""
        return [
            chart
            for chart in (
                _chart(self.standing, "year", "Subsidie per jaar", "Jaar"),
                _chart(self.standing, "area", "Subsidie per gebied", "Gebied"),
            )
            if len(chart.rows) > 1
        ]

    @cached_property
    def updated_at(self) -> datetime | None:
        """The last time that something in the register changed, also when that was taken away."""
        return RegisterEntry.objects.aggregate(last=Max("changed_at"))["last"]


def standing(entries: Iterable[RegisterEntry]) -> list[RegisterEntry]:
    """For each case the last decision on what is granted and the last determination, oldest case first."""
    found: dict[tuple[str, bool], RegisterEntry] = {}
    for row in sorted(entries, key=lambda row: (row.decided_on, row.pk)):
        found[row.case, row.kind in GRANTING] = row
    return [found[key] for key in sorted(found)]


def amount_of(rows: Iterable[RegisterEntry]) -> Decimal:
    """What these decisions come to, in euros."""
    return sum((row.amount for row in rows), Decimal(0))


def _chart(rows: list[RegisterEntry], name: str, title: str, header: str) -> Chart:
    labels = sorted({getattr(row, name) for row in rows})
    granted = [
        amount_of(row for row in rows if getattr(row, name) == label and row.kind in GRANTING)
        for label in labels
    ]
    most = max(zip(granted, labels, strict=True), default=(Decimal(0), "–"))
    return bar_chart(
        [Series("Verleend", granted)],
        [str(label) for label in labels],
        title=title,
        description=f"Het meeste is verleend bij {most[1]}: {format_amount(most[0])}.",
        unit="€",
        first_header=header,
    )


def public_facts(entry: RegisterEntry) -> list[Detail]:
    """Everything that the register says of one decision."""
    label = {
        Kind.DETERMINATION: "Vastgesteld bedrag",
        Kind.AMENDMENT: "Gewijzigd bedrag",
        Kind.REVOCATION: "Bedrag na intrekking",
    }.get(Kind(entry.kind), "Verleend bedrag")
    recipient = (
        f"{entry.recipient} (KvK {entry.recipient_number})"
        if entry.recipient_number
        else entry.recipient
    )
    rows = [
        Detail("Soort besluit", entry.get_kind_display()),
        Detail("Datum", dutch_date(entry.decided_on)),
        Detail("IKC", entry.ikc),
        Detail("Ontvanger", recipient),
        Detail("Gebied", entry.area),
        Detail("Ronde", entry.round_name),
        Detail("Grondslag", entry.basis),
        Detail("Gevraagd bedrag", euro(entry.requested_amount)),
        Detail(label, euro(entry.amount)),
    ]
    if entry.period_start and entry.period_end:
        words = f"{dutch_date(entry.period_start)} tot en met {dutch_date(entry.period_end)}"
        rows.append(Detail("Subsidieperiode", words))
    return [
        *rows,
        Detail("Activiteiten", entry.activities or "Niet vermeld"),
        Detail("Waarvoor de subsidie is", entry.provisions or "Niet vermeld"),
    ]


class ManagePage:
    """The entries for who keeps the register; what waits for a check comes first."""

    def __init__(self, wishes: Mapping[str, str]) -> None:
        self.wishes = wishes
        self.search, self.state = wishes.get("zoek", "").strip(), wishes.get("status", "")
        self.filter_form = ListFilter(wishes, states=RegisterState.choices)

    @cached_property
    def found(self) -> QuerySet[RegisterEntry]:
        rows = RegisterEntry.objects.all()
        if self.search:
            rows = rows.filter(Q(code__icontains=self.search) | Q(ikc__icontains=self.search))
        if self.state in RegisterState.values:
            rows = rows.filter(state=self.state)
        return rows.order_by("-decided_on", "-pk")

    @cached_property
    def shown(self) -> Page:
        return Paginator(self.found, PER_PAGE).get_page(self.wishes.get("page", "1"))

    @cached_property
    def findings(self) -> dict[int, tuple[Finding, ...]]:
        return findings_of_all(list(self.shown))

    @property
    def rows(self) -> list[tuple[RegisterEntry, int]]:
        """Each entry with how much the check found in it."""
        return [(row, len(self.findings[row.pk])) for row in self.shown]

    @property
    def filtered(self) -> bool:
        return bool(self.search or self.state)

    @cached_property
    def waiting(self) -> int:
        if self.state == RegisterState.PREPARED and not self.search:
            return self.shown.paginator.count
        return RegisterEntry.objects.filter(state=RegisterState.PREPARED).count()


def clean_entries() -> list[RegisterEntry]:
    """The oldest that wait, in which the check found nothing and against which nobody objects; at most a page."""
    rows = list(
        RegisterEntry.objects.filter(state=RegisterState.PREPARED, objected_on=None).order_by(
            "decided_on", "pk"
        )[:PER_PAGE]
    )
    findings = findings_of_all(rows)
    return [row for row in rows if not findings[row.pk]]


def history_of(entry: RegisterEntry) -> list[RegisterVersion]:
    """What the register said before, newest first."""
    return list(entry.versions.select_related("by").order_by("-number"))


def objection_rows(entry: RegisterEntry) -> list[Detail]:
    if entry.objected_on is None:
        return []
    rows = [
        Detail("Ontvangen", dutch_date(entry.objected_on)),
        Detail("Bedenking", entry.objection),
    ]
    if entry.objection_verdict:
        rows += [
            Detail("Oordeel", entry.get_objection_verdict_display()),
            Detail("Motivering", entry.objection_reason),
        ]
    return rows


def state_rows(entry: RegisterEntry) -> list[Detail]:
    rows = [Detail("Klaargezet", dutch_datetime(entry.prepared_at))]
    if entry.published_at:
        rows.append(Detail("Openbaar sinds", dutch_datetime(entry.published_at)))
    if entry.changed_at and entry.changed_at != entry.published_at:
        rows.append(Detail("Laatst gewijzigd", dutch_datetime(entry.changed_at)))
    if entry.reason:
        rows.append(Detail("Waarom niet openbaar", entry.reason))
    return rows


def oldest_allowed(today: date) -> date:
    """A decision announced before this day should have been in the register by now."""
    return today - UP_TO_DATE
