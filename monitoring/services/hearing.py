"""Hoor en wederhoor: the parties read the concept of the report about their IKC and say what they think of it."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agreements.services.notifying import signers_of
from ikc.models import RoleAssignment
from ikc.notices import NoticeKind
from ikc.roles import Role
from ikc.services.notices import notify_users
from kvk2.core.audit import record
from kvk2.core.deadlines import is_working_day, local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import LegalHoliday
from monitoring.models import AnnualReport, ReportBatch, ReportReaction
from monitoring.states import REPORT_LIFE, ReportStage, ReportState
from monitoring.voices import Voice, parties_of, voices_of

if TYPE_CHECKING:
    from ikc.models import User

# How long the parties have at least (domain reference 5.6).
WORKING_DAYS = 10


class NothingToHear(DomainError):
    """There is no finished concept, or the day leaves the parties too little time."""


class ReactionRefused(DomainError):
    """Not asked, too late, said before, or nothing said."""


def first_last_day(day: date) -> date:
    """The tenth working day after `day`: the earliest on which the hearing may end."""
    holidays = frozenset(LegalHoliday.objects.values_list("date", flat=True))
    left = WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, holidays)
    return day


@transaction.atomic
def start_hearing(
    batch: ReportBatch, *, until: date, by: "User", at: datetime
) -> list[AnnualReport]:
    """Lay every finished concept about an IKC before its parties and its director, until and with `until`."""
    batch = _locked(batch)
    if until < first_last_day(local_date(at)):
        raise NothingToHear(f"De partijen krijgen ten minste {WORKING_DAYS} werkdagen.")
    reports = list(
        batch.reports.filter(
            kind=AnnualReport.Kind.IKC, stage=ReportStage.CONCEPT, state=ReportState.DONE
        )
        .select_related("agreement__ikc", "batch__cycle__year")
        .order_by("agreement__ikc__name", "pk")
    )
    if not reports:
        raise NothingToHear("Er is geen concept dat klaar is om voor te leggen.")
    people = people_of(reports, at=at)
    for report in reports:
        before, report.stage = report.stage, REPORT_LIFE.target("hear", state=report.stage)
        report.hearing_from, report.hearing_until = local_date(at), until
        report.save(update_fields=["stage", "hearing_from", "hearing_until"])
        record(report, "report_laid", actor=by, at=at, before=before, after=report.stage)
        notify_users(
            people[report.pk],
            NoticeKind.REPORT,
            "monitoring/mail/report_laid",
            {"report": report},
            at=at,
        )
    record(batch, "hearing_started", actor=by, at=at, reports=len(reports))
    return reports


@transaction.atomic
def react(
    report: AnnualReport, voice: Voice, *, agrees: bool, text: str, by: "User", at: datetime
) -> ReportReaction:
    """Say what one party, or the director, thinks of the concept; once, and in time."""
    report = (
        AnnualReport.objects.select_for_update(of=("self",))
        .select_related("agreement__ikc", "batch__cycle__year")
        .get(pk=report.pk)
    )
    if report.current_id is None or not is_heard(report, local_date(at)):
        raise ReactionRefused("Op dit rapport kan nu niet worden gereageerd.")
    if voice not in voices_of(by, report):
        raise ReactionRefused(f"Namens {voice.name} is al gereageerd, of dat is niet aan u.")
    if not (agrees or text.strip()):
        raise ReactionRefused("Schrijf op waar u het niet mee eens bent.")
    reaction = ReportReaction.objects.create(
        report=report,
        version_id=report.current_id,
        role=voice.role,
        organisation_id=voice.organisation_id,
        on_behalf_of=voice.name,
        agrees=agrees,
        text=text.strip(),
        author=by,
        name=str(by),
        given_at=at,
    )
    record(report, "report_reacted", actor=by, at=at, on_behalf_of=voice.name, agrees=agrees)
    leaders = _holders(Q(role=Role.PROJECT_LEADER), at=at)
    notify_users(
        [user for user in leaders if user != by],
        NoticeKind.REPORT,
        "monitoring/mail/report_reacted",
        {"report": report, "reaction": reaction},
        at=at,
    )
    return reaction


def is_heard(report: AnnualReport, day: date) -> bool:
    """Whether the parties may react on `day`."""
    return (
        report.stage == ReportStage.HEARING
        and report.hearing_until is not None
        and day <= report.hearing_until
    )


def people_of(reports: list[AnnualReport], *, at: datetime) -> dict[int, list["User"]]:
    """Key of a report → who signs for its parties, and the directors of its IKC."""
    parties = parties_of(reports)
    return {
        report.pk: list(
            dict.fromkeys(
                [
                    *signers_of(parties.get(report.pk, []), at=at),
                    *_holders(
                        Q(
                            role=Role.IKC_DIRECTOR,
                            ikc_id=report.agreement and report.agreement.ikc_id,
                        ),
                        at=at,
                    ),
                ]
            )
        )
        for report in reports
    }


def _holders(wanted: Q, *, at: datetime) -> list["User"]:
    rows = (
        RoleAssignment.objects.active_on(timezone.localdate(at))
        .filter(wanted)
        .select_related("user")
        .order_by("pk")
    )
    return list(dict.fromkeys(row.user for row in rows if row.user.is_active))


def _locked(batch: ReportBatch) -> ReportBatch:
    """The order with its reports, locked."""
    batch = ReportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    list(batch.reports.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    return batch
