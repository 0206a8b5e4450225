"""Three yearly reports on their way: one by the parties, one adopted, one sent to who is to have it.

Printing takes seconds each, so the concepts of these three have a page that says where the whole report is; a worker
prints what was adopted last, and all the others, as it does every day.
"""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from ikc.models import AgendaItem, Body
from ikc.services import governance
from ikc.states_governance import BodyKind
from kvk2.core.deadlines import DAY, local_date
from monitoring.demo.agreements import signer_for
from monitoring.demo.areas import PLACES
from monitoring.demo.paper import leaflet
from monitoring.demo.people import OWN_IKC, World
from monitoring.models import AnnualReport, ReportBatch
from monitoring.services import adopting, distributing, hearing, reports
from monitoring.voices import parties_of, voices_of


class Reply(NamedTuple):
    """What a party says of the concept."""

    agrees: bool
    text: str


# By role of the party; who is not in it agrees without a word.
REPLIES = {
    "school_board": Reply(
        True,
        "Wij herkennen het beeld. De school werkt aan één rooster met de opvang; dat ziet u volgend jaar terug.",
    ),
    "childcare": Reply(
        False,
        "De opvang mist de peutergroep die in mei begon. Zij telt in deze cijfers nog niet mee.",
    ),
}
MADE, LAID, MET, ADOPTED, SENT, ADOPTED_LAST = 40, 20, 9, 8, 7, 5  # days ago
LEFT = 12  # days that the parties still have


def make_report_life(world: World, now: datetime) -> None:
    """From order to receipts, by the deeds that do it for real."""
    batch = ReportBatch.objects.select_related("cycle__year").order_by("pk").last()
    if batch is None:
        return
    rows = list(
        batch.reports.filter(agreement__ikc__brin_location__in=PLACES, kind=AnnualReport.Kind.IKC)
        .select_related("agreement__ikc", "batch__cycle__year")
        .order_by("agreement__ikc__brin_location", "pk")
    )
    own = [row for row in rows if row.agreement.ikc.brin_location == OWN_IKC]
    others = [row for row in rows if row not in own][:2]
    if not own or len(others) < 2:
        return  # a municipality without these IKCs in its facts
    leader = world.person("projectleider")
    for report in (*own, *others):
        _print(report, now - MADE * DAY)
    until = local_date(now + LEFT * DAY)
    hearing.start_hearing(batch, until=until, by=leader, at=now - LAID * DAY)
    for n, report in enumerate(others):
        _reply(world, report, now - (LAID - 4 - n) * DAY)
    point = _discuss(world, batch, now - MET * DAY)
    group = world.person("ontwikkelgroep")
    sent, adopted = others
    adopting.adopt_reports(batch, point, only=[sent.pk], by=group, at=now - ADOPTED * DAY)
    _print(sent, now - ADOPTED * DAY)
    adopting.publish_reports(batch, by=leader, at=now - SENT * DAY)
    _receive(world, sent, now - (SENT - 1) * DAY)
    adopting.adopt_reports(batch, point, only=[adopted.pk], by=group, at=now - ADOPTED_LAST * DAY)


def _print(report: AnnualReport, at: datetime) -> None:
    reports.claim_report(report.pk, at=at)
    row, version = reports.freeze(report.pk, at)
    reports.finish(row, version, _page(row), at)


def _page(report: AnnualReport) -> bytes:
    return leaflet(
        [
            "Demonstratiegegevens",
            f"Jaarrapport {report.batch.cycle.year} van {report.title}",
            "",
            "Dit is een voorbeeld van één bladzijde, zodat de demonstratie snel begint.",
            "Het hele rapport leest u op de webpagina van dit rapport.",
            "Van de andere rapporten van dit jaar is ook het hele PDF-bestand er.",
        ]
    )


def _reply(world: World, report: AnnualReport, at: datetime) -> None:
    """Every party says what it thinks of it."""
    for party in parties_of([report])[report.pk]:
        person = signer_for(world, party)
        voice = next(
            one for one in voices_of(person, report) if one.organisation_id == party.organisation_id
        )
        reply = REPLIES.get(party.role, Reply(True, ""))
        hearing.react(report, voice, agrees=reply.agrees, text=reply.text, by=person, at=at)


def _discuss(world: World, batch: ReportBatch, at: datetime) -> AgendaItem:
    """The Ontwikkelgroep spoke about the reports of the year; entered afterwards, so that nobody is called."""
    leader, body = world.person("projectleider"), Body.objects.get(kind=BodyKind.DEVELOPMENT_GROUP)
    entered = at + timedelta(hours=2)
    meeting = governance.plan_meeting(
        body, takes_place_on=local_date(at), starts_at=time(10), location="Stadskantoor",
        by=leader, at=entered,
    )  # fmt: skip
    item = governance.add_item(
        meeting, title=f"Jaarrapporten {batch.cycle.year}", purpose="decide", explanation="",
        subject=batch.cycle, by=leader, at=entered,
    )  # fmt: skip
    governance.hold_meeting(meeting, attendance="Iedereen was aanwezig.", by=leader, at=entered)
    item.refresh_from_db()
    return governance.write_minutes(
        item, outcome="discussed", minutes="De eerste twee rapporten zijn doorgenomen.",
        decision="Deze twee rapporten worden vastgesteld als de reacties er zijn.",
        by=leader, at=entered,
    )  # fmt: skip


def _receive(world: World, report: AnnualReport, at: datetime) -> None:
    """Two people open it, and one of them says so."""
    rows = report.recipients.filter(user__isnull=False).select_related("user").order_by("pk")
    for n, row in enumerate(rows[:2]):
        distributing.note_opened([report], by=row.user, at=at)
        if n == 0:
            distributing.confirm_receipt(row, by=row.user, at=at)
