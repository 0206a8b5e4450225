"""The Ontwikkelgroep adopts the reports of a year in a meeting, and they are published after that."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, QuerySet

from ikc.models import AgendaItem
from ikc.notices import NoticeKind
from ikc.services.notices import notify_users
from ikc.states_governance import BodyKind
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from monitoring import report_dataset as data
from monitoring.models import AnnualReport, ReportBatch, ReportReaction, ReportVersion
from monitoring.report_dataset import ReportData, frozen_data
from monitoring.report_pdf import template_version
from monitoring.services.distributing import distribute
from monitoring.services.hearing import people_of
from monitoring.states import REPORT_LIFE, REPORT_WORKFLOW, ReportStage, ReportState
from monitoring.voices import Voice, parties_of

if TYPE_CHECKING:
    from ikc.models import User


class NotDiscussed(DomainError):
    """The Ontwikkelgroep did not discuss these reports in a meeting that took place."""


class NotReady(DomainError):
    """A report that is asked for is not made, not heard, or adopted already."""


def discussed(batch: ReportBatch) -> QuerySet[AgendaItem]:
    """The points at which the Ontwikkelgroep discussed these reports, or their year, the last meeting first."""
    points = AgendaItem.objects.discussed(batch, in_body=BodyKind.DEVELOPMENT_GROUP)
    of_year = AgendaItem.objects.discussed(batch.cycle, in_body=BodyKind.DEVELOPMENT_GROUP)
    return (
        (points | of_year)
        .filter(meeting__takes_place_on__gte=local_date(batch.ordered_at))
        .select_related("meeting__body")
        .order_by("-meeting__takes_place_on", "number", "pk")
    )


def ready(batch: ReportBatch, day: date) -> list[AnnualReport]:
    """The reports that may be adopted on `day`: made, and about an IKC: everybody spoke, or had the time to."""
    rows = list(
        batch.reports.filter(
            state=ReportState.DONE, stage__in=[ReportStage.CONCEPT, ReportStage.HEARING]
        )
        .select_related("agreement__ikc", "batch__cycle__year", "current")
        .defer("current__dataset")
        .prefetch_related("reactions")
        .order_by("kind", "agreement__ikc__name", "pk")
    )
    parties = parties_of(rows)
    return [report for report in rows if _was_heard(report, parties.get(report.pk, []), day)]


def _was_heard(report: AnnualReport, parties: list, day: date) -> bool:
    if report.kind != AnnualReport.Kind.IKC:
        return True
    if report.hearing_until is None:
        return False
    if day > report.hearing_until:
        return True
    spoken = {(row.role, row.organisation_id) for row in report.reactions.all()}
    return all((party.role, party.organisation_id) in spoken for party in parties)


@transaction.atomic
def adopt_reports(
    batch: ReportBatch,
    item: AgendaItem,
    *,
    only: Collection[int] | None = None,
    by: "User",
    at: datetime,
) -> list[AnnualReport]:
    """Adopt the reports that are ready (or `only` these keys of them), as discussed at `item`.

    What was read is what is adopted: the figures come from the frozen concept, never from live rows. Added are the
    reactions and the day. The print of it is made by a worker; from here on the database refuses every change.
    """
    batch = ReportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    locked = AnnualReport.objects.select_for_update(of=("self",)).filter(batch=batch)
    list(locked.order_by("pk").values_list("pk", flat=True))
    point = discussed(batch).filter(pk=item.pk).first()
    if point is None:
        raise NotDiscussed("De Ontwikkelgroep heeft deze rapporten niet in een overleg besproken.")
    reports = ready(batch, local_date(at))
    if only is not None:
        if set(only) - {report.pk for report in reports}:
            raise NotReady("Een van deze rapporten kan nu niet worden vastgesteld.")
        reports = [report for report in reports if report.pk in only]
    if not reports:
        raise NotReady("Er is geen rapport dat nu kan worden vastgesteld.")
    parties = parties_of(reports)
    people = people_of(reports, at=at)
    for report in reports:
        _adopt(report, point, parties.get(report.pk, []), by=by, at=at)
        notify_users(
            people[report.pk] if report.agreement_id else [],
            NoticeKind.REPORT,
            "monitoring/mail/report_adopted",
            {"report": report, "item": point},
            at=at,
        )
    record(
        batch, "reports_adopted", actor=by, at=at, reports=len(reports), meeting=str(point.meeting)
    )
    return reports


def _adopt(
    report: AnnualReport, point: AgendaItem, parties: list, *, by: "User", at: datetime
) -> None:
    frozen = adopted_dataset(report, parties, point.meeting.takes_place_on)
    last = report.versions.aggregate(last=Max("number"))["last"]
    ReportVersion.objects.create(
        report=report,
        number=last + 1,
        dataset=frozen.as_dict(),
        dataset_sha256=frozen.digest(),
        template_version=template_version(),
        frozen_at=at,
    )
    before, report.stage = report.stage, REPORT_LIFE.target("adopt", state=report.stage)
    report.state = REPORT_WORKFLOW.target("reprint", state=report.state)
    report.attempts, report.next_attempt_at = 0, at
    report.adopted_in, report.adopted_at, report.adopted_by = point, at, by
    report.save(
        update_fields=[
            "stage",
            "state",
            "attempts",
            "next_attempt_at",
            "adopted_in",
            "adopted_at",
            "adopted_by",
        ]
    )
    record(
        report,
        "report_adopted",
        actor=by,
        at=at,
        before=before,
        after=report.stage,
        meeting=str(point.meeting),
        dataset_sha256=frozen.digest(),
    )
    earlier = AnnualReport.objects.filter(
        batch__cycle=report.batch.cycle_id,
        batch__number__lt=report.batch.number,
        kind=report.kind,
        agreement=report.agreement_id,
    )
    replace_reports(earlier, by=by, at=at)


def adopted_dataset(report: AnnualReport, parties: list, day: date) -> ReportData:
    """The frozen concept with the reactions, as adopted on `day`."""
    version = report.versions.filter(stored__isnull=False).order_by("-number")[0]
    concept = frozen_data(report.kind, version.dataset)
    edition = replace(concept.edition, status="vastgesteld", adopted_on=day)
    if not isinstance(concept, data.IkcReportData):
        return replace(concept, edition=edition)
    return replace(concept, edition=edition, reactions=_reactions(report, parties))


def _reactions(report: AnnualReport, parties: list) -> tuple[data.Reaction, ...]:
    """What each party said; who was asked and said nothing stands there as well."""
    given = {(row.role, row.organisation_id): row for row in report.reactions.order_by("pk")}
    asked = [Voice(party.role, party.organisation_name, party.organisation_id) for party in parties]
    told = [_told(voice, given.pop(voice.key, None)) for voice in asked]
    return (*told, *(_told(Voice(row.role, row.on_behalf_of), row) for row in given.values()))


def _told(voice: Voice, row: ReportReaction | None) -> data.Reaction:
    role = ReportReaction.Role(voice.role).label.capitalize()
    if row is None:
        return data.Reaction(party=voice.name, text="", role=role)
    return data.Reaction(
        party=row.on_behalf_of,
        text=row.text,
        role=role,
        by=row.name,
        given_on=local_date(row.given_at),
        agrees=row.agrees,
    )


def replace_reports(earlier: Iterable[AnnualReport], *, by: "User | None", at: datetime) -> None:
    """A next number takes their place: they stay readable, and say that they were replaced."""
    for old in earlier:
        if old.stage == ReportStage.REPLACED:
            continue
        before, old.stage = old.stage, REPORT_LIFE.target("replace", state=old.stage)
        old.save(update_fields=["stage"])
        record(old, "report_replaced", actor=by, at=at, before=before, after=old.stage)


@transaction.atomic
def publish_reports(batch: ReportBatch, *, by: "User", at: datetime) -> list[AnnualReport]:
    """Publish what was adopted and printed, and send it: the public edition for everybody, the others for their readers."""
    batch = ReportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    reports = list(
        batch.reports.select_for_update(of=("self",))
        .filter(stage=ReportStage.ADOPTED)
        .select_related("agreement__ikc", "batch__cycle__year")
        .order_by("pk")
    )
    if not reports:
        raise NotReady("Er is geen vastgesteld rapport dat nog niet is gepubliceerd.")
    if any(report.state != ReportState.DONE for report in reports):
        raise NotReady("De vastgestelde rapporten worden nog gemaakt. Wacht tot zij klaar zijn.")
    for report in reports:
        before, report.stage = report.stage, REPORT_LIFE.target("publish", state=report.stage)
        report.published_at = at
        report.save(update_fields=["stage", "published_at"])
        record(report, "report_published", actor=by, at=at, before=before, after=report.stage)
    distribute(reports, by=by, at=at)
    record(batch, "reports_published", actor=by, at=at, reports=len(reports))
    return reports
