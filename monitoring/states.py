"""The state machines of measuring and reporting (domain reference 5.6, monitoring reference 3.3)."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class CycleState(TextChoices):
    PLANNED = "planned", "gepland"
    COLLECTING = "collecting", "metingen invoeren"
    ANALYSING = "analysing", "analyse en rapportage"
    ADOPTED = "adopted", "vastgesteld"
    CLOSED = "closed", "afgesloten"


C = CycleState

CYCLE_WORKFLOW = Workflow(
    "Monitoringcyclus",
    CycleState,
    [
        Transition(
            "collect", frozenset({C.PLANNED}), C.COLLECTING, "Invoer openen", "projectleider"
        ),
        Transition(
            "analyse", frozenset({C.COLLECTING}), C.ANALYSING, "Invoer sluiten", "projectleider"
        ),
        Transition("adopt", frozenset({C.ANALYSING}), C.ADOPTED, "Vaststellen", "Ontwikkelgroep"),
        Transition("close", frozenset({C.ADOPTED}), C.CLOSED, "Afsluiten", "projectleider"),
    ],
)
CYCLE_BADGES = {
    C.PLANNED: "inactive",
    C.COLLECTING: "warning",
    C.ANALYSING: "neutral",
    C.ADOPTED: "success",
    C.CLOSED: "inactive",
}


class ReturnState(TextChoices):
    DRAFT = "draft", "concept"
    SUBMITTED = "submitted", "ingediend"
    RETURNED = "returned", "teruggegeven"
    CHECKED = "checked", "gecontroleerd"
    ADOPTED = "adopted", "vastgesteld"
    LOCKED = "locked", "vergrendeld"


R = ReturnState

RETURN_WORKFLOW = Workflow(
    "Aanlevering",
    ReturnState,
    [
        Transition(
            "submit", frozenset({R.DRAFT, R.RETURNED}), R.SUBMITTED, "Indienen", "onderzoeker"
        ),
        Transition("return", frozenset({R.SUBMITTED}), R.RETURNED, "Teruggeven", "projectleider"),
        Transition(
            "check", frozenset({R.SUBMITTED}), R.CHECKED, "Controleren", "tweede onderzoeker"
        ),
        Transition("adopt", frozenset({R.CHECKED}), R.ADOPTED, "Vaststellen", "Ontwikkelgroep"),
        Transition("lock", frozenset({R.ADOPTED}), R.LOCKED, "Vergrendelen", "systeem"),
    ],
)
RETURN_BADGES = {
    R.DRAFT: "neutral",
    R.SUBMITTED: "success",
    R.RETURNED: "danger",
    R.CHECKED: "success",
    R.ADOPTED: "success",
    R.LOCKED: "inactive",
}
# States in which figures may still be typed.
EDITABLE = (R.DRAFT, R.RETURNED)


class ReportState(TextChoices):
    WAITING = "waiting", "wacht"
    RENDERING = "rendering", "wordt gemaakt"
    DONE = "done", "klaar"
    FAILED = "failed", "mislukt"


P = ReportState

REPORT_WORKFLOW = Workflow(
    "Jaarrapport (het maken)",
    ReportState,
    [
        Transition("claim", frozenset({P.WAITING, P.RENDERING}), P.RENDERING, "Maken", "systeem"),
        Transition("finish", frozenset({P.RENDERING}), P.DONE, "Klaarzetten", "systeem"),
        Transition(
            "wait", frozenset({P.RENDERING}), P.WAITING, "Later opnieuw proberen", "systeem"
        ),
        Transition("fail", frozenset({P.WAITING, P.RENDERING}), P.FAILED, "Opgeven", "systeem"),
        Transition("retry", frozenset({P.FAILED}), P.WAITING, "Opnieuw proberen", "projectleider"),
    ],
)
REPORT_BADGES = {
    P.WAITING: "inactive",
    P.RENDERING: "warning",
    P.DONE: "success",
    P.FAILED: "danger",
}
UNFINISHED = (P.WAITING, P.RENDERING)
