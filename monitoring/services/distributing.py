"""A published report goes to its stakeholders, with receipts: who opened it, and who confirmed to have it.

The parties and the director get the report about their IKC, the Ontwikkelgroep gets every report of the year; each
person one e-mail with a link to each report, and never the report itself. Somebody outside the portal, added by the
project leader, gets a link of their own that ends (`link_of`).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from agreements.services.notifying import signers_of
from ikc.models import RoleAssignment
from ikc.notices import NoticeKind
from ikc.roles import Role
from ikc.services.notices import notify_users
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from kvk2.core.mail import queue_mail
from kvk2.core.models import OutgoingMail
from monitoring.models import AnnualReport, ReportRecipient
from monitoring.querysets_distribution import OPENED, ReportRecipientQuerySet
from monitoring.states import ReportStage
from monitoring.voices import parties_of

if TYPE_CHECKING:
    from ikc.models import User

Capacity = ReportRecipient.Capacity
# How long the link of somebody outside works; sending again gives a new one.
LINK_DAYS = 60
_SALT = "monitoring.report_link"
MAIL, OUTSIDE_MAIL = "monitoring/mail/report_published", "monitoring/mail/report_published_outside"


class NotSent(DomainError):
    """The report is not published, the address has it already, or there is nobody to send it to again."""


@dataclass(frozen=True, slots=True)
class _Person:
    """A user of the portal who gets a report, and why."""

    user: "User"
    capacity: str
    organisation: str


# ------------------------------------------------------------------ sending


def distribute(reports: list[AnnualReport], *, by: "User | None", at: datetime) -> int:
    """Send these published reports to everybody who is to have them; how many rows. Inside the deed of publishing."""
    made: list[ReportRecipient] = []
    known = set(
        ReportRecipient.objects.filter(report__in=reports, user__isnull=False).values_list(
            "report", "user"
        )
    )
    for report, people in _stakeholders(reports, at=at):
        made += [
            ReportRecipient(
                report=report,
                user=person.user,
                capacity=person.capacity,
                name=str(person.user),
                organisation=person.organisation,
                email=person.user.email,
                added_by=by,
                added_at=at,
            )
            for person in people
            if (report.pk, person.user.pk) not in known
        ]
    ReportRecipient.objects.bulk_create(made)
    outside = ReportRecipient.objects.standing().filter(report__in=reports, user=None, sent_at=None)
    made += outside.select_related("report__agreement__ikc", "report__batch__cycle__year").order_by(
        "pk"
    )
    _send(made, at=at)
    by_report: dict[AnnualReport, int] = defaultdict(int)
    for row in made:
        by_report[row.report] += 1
    for report, number in by_report.items():
        record(report, "report_sent", actor=by, at=at, recipients=number)
    return len(made)


def _stakeholders(
    reports: list[AnnualReport], *, at: datetime
) -> Iterable[tuple[AnnualReport, list[_Person]]]:
    """Each report with the users who are to have it: nobody twice, the first reason counts."""
    parties = parties_of(reports)
    holders = list(
        RoleAssignment.objects.active_on(timezone.localdate(at))
        .filter(role__in=[Role.DEVELOPMENT_GROUP, Role.IKC_DIRECTOR], user__is_active=True)
        .select_related("user", "organisation", "ikc")
        .order_by("pk")
    )
    group = [
        _Person(row.user, Capacity.GROUP, str(row.organisation or ""))
        for row in holders
        if row.role == Role.DEVELOPMENT_GROUP
    ]
    for report in reports:
        people = [
            _Person(user, party.role, party.organisation_name)
            for party in parties.get(report.pk, [])
            for user in signers_of([party], at=at)
        ]
        people += [
            _Person(row.user, Capacity.DIRECTOR, report.title)
            for row in holders
            if row.role == Role.IKC_DIRECTOR
            and report.agreement
            and row.ikc_id == report.agreement.ikc_id
        ]
        first: dict[int, _Person] = {}
        for person in (*people, *group):
            first.setdefault(person.user.pk, person)
        yield report, list(first.values())


def _send(rows: list[ReportRecipient], *, at: datetime) -> None:
    """One e-mail for each user over all of `rows`, and one for each row of somebody outside."""
    by_user: dict[User, list[ReportRecipient]] = defaultdict(list)
    for row in rows:
        row.sent_at, row.last_sent_at = row.sent_at or at, at
        row.times_sent += 1
        row.mail = row.notice = None
        if row.user is None:
            row.mail = queue_mail(row.email, OUTSIDE_MAIL, _outside_words(row, at), at=at)
        else:
            by_user[row.user].append(row)
    for user, own in by_user.items():
        reports = [row.report for row in own]
        words = {"reports": reports, "year": reports[0].batch.cycle.year, "site": settings.SITE_URL}
        ordered = notify_users([user], NoticeKind.REPORT, MAIL, words, at=at).get(user.pk)
        for row in own:
            if isinstance(ordered, OutgoingMail):
                row.mail = ordered
            else:
                row.notice = ordered
    ReportRecipient.objects.bulk_update(
        rows, ["sent_at", "last_sent_at", "times_sent", "mail", "notice"]
    )


def _outside_words(row: ReportRecipient, at: datetime) -> dict:
    return {
        "recipient": row,
        "report": row.report,
        "url": f"{settings.SITE_URL}{link_of(row)}",
        "until": timezone.localdate(at) + timedelta(days=LINK_DAYS),
    }


@transaction.atomic
def resend(report: AnnualReport, *, by: "User", at: datetime) -> int:
    """Send the report again to everybody who has not opened it yet; to how many."""
    report = _published(report)
    rows = list(report.recipients.standing().unopened().select_related("user").order_by("pk"))
    if not rows:
        raise NotSent("Iedereen heeft het rapport al geopend.")
    for row in rows:
        row.report = report
    _send(rows, at=at)
    record(report, "report_sent_again", actor=by, at=at, recipients=len(rows))
    return len(rows)


# ------------------------------------------------------------------ addresses outside


@transaction.atomic
def add_recipient(
    report: AnnualReport, *, name: str, organisation: str, email: str, by: "User", at: datetime
) -> ReportRecipient:
    """Let somebody outside the portal have the report: at once when it is published, and otherwise on that day."""
    report = _locked(report)
    if report.stage == ReportStage.REPLACED:
        raise NotSent("Dit rapport is vervangen. Voeg het adres toe bij het nieuwe nummer.")
    same = report.recipients.standing().filter(email__iexact=email)
    if same.exists():
        raise NotSent("Dit adres krijgt het rapport al.")
    row = ReportRecipient.objects.create(
        report=report,
        capacity=Capacity.OUTSIDE,
        name=name.strip(),
        organisation=organisation.strip(),
        email=email,
        added_by=by,
        added_at=at,
    )
    record(report, "recipient_added", actor=by, at=at, recipient=row.pk)
    if report.stage == ReportStage.PUBLISHED:
        _send([row], at=at)
    return row


@transaction.atomic
def withdraw_recipient(recipient: ReportRecipient, *, by: "User", at: datetime) -> None:
    """Take an address off: its link stops working at once. Users of the portal keep what they may read."""
    row = ReportRecipient.objects.select_for_update(of=("self",)).get(pk=recipient.pk)
    if row.user_id is not None or row.withdrawn_at is not None:
        raise NotSent("Alleen een adres dat u zelf toevoegde, kunt u intrekken.")
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    record(row.report, "recipient_withdrawn", actor=by, at=at, recipient=row.pk)


# ------------------------------------------------------------------ links and receipts


def link_of(recipient: ReportRecipient) -> str:
    """The address on which somebody outside reads the report; signed, and it ends after `LINK_DAYS`."""
    return reverse("monitoring:sent_report", args=[signing.dumps(recipient.pk, salt=_SALT)])


def recipient_of(token: str) -> ReportRecipient | None:
    """Whose link this is; None when it is not ours, or was withdrawn. Raises `SignatureExpired` when it has ended."""
    try:
        key = signing.loads(token, salt=_SALT, max_age=timedelta(days=LINK_DAYS))
    except signing.SignatureExpired:
        raise
    except signing.BadSignature:  # of which the other is a kind
        return None
    return (
        ReportRecipient.objects.standing()
        .filter(sent_at__isnull=False, pk=key, user=None)
        .select_related(
            "report__agreement__ikc", "report__batch__cycle__year", "report__current__stored"
        )
        .first()
    )


def note_opened_by_link(recipient: ReportRecipient, *, at: datetime) -> None:
    """Write in the trail, once, that somebody outside read or took the report."""
    _note(ReportRecipient.objects.filter(pk=recipient.pk), by=None, at=at)


def note_opened(reports: Iterable[AnnualReport], *, by: "User", at: datetime) -> None:
    """Write in the trail, once for each report that was sent to `by`, that they read or took it."""
    _note(ReportRecipient.objects.filter(user=by, report__in=reports), by=by, at=at)


def _note(rows: ReportRecipientQuerySet, *, by: "User | None", at: datetime) -> None:
    for row in rows.filter(sent_at__isnull=False).unopened():
        record(row, OPENED, actor=by, at=at)


def own_row(report: AnnualReport, user: "User") -> ReportRecipient | None:
    """The row of a user of the portal to whom this report was sent."""
    return report.recipients.filter(user=user, sent_at__isnull=False).first()


@transaction.atomic
def confirm_receipt(
    recipient: ReportRecipient, *, by: "User | None", at: datetime
) -> ReportRecipient:
    """Somebody says that they have the report; saying it again changes nothing."""
    row = ReportRecipient.objects.select_for_update(of=("self",)).get(pk=recipient.pk)
    report = _locked(row.report)
    if row.sent_at is None or row.withdrawn_at is not None or report.published_at is None:
        raise NotSent("Dit rapport is niet aan u gestuurd.")
    if row.confirmed_at is None:
        row.confirmed_at = at
        row.save(update_fields=["confirmed_at"])
        record(report, "receipt_confirmed", actor=by, at=at, on_behalf_of=row.name)
    return row


def _locked(report: AnnualReport) -> AnnualReport:
    return (
        AnnualReport.objects.select_for_update(of=("self",))
        .select_related("agreement__ikc", "batch__cycle__year")
        .get(pk=report.pk)
    )


def _published(report: AnnualReport) -> AnnualReport:
    report = _locked(report)
    if report.stage != ReportStage.PUBLISHED:
        raise NotSent("Een rapport gaat pas de deur uit als het is gepubliceerd.")
    return report
