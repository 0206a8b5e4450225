"""Grounds to refuse that a person finds, and the view that some of them need first (Awb 4:7-4:12, 4:35; reference 3.14)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core import deadlines
from kvk2.core.audit import record
from kvk2.core.capitals import upper_first
from kvk2.core.deadlines import DeadlineKind, local_date
from kvk2.core.errors import DomainError
from subsidies.models import (
    AllocationRun,
    Application,
    ContinuityAssessment,
    Decision,
    Letter,
    RefusalCode,
    RefusalFinding,
    SchemeVersion,
    ViewRequest,
)
from subsidies.services.letters import order_letter
from subsidies.services.schemes import rows_of
from subsidies.services.term_letters import intent_context
from subsidies.states import (
    APPLICATION_WORKFLOW,
    VIEW_WORKFLOW,
    AllocationRunState,
    ApplicationState,
    DecisionState,
    ViewState,
)

if TYPE_CHECKING:
    from ikc.models import User

# From the check until the division is locked.
FINDABLE = (
    ApplicationState.CHECKING,
    ApplicationState.ADMITTED,
    ApplicationState.IN_REVIEW,
    ApplicationState.ADVISED,
    ApplicationState.INTENT,
)
Kind = Decision.Kind
CHANGED_POLICY = RefusalCode.CHANGED_POLICY.value
GIVEN = (ViewState.RECEIVED, ViewState.LAPSED)


class FindingsFixed(DomainError):
    """The division is locked, or the application is past the point where a ground counts."""


class GroundUnknown(DomainError):
    """A ground that the scheme does not have, that is found already, or that has no reasons."""


class NoViewNeeded(DomainError):
    """Nothing in the draft asks for a view, or it was asked already."""


class ViewClosed(DomainError):
    """Nobody asked, an answer is there already, or the term is over."""


class ViewIncomplete(DomainError):
    """A view without words, or of a day that cannot be."""


class ViewMissing(DomainError):
    """A decision goes on while the applicant had no opportunity to give a view (Awb 4:7, 4:8)."""


def findable_grounds(version: SchemeVersion) -> list[tuple[str, str]]:
    """The grounds of the scheme that a person may find, as choices."""
    return [
        (row.code, _in_words(row.get_code_display(), row.article))
        for row in rows_of(version, "refusal_grounds")
        if row.code not in RefusalFinding.COMPUTED
    ]


def _in_words(ground: str, article: str) -> str:
    """A ground with its source, unless that only says "de regeling" again."""
    words = upper_first(ground)
    return words if article == "de regeling" else f"{words} ({article})"


@transaction.atomic
def find_ground(
    application: Application,
    *,
    code: str,
    motivation: str,
    on_other_data: bool,
    by: "User",
    at: datetime,
) -> RefusalFinding:
    """Write down that a ground applies: the application is refused on it. Raises FindingsFixed or GroundUnknown."""
    application = _lock(application)
    _refuse_fixed(application)
    if code not in dict(findable_grounds(application.round.scheme_version)):
        raise GroundUnknown("Deze weigeringsgrond staat niet in de regeling.")
    if not motivation.strip():
        raise GroundUnknown("Schrijf op waarom deze weigeringsgrond geldt.")
    if application.refusal_findings.filter(code=code, withdrawn_at=None).exists():
        raise GroundUnknown("Deze weigeringsgrond is al vastgelegd.")
    finding = RefusalFinding.objects.create(
        application=application,
        code=code,
        motivation=motivation.strip(),
        on_other_data=on_other_data,
        found_at=at,
        found_by=by,
    )
    record(application, "ground_found", actor=by, at=at, code=code, reason=motivation.strip())
    return finding


@transaction.atomic
def withdraw_finding(finding: RefusalFinding, *, by: "User", at: datetime) -> RefusalFinding:
    """The ground does not apply after all. Raises FindingsFixed."""
    application = _lock(finding.application)
    finding = RefusalFinding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    _refuse_fixed(application)
    if finding.withdrawn_at is not None:
        raise FindingsFixed("Deze weigeringsgrond was al vervallen.")
    finding.withdrawn_at, finding.withdrawn_by = at, by
    finding.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record(application, "ground_withdrawn", actor=by, at=at, code=finding.code)
    return finding


def grounds_for_view(decisions: Sequence[Decision]) -> dict[int, list[str]]:
    """Per decision (id) its grounds that need the view of the applicant first, in two queries.

    Those that the scheme marks; every ground that rests on facts other than the applicant supplied (Awb 4:7); and Awb
    4:51 when it applies. A ceiling that is reached needs none: a financial decision that an objection repairs (4:12).
    """
    lower = [row for row in decisions if row.kind in (Kind.REFUSAL, Kind.PARTIAL_GRANT)]
    other = set(
        RefusalFinding.objects.filter(
            application__in=[row.application_id for row in lower],
            withdrawn_at=None,
            on_other_data=True,
        ).values_list("application", "code")
    )
    lasting = set(
        ContinuityAssessment.objects.filter(decision__in=lower, applies=True).values_list(
            "decision", flat=True
        )
    )
    return {
        row.pk: [
            code
            for code in (*row.grounds, *([CHANGED_POLICY] if row.pk in lasting else []))
            if code in _marked(row) or (row.application_id, code) in other or code == CHANGED_POLICY
        ]
        for row in lower
    }


def requires_view(decision: Decision) -> bool:
    return bool(grounds_for_view([decision]).get(decision.pk))


def missing_views(decisions: Sequence[Decision]) -> dict[int, list[str]]:
    """Per decision (id) the grounds on which the applicant was not heard; a term that passed unused counts as heard."""
    wanted = {pk: grounds for pk, grounds in grounds_for_view(decisions).items() if grounds}
    if not wanted:
        return {}
    heard: dict[int, set[str]] = {}
    views = ViewRequest.objects.filter(
        application__in=[row.application_id for row in decisions], state__in=GIVEN
    )
    for application, grounds in views.values_list("application", "grounds"):
        heard.setdefault(application, set()).update(grounds)
    missing = {
        row.pk: [
            code for code in wanted[row.pk] if code not in heard.get(row.application_id, set())
        ]
        for row in decisions
        if row.pk in wanted
    }
    return {pk: codes for pk, codes in missing.items() if codes}


def _marked(decision: Decision) -> set[str]:
    rows = rows_of(decision.application.round.scheme_version, "refusal_grounds")
    return {row.code for row in rows if row.needs_view}


@transaction.atomic
def ask_view(decision: Decision, *, by: "User", at: datetime) -> ViewRequest:
    """Send the intention (L07) with a term to react. Raises NoViewNeeded."""
    application = _lock(decision.application)
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    decision.application = application
    grounds = missing_views([decision]).get(decision.pk, [])
    if decision.state != DecisionState.DRAFT or not grounds:
        raise NoViewNeeded("Voor dit besluit is nu geen zienswijze nodig.")
    if application.views.filter(state=ViewState.ASKED).exists():
        raise NoViewNeeded("De aanvrager is al om een zienswijze gevraagd.")
    view = ViewRequest.objects.create(
        application=application,
        grounds=grounds,
        intention=(
            "uw aanvraag af te wijzen"
            if decision.kind == Kind.REFUSAL
            else "u minder subsidie te verlenen dan u vroeg"
        ),
        reason=decision.motivation,
        asked_at=at,
        asked_by=by,
        due_on=_due(local_date(at)),
    )
    before = application.state
    if APPLICATION_WORKFLOW.allows("announce_intent", state=before):
        application.state = APPLICATION_WORKFLOW.target("announce_intent", state=before)
        application.save(update_fields=["state"])
    record(
        application,
        "view_asked",
        actor=by,
        at=at,
        before=before,
        after=application.state,
        grounds=grounds,
        due_on=view.due_on,
    )
    context = intent_context(view, at=at)
    order_letter(Letter.Code.INTENT, application, context.as_dict(), at=at)
    return view


@transaction.atomic
def receive_view(
    view: ViewRequest, *, manner: str, text: str, received_on: date, by: "User", at: datetime
) -> ViewRequest:
    """Keep what the applicant says: typed in the portal, or written down by the project leader.

    Raises ViewClosed, ViewIncomplete or TransitionNotAllowed.
    """
    view = ViewRequest.objects.select_for_update(of=("self",)).get(pk=view.pk)
    target = VIEW_WORKFLOW.target("receive", state=view.state)
    if not text.strip() or manner not in ViewRequest.Manner.values:
        raise ViewIncomplete("Schrijf de zienswijze op.")
    if not local_date(view.asked_at) <= received_on <= local_date(at):
        raise ViewIncomplete("De dag van de zienswijze ligt na de vraag en niet in de toekomst.")
    if received_on > view.due_on:
        raise ViewClosed("De termijn voor een zienswijze is voorbij.")
    before, view.state = view.state, target
    view.manner, view.text, view.received_on = manner, text.strip(), received_on
    view.recorded_at, view.recorded_by = at, by
    view.save()
    record(
        view.application,
        "view_received",
        actor=by,
        at=at,
        before=before,
        after=target,
        manner=manner,
    )
    return view


@transaction.atomic
def lapse_views(*, at: datetime) -> int:
    """End the terms whose last day is over; the number ended. The applicant had the opportunity."""
    over = ViewRequest.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=ViewState.ASKED, due_on__lt=local_date(at)
    )
    views = list(over.select_related("application").order_by("pk"))
    for view in views:
        before, view.state = view.state, VIEW_WORKFLOW.target("lapse", state=view.state)
        view.save(update_fields=["state"])
        record(view.application, "view_lapsed", actor=None, at=at, before=before, after=view.state)
    return len(views)


def refuse_unheard(decisions: Sequence[Decision]) -> None:
    """Raises ViewMissing while an applicant could not react yet to a ground that needs it."""
    missing = missing_views(decisions)
    unheard = [decision.reference for decision in decisions if decision.pk in missing]
    if unheard:
        raise ViewMissing(
            f"De aanvrager kon nog geen zienswijze geven bij {', '.join(unheard)}. Vraag daar eerst om, en wacht op "
            "het antwoord of het einde van de termijn (artikelen 4:7 en 4:8 Awb)."
        )


def _due(day: date) -> date:
    return deadlines.deadline(DeadlineKind.VIEW, day).last_day


def _refuse_fixed(application: Application) -> None:
    locked = AllocationRun.objects.filter(round=application.round, state=AllocationRunState.LOCKED)
    if application.state not in FINDABLE or locked.exists():
        raise FindingsFixed("Weigeringsgronden liggen vast zodra de verdeling is vastgelegd.")


def _lock(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("round__scheme_version", "ikc", "board")
        .get(pk=application.pk)
    )
