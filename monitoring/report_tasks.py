"""What waits for whom on the way of the reports: to be laid, answered, adopted, published."""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Min, Q
from django.urls import reverse

from agreements.models import AgreementParty
from agreements.states import SIGNING_ROLE, PartyRole
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from monitoring.models import AnnualReport, ReportBatch, ReportReaction, Return
from monitoring.states import ReportStage, ReportState

if TYPE_CHECKING:
    from ikc.models import User


def report_tasks(user: "User", *, today: date) -> list[WorkItem]:
    return [*_orders(user), *_reactions(user, today)]


def _orders(user: "User") -> list[WorkItem]:
    """One line for each order of which something can be done; one query."""
    leads, adopts = user.has_role(Role.PROJECT_LEADER), user.has_role(Role.DEVELOPMENT_GROUP)
    if not (leads or adopts):
        return []
    done = Q(reports__state=ReportState.DONE)
    concept, hearing = Q(reports__stage=ReportStage.CONCEPT), Q(reports__stage=ReportStage.HEARING)
    rows = (
        ReportBatch.objects.filter(
            reports__state=ReportState.DONE,
            reports__stage__in=[ReportStage.CONCEPT, ReportStage.HEARING, ReportStage.ADOPTED],
        )
        .select_related("cycle__year")
        .annotate(
            laid=Count("reports", filter=done & concept & Q(reports__kind="ikc")),
            heard=Count("reports", filter=done & hearing),
            adopted=Count("reports", filter=done & Q(reports__stage=ReportStage.ADOPTED)),
            until=Min("reports__hearing_until", filter=hearing),
        )
        .order_by("cycle__year__index", "number", "pk")
    )
    return [item for batch in rows for item in _of_order(batch, leads=leads, adopts=adopts)]


def _of_order(batch, *, leads: bool, adopts: bool) -> list[WorkItem]:
    title = f"Jaarrapporten {batch.cycle.year}"
    items = []
    if leads and batch.laid:
        url = reverse("monitoring:hearing_start", args=[batch.pk])
        items.append(
            _item(f"{title} aan de partijen voorleggen", url, f"{batch.laid} concepten zijn klaar")
        )
    if adopts and batch.heard:
        url = reverse("monitoring:batch_adopt", args=[batch.pk])
        item = _item(f"{title} vaststellen", url, f"{batch.heard} rapporten liggen bij de partijen")
        items.append(item)
    if leads and batch.adopted:
        url = reverse("monitoring:batch_publish", args=[batch.pk])
        items.append(
            _item(f"{title} publiceren", url, f"{batch.adopted} rapporten zijn vastgesteld")
        )
    return items


def _item(title: str, url: str, hint: str) -> WorkItem:
    return WorkItem(title=title, url=url, hint=hint, badge="te doen", kind="warning")


def _reactions(user: "User", today: date) -> list[WorkItem]:
    """The concepts on which the user may still react for a party or as director; three queries."""
    speaks = {role for role in SIGNING_ROLE.values() if user.has_role(role)}
    directs = user.ikc_ids(Role.IKC_DIRECTOR) if user.has_role(Role.IKC_DIRECTOR) else set()
    if not (speaks or directs):
        return []
    reports = list(
        AnnualReport.objects.visible_to(user)
        .filter(stage=ReportStage.HEARING, hearing_until__gte=today)
        .for_list()
    )
    if not reports:
        return []
    given = set(
        ReportReaction.objects.filter(report__in=reports).values_list(
            "report_id", "role", "organisation_id"
        )
    )
    waits = _waiting_for_parties(user, reports, given) | {
        report.pk
        for report in reports
        if report.agreement
        and report.agreement.ikc_id in directs
        and (report.pk, ReportReaction.Role.DIRECTOR, None) not in given
    }
    return [
        WorkItem(
            title=f"Reageren op het jaarrapport van {report.title}",
            url=report.get_absolute_url(),
            hint=f"{report.batch.cycle.year}: lees het concept en geef uw reactie",
            badge=report.get_stage_display(),
            kind=report.stage_badge,
            due=report.hearing_until,
        )
        for report in reports
        if report.pk in waits
    ]


def _waiting_for_parties(user: "User", reports: list[AnnualReport], given: set) -> set[int]:
    by_year = {(report.batch.cycle_id, report.agreement_id): report.pk for report in reports}
    versions = {
        version: by_year[cycle, agreement]
        for cycle, agreement, version in Return.objects.filter(
            agreement__in=[report.agreement_id for report in reports]
        ).values_list("cycle_id", "agreement_id", "version_id")
        if (cycle, agreement) in by_year
    }
    own = Q(pk__in=[])
    for party, role in SIGNING_ROLE.items():
        own |= Q(role=PartyRole(party), organisation__in=user.organisation_ids(role))
    parties = AgreementParty.objects.filter(own, version__in=versions).values_list(
        "version_id", "role", "organisation_id"
    )
    return {
        versions[version]
        for version, role, organisation in parties
        if (versions[version], role, organisation) not in given
    }
