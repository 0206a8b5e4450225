"""What of this app waits for a director, and which drafts pass to the next one."""

from collections.abc import Iterable

from django.db.models import QuerySet

from ikc.models import Ikc, User
from ikc.passing import HandingOver
from kvk2.core.audit import record
from kvk2.core.worklist import WorkItem
from subsidies.models import AccountabilityReport, Application, HandOver
from subsidies.services.applications import (
    Step,
    Typed,
    count_save,
    lock_draft,
    unparsed_of,
    version_of,
    write_draft,
)
from subsidies.states import ApplicationState
from subsidies.states_accountability import EDITABLE


def waiting(ikc: Ikc, leaving: User) -> Iterable[WorkItem]:
    open_ones = Application.objects.filter(
        ikc=ikc, state__in=[ApplicationState.DRAFT, ApplicationState.INCOMPLETE]
    )
    for application in open_ones.select_related("round").order_by("pk"):
        draft = application.state == ApplicationState.DRAFT
        what = "Concept" if draft else f"Aanvulling van {application.number}"
        yield WorkItem(f"{what}, {application.round.name}", "", "aanvraag")
    reports = AccountabilityReport.objects.filter(
        grant__application__ikc=ikc, state__in=EDITABLE
    ).select_related("grant__application")
    for report in reports.order_by("due_on", "pk"):
        number = report.grant.application.number
        yield WorkItem(f"Verantwoording van {number}", "", "in te dienen", due=report.due_on)


def take(deed: HandingOver) -> None:
    """The drafts that the leaving director works on; what was filed is the board's, and stays as it was signed."""
    for draft in _drafts_of(deed.ikc, deed.leaving):
        application = lock_draft(draft)
        HandOver.objects.create(
            application=application, given_by=deed.leaving, given_to=deed.successor,
            given_at=deed.at, note="Overdracht door een vertrekkende directeur.",
        )  # fmt: skip
        typed = Typed(
            {"contact_name": deed.successor.full_name, "contact_email": deed.successor.email},
            unparsed_of(application, Step.DETAILS),
            version_of(application, Step.DETAILS),
        )
        count_save(application, Step.DETAILS, typed, deed.at)
        write_draft(application, typed.values)
        record(
            application, "application_handed_over", actor=deed.by, at=deed.at,
            on_behalf_of=str(application.ikc.board), to=deed.successor.full_name,
            reason=f"{deed.leaving} vertrekt als directeur.",
        )  # fmt: skip


def _drafts_of(ikc: Ikc, leaving: User) -> QuerySet[Application]:
    return Application.objects.filter(
        ikc=ikc, state=ApplicationState.DRAFT, contact_email__iexact=leaving.email
    ).order_by("pk")
