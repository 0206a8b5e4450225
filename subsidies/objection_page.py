"""The list of objections, and the page of one: who, about what, in time or not, until when, and what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Q, QuerySet, When
from django.urls import reverse
from django.utils.html import format_html

from ikc.models import User
from kvk2.core.charts import Chart
from kvk2.core.deadlines import local_date
from kvk2.core.models import StoredFile
from kvk2.nlds.components import Detail, Tile
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime, euro
from subsidies.disclosure_page import disclosures_of
from subsidies.facts import known
from subsidies.forms.lists import ListFilter
from subsidies.models import Decision, Letter, Objection, ObjectionHearing, ObjectionRepair
from subsidies.objection_picture import Bar, terms_picture
from subsidies.objection_terms import Timeliness, documents_until
from subsidies.services.acts import UNTAKEN
from subsidies.services.objection_letters import printable
from subsidies.services.objections import term_start, timeliness_of
from subsidies.states_disclosures import ENDED_DISCLOSURES
from subsidies.states_objections import OBJECTION_BADGES, OPEN_OBJECTIONS, ObjectionState

PER_PAGE = 50
RUNNING, LATE = "lopend", "te-laat"
FILTERS = [(RUNNING, "loopt"), (LATE, "beslistermijn voorbij"), *ObjectionState.choices]
SORTS = [("termijn", "eerst te beslissen"), ("nieuw", "nieuwste eerst")]
RUNNING_FIRST = Case(When(state__in=OPEN_OBJECTIONS, then=0), default=1)
ORDERS = {"nieuw": ("-received_at", "-pk")}
NOT_YET = "Nog niet"


class ObjectionList:
    """Those that `user` may see; what has to be decided first on top."""

    def __init__(self, user: User, wishes: Mapping[str, str], *, today: date) -> None:
        self.user, self.wishes, self.today = user, wishes, today
        self.search, self.state = wishes.get("zoek", "").strip(), wishes.get("status", "")
        self.filter_form = ListFilter(
            wishes, search="Zoek op naam of kenmerk", states=FILTERS, sorts=SORTS
        )

    @cached_property
    def found(self) -> QuerySet[Objection]:
        rows = Objection.objects.visible_to(self.user).select_related(
            "decision__application__ikc", "decision__application__round", "answer"
        )
        if self.search:
            rows = rows.filter(
                Q(reference__icontains=self.search)
                | Q(name__icontains=self.search)
                | Q(organisation__icontains=self.search)
                | Q(decision__reference__icontains=self.search)
                | Q(decision__application__ikc__name__icontains=self.search)
            )
        if self.state == RUNNING:
            rows = rows.running()
        elif self.state == LATE:
            rows = rows.running().filter(decide_before__lt=self.today)
        elif self.state in ObjectionState.values:
            rows = rows.filter(state=self.state)
        order = ORDERS.get(self.wishes.get("sorteer", ""), (RUNNING_FIRST, "decide_before", "pk"))
        return rows.order_by(*order)

    @cached_property
    def shown(self) -> Page:
        return Paginator(self.found, PER_PAGE).get_page(self.wishes.get("page", "1"))

    @property
    def rows(self) -> list["ObjectionLine"]:
        return [ObjectionLine(row, today=self.today) for row in self.shown]

    @property
    def filtered(self) -> bool:
        return bool(self.search or self.state)

    headers = (
        "Kenmerk",
        "Bezwaarmaker",
        "IKC",
        "Besluit",
        "Ontvangen",
        "Status",
        "Beslissen uiterlijk",
        "Op tijd",
        "Uitkomst",
    )

    def export(self) -> Iterator[Sequence[object]]:
        for row in self.found:
            yield [
                row.reference,
                row.objector,
                row.decision.application.ikc.name,
                row.decision.reference,
                local_date(row.received_at),
                row.get_state_display(),
                row.decide_before,
                row.get_timeliness_display(),
                row.get_outcome_display(),
            ]


class ObjectionLine:
    """One objection in a list."""

    def __init__(self, objection: Objection, *, today: date) -> None:
        self.objection, self.today = objection, today
        self.application = objection.decision.application

    @property
    def is_running(self) -> bool:
        return self.objection.state in OPEN_OBJECTIONS

    @property
    def is_overdue(self) -> bool:
        return self.is_running and self.objection.decide_before < self.today

    @property
    def badge(self) -> tuple[str, str]:
        """Label and kind."""
        if self.is_overdue:
            return "te laat", "danger"
        state = ObjectionState(self.objection.state)
        return state.label, OBJECTION_BADGES[state]

    @property
    def outcome(self) -> str:
        """What came of it, once the letter about it was sent."""
        row = self.objection
        sent = row.answer is not None and row.answer.announced_at is not None
        return row.get_outcome_display() if sent else row.get_state_display()

    @property
    def term(self) -> str:
        row = self.objection
        if not self.is_running:
            return self.outcome
        return f"beslissen uiterlijk {dutch_date(row.decide_before)}"


class ObjectionPage(ObjectionLine):
    """One objection with all that belongs to it."""

    def __init__(self, objection: Objection, user: User, *, today: date) -> None:
        super().__init__(objection, today=today)
        self.user = user

    @property
    def is_own_decision(self) -> bool:
        """The reader drafted what is contested, and so keeps off."""
        return self.is_running and self.objection.decision.drafted_by_id == self.user.pk

    @property
    def tiles(self) -> list[Tile]:
        row = self.objection
        tiles = []
        if self.is_running:
            left = (row.decide_before - self.today).days
            note = f"nog {left} dagen" if left >= 0 else f"{-left} dagen te laat"
            tiles.append(Tile("Beslissen uiterlijk", dutch_date(row.decide_before), note))
        else:
            tiles.append(Tile("Uitkomst", self.outcome))
        tiles.append(Tile("Ontvangen", dutch_date(row.received_at), row.get_channel_display()))
        verdict = row.get_timeliness_display() or Objection.Verdict(self.timeliness.verdict).label
        tiles.append(Tile("Op tijd?", verdict, "verontschuldigd" if row.excused else ""))
        return tiles

    @cached_property
    def timeliness(self) -> Timeliness:
        return timeliness_of(self.objection)

    @property
    def reasoning(self) -> str:
        """As it was judged, or while nobody judged as it stands now."""
        return self.objection.timeliness_reason or " ".join(self.timeliness.reasons)

    @property
    def facts(self) -> list[Detail]:
        row = self.objection
        rows = [
            Detail("Bezwaarmaker", f"{row.objector} ({row.get_party_display()})"),
            Detail("Ontvangen", f"{dutch_datetime(row.received_at)}, {row.get_channel_display()}"),
        ]
        if self.user.is_municipal:
            rows += [Detail("Adres", row.address), Detail("E-mailadres", row.email)]
        rows += [
            Detail("Poststempel", dutch_date(row.postmark_on) if row.postmark_on else ""),
            Detail("Ondertekend", "ja" if row.signed else "nee"),
            Detail("Reden als het later is", row.excuse),
            Detail("Vergoeding van kosten", self._costs()),
        ]
        return [line for line in rows if line.detail]

    def _costs(self) -> str:
        row = self.objection
        if not row.costs_requested:
            return ""
        if row.costs_awarded is None:
            return "gevraagd" if self.is_running else "gevraagd, niet toegekend"
        return f"gevraagd, {euro(row.costs_awarded)} toegekend"

    @property
    def grounds(self) -> list[str]:
        return [part for part in self.objection.grounds.split("\n\n") if part.strip()]

    @property
    def judgement(self) -> list[Detail]:
        row = self.objection
        if row.judged_at is None:
            return []
        who = f", {row.judged_by}" if self.user.is_municipal else ""
        return [
            Detail("Belanghebbende", "ja" if row.interested else "nee"),
            Detail("Oordeel", row.judgement),
            Detail("Vastgelegd", f"{dutch_datetime(row.judged_at)}{who}"),
        ]

    @cached_property
    def repair(self) -> ObjectionRepair | None:
        return ObjectionRepair.objects.filter(objection=self.objection).first()

    @property
    def repair_rows(self) -> list[Detail]:
        row = self.repair
        if row is None:
            return []
        if row.repaired_on:
            came = f"{dutch_date(row.repaired_on)}: {row.text}"
        else:
            came = "Niet op tijd gekomen" if row.ended_at else NOT_YET
        return [
            Detail("Wat ontbreekt", row.missing),
            Detail("Aanvullen tot en met", dutch_date(row.due_on)),
            Detail("Aanvulling", came),
        ]

    @cached_property
    def delays(self) -> list[Detail]:
        return [
            Detail(
                f"{row.get_kind_display().capitalize()} op {dutch_date(row.delayed_at)}",
                f"Was {dutch_date(row.old_day)}, is {dutch_date(row.new_day)}. {row.reason}",
            )
            for row in self.objection.delays.order_by("pk")
        ]

    @cached_property
    def hearing(self) -> ObjectionHearing | None:
        return (
            ObjectionHearing.objects.filter(objection=self.objection)
            .select_related("led_by", "report_file")
            .first()
        )

    @property
    def hearing_began(self) -> bool:
        return self.hearing is not None and local_date(self.hearing.starts_at) <= self.today

    @property
    def hearing_rows(self) -> list[Detail]:
        row, objection = self.hearing, self.objection
        if row is None:
            if not objection.no_hearing:
                return []
            return [
                Detail("Geen hoorzitting", objection.get_no_hearing_display()),
                Detail("Waarom", objection.no_hearing_reason),
            ]
        rows = [
            Detail("Wanneer", f"{dutch_datetime(row.starts_at)}, {row.minutes} minuten"),
            Detail("Waar", row.place),
            Detail("Geleid door", row.leader),
            Detail("Wie erbij zijn", row.attendees),
            Detail("Stukken ter inzage", f"vanaf {dutch_date(row.file_open_from)}"),
            Detail(
                "Nieuwe stukken kunnen tot en met",
                dutch_date(documents_until(local_date(row.starts_at))),
            ),
            Detail("Verslag", row.report),
        ]
        if objection.no_hearing:
            rows.append(Detail("Toch niet gehoord", objection.no_hearing_reason))
        return [line for line in rows if line.detail]

    @property
    def advice(self) -> list[Detail]:
        """For municipal eyes: the objector gets it with the decision."""
        row = self.objection
        if row.advised_on is None or not self.user.is_municipal:
            return []
        return [
            Detail("Van", f"{row.advised_by}, {dutch_date(row.advised_on)}"),
            Detail("Advies", row.get_advised_outcome_display()),
            Detail("Tekst", row.advice),
        ]

    @property
    def ending(self) -> list[Detail]:
        row = self.objection
        rows = []
        if row.answer is not None and (row.answer.announced_at or self.user.is_municipal):
            rows += [
                Detail("Beslissing", row.get_outcome_display()),
                Detail("Besluit", self._answer_link(row.answer)),
            ]
        if row.withdrawn_on:
            rows += [
                Detail("Ingetrokken op", dutch_date(row.withdrawn_on)),
                Detail("Reden", row.withdrawn_reason),
            ]
        if row.appealed_on:
            rows += [
                Detail("Beroep", f"{row.appeal_court}, {row.appeal_number}"),
                Detail("Ingesteld op", dutch_date(row.appealed_on)),
                Detail("Uitspraak", row.appeal_outcome or NOT_YET),
            ]
        return [line for line in rows if line.detail]

    def _answer_link(self, answer: Decision) -> str:
        """A competitor has the answer as a letter, and no page about somebody else's case."""
        if not self.user.is_municipal and self.objection.party != Objection.Party.ADDRESSEE:
            return answer.reference
        return format_html(
            '<a class="nl-link" href="{}">{}</a>', answer.get_absolute_url(), answer.reference
        )

    @property
    def files(self) -> list[dict[str, str]]:
        row = self.objection
        found = [("bezwaarschrift", row.document)]
        if self.hearing is not None:
            found.append(("verslag", self.hearing.report_file))
        return [self._file(kind, stored) for kind, stored in found if stored is not None]

    def _file(self, kind: str, stored: StoredFile) -> dict[str, str]:
        opens = stored.scan_state in (StoredFile.ScanState.CLEAN, StoredFile.ScanState.OWN)
        return {
            "name": stored.name,
            "kind": kind,
            "url": reverse("subsidies:objection_file", args=[self.objection.pk, kind])
            if opens
            else "",
            "status": stored.get_scan_state_display(),
        }

    @cached_property
    def disclosures(self) -> list[dict[str, Any]]:
        """Documents of the round for the objector, as far as the reader may see them."""
        return disclosures_of(self.objection, self.user)

    @cached_property
    def is_disclosing(self) -> bool:
        """Whether some are being prepared."""
        return self.objection.disclosures.exclude(state__in=ENDED_DISCLOSURES).exists()

    @cached_property
    def draft_answer(self) -> Decision | None:
        """The decision on this objection that is being prepared, for municipal eyes."""
        if not self.user.is_municipal or self.objection.state != ObjectionState.ADVISED:
            return None
        drafts = Decision.objects.filter(
            kind=Decision.Kind.OBJECTION_DECISION,
            details__objection=self.objection.pk,
            state__in=UNTAKEN,
        )
        return drafts.first()

    @property
    def letters_to_print(self) -> list[dict[str, str]]:
        """For an objector without a mailbox in the portal."""
        if not self.user.is_municipal:
            return []
        return [
            {
                "title": Letter.Code(code).label,
                "url": reverse("subsidies:objection_letter", args=[self.objection.pk, code]),
            }
            for code in printable(self.objection)
        ]

    @cached_property
    def changed_by(self) -> list[Decision]:
        """Newer decisions about the same: they are part of the pending objection by law (Awb 6:19)."""
        contested = self.objection.decision
        rows = Decision.objects.filter(
            application=contested.application_id,
            announced_at__gt=self.objection.received_at,
        ).exclude(pk__in=[contested.pk, self.objection.answer_id])
        return list(rows.order_by("announced_at", "pk"))

    @cached_property
    def picture(self) -> Chart:
        row, decision = self.objection, self.objection.decision
        announced, last_day = (
            local_date(known(decision.announced_at)),
            known(decision.objection_until),
        )
        received = local_date(row.received_at)
        bars = [
            Bar("Bezwaartermijn", announced, last_day, "neutral-300"),
            Bar("Bezwaar ontvangen", received, received, "status-orange"),
        ]
        if self.repair is not None:
            asked = local_date(self.repair.asked_at)
            until = self.repair.repaired_on or self.repair.due_on
            bars.append(Bar("Wacht op aanvulling", asked, max(asked, until), "accent-400"))
        if self.hearing is not None:
            held = local_date(self.hearing.starts_at)
            bars.append(Bar("Inzage en hoorzitting", self.hearing.file_open_from, held))
        start = term_start(row)
        bars.append(Bar("Beslistermijn", start, row.decide_before, "primary-500"))
        conclusion = (
            f"Wij beslissen uiterlijk op {dutch_date(row.decide_before)}."
            if self.is_running
            else f"Het bezwaar is afgerond: {self.outcome}."
        )
        return terms_picture(bars, today=self.today, conclusion=conclusion)
