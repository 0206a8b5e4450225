"""The state machines of measuring and reporting (domain reference 5.6, monitoring reference 3.3)."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow
from monitoring.states_imports import FIGURE_FILE_WORKFLOW as FIGURE_FILE_WORKFLOW
from monitoring.states_pdca import ACTION_WORKFLOW as ACTION_WORKFLOW
from monitoring.states_pdca import CONCLUSION_WORKFLOW as CONCLUSION_WORKFLOW
from monitoring.states_pdca import PRACTICE_WORKFLOW as PRACTICE_WORKFLOW
from monitoring.states_pdca import REVIEW_WORKFLOW as REVIEW_WORKFLOW


class CycleState(TextChoices):
    PLANNED = "planned", "gepland"
    COLLECTING = "collecting", "metingen invoeren"
    VALIDATING = "validating", "cijfers controleren"
    ANALYSING = "analysing", "analyse"
    DRAFT_REPORT = "draft_report", "conceptrapport"
    FACT_CHECK = "fact_check", "feitencontrole"
    ADOPTED = "adopted", "vastgesteld"
    PUBLISHED = "published", "gepubliceerd"
    ACTING = "acting", "bijsturen"
    CLOSED = "closed", "afgesloten"


C = CycleState


def _step(name: str, sources: tuple[str, ...], target: str, label: str, who: str) -> Transition:
    return Transition(name, frozenset(sources), target, label, who)


LEADER, RESEARCHER, GROUP, SYSTEM = "projectleider", "onderzoeker", "Ontwikkelgroep", "systeem"

CYCLE_WORKFLOW = Workflow(
    "Monitoringcyclus",
    CycleState,
    [
        _step("collect", (C.PLANNED,), C.COLLECTING, "Invoer openen", LEADER),
        _step(
            "validate",
            (C.COLLECTING,),
            C.VALIDATING,
            "Invoer sluiten",
            "systeem na de uiterste dag, of projectleider",
        ),
        _step("analyse", (C.VALIDATING,), C.ANALYSING, "Gegevens vastzetten", RESEARCHER),
        _step("draft", (C.ANALYSING,), C.DRAFT_REPORT, "Conceptrapport klaarzetten", RESEARCHER),
        _step(
            "check_facts",
            (C.DRAFT_REPORT,),
            C.FACT_CHECK,
            "Feiten laten controleren",
            RESEARCHER,
        ),
        _step("adopt", (C.FACT_CHECK,), C.ADOPTED, "Jaarrapport vaststellen", GROUP),
        _step("publish", (C.ADOPTED,), C.PUBLISHED, "Publiceren", LEADER),
        _step("act", (C.PUBLISHED,), C.ACTING, "Bijsturen beginnen", LEADER),
        _step("close", (C.ACTING,), C.CLOSED, "Afsluiten", LEADER),
    ],
)
CYCLE_BADGES = {
    C.PLANNED: "inactive",
    C.COLLECTING: "warning",
    C.VALIDATING: "warning",
    C.ANALYSING: "neutral",
    C.DRAFT_REPORT: "neutral",
    C.FACT_CHECK: "warning",
    C.ADOPTED: "success",
    C.PUBLISHED: "success",
    C.ACTING: "warning",
    C.CLOSED: "inactive",
}
# Figures may be typed, and after the last day still corrected when they are given back.
TAKES_FIGURES = (C.COLLECTING, C.VALIDATING)
# The figures of the year are one frozen dataset.
FROZEN = (C.ANALYSING, C.DRAFT_REPORT, C.FACT_CHECK, C.ADOPTED, C.PUBLISHED, C.ACTING, C.CLOSED)
# The year is adopted: what was agreed about it cannot change any more (monitoring reference 3.4, invariant 4).
ADOPTED_YEARS = (C.ADOPTED, C.PUBLISHED, C.ACTING, C.CLOSED)


class ReturnState(TextChoices):
    DRAFT = "draft", "concept"
    SUBMITTED = "submitted", "ingediend"
    RETURNED = "returned", "teruggegeven"
    CHECKED = "checked", "gecontroleerd"
    ADOPTED = "adopted", "vastgesteld"
    LOCKED = "locked", "vergrendeld"


R = ReturnState

# Who submitted does not check, and neither of them adopts (monitoring reference 3.4, invariant 10).
RETURN_WORKFLOW = Workflow(
    "Aanlevering",
    ReturnState,
    [
        _step(
            "submit",
            (R.DRAFT, R.RETURNED),
            R.SUBMITTED,
            "Indienen",
            "onderzoeker of directeur; systeem na de uiterste dag",
        ),
        _step("return", (R.SUBMITTED, R.CHECKED), R.RETURNED, "Teruggeven", RESEARCHER),
        _step("check", (R.SUBMITTED,), R.CHECKED, "Goedkeuren", "tweede onderzoeker"),
        _step("adopt", (R.CHECKED,), R.ADOPTED, "Vaststellen", GROUP),
        _step("lock", (R.ADOPTED,), R.LOCKED, "Vergrendelen", SYSTEM),
        _step("reopen", (R.LOCKED,), R.RETURNED, "Heropenen", GROUP),
        _step("relock", (R.RETURNED,), R.LOCKED, "Opnieuw vergrendelen", SYSTEM),
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
# The figures were looked at by a second person.
CHECKED_STATES = (R.CHECKED, R.ADOPTED, R.LOCKED)
ADOPTED_STATES = (R.ADOPTED, R.LOCKED)
# Steps that say why.
EXPLAINED_STEPS = ("return", "reopen")


class ReportState(TextChoices):
    WAITING = "waiting", "wacht"
    RENDERING = "rendering", "wordt gemaakt"
    DONE = "done", "klaar"
    FAILED = "failed", "mislukt"
    CANCELLED = "cancelled", "geannuleerd"


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
        Transition(
            "cancel", frozenset({P.WAITING, P.RENDERING}), P.CANCELLED, "Annuleren", "projectleider"
        ),
        Transition(
            "retry",
            frozenset({P.FAILED, P.CANCELLED}),
            P.WAITING,
            "Opnieuw proberen",
            "projectleider",
        ),
        Transition("reprint", frozenset({P.DONE}), P.WAITING, "Vastgesteld afdrukken", "systeem"),
    ],
)
REPORT_BADGES = {
    P.WAITING: "inactive",
    P.RENDERING: "warning",
    P.DONE: "success",
    P.FAILED: "danger",
    P.CANCELLED: "inactive",
}
UNFINISHED = (P.WAITING, P.RENDERING)


class ReportStage(TextChoices):
    CONCEPT = "concept", "concept"
    HEARING = "hearing", "bij de partijen"
    ADOPTED = "adopted", "vastgesteld"
    PUBLISHED = "published", "gepubliceerd"
    REPLACED = "replaced", "vervangen"


S = ReportStage

# Only a report about one IKC goes by the parties: who may not read of other IKCs does not see the summary.
REPORT_LIFE = Workflow(
    "Jaarrapport (de vaststelling)",
    ReportStage,
    [
        Transition(
            "hear", frozenset({S.CONCEPT}), S.HEARING, "Aan de partijen voorleggen", "projectleider"
        ),
        Transition(
            "adopt", frozenset({S.CONCEPT, S.HEARING}), S.ADOPTED, "Vaststellen", "Ontwikkelgroep"
        ),
        Transition("publish", frozenset({S.ADOPTED}), S.PUBLISHED, "Publiceren", "projectleider"),
        Transition(
            "replace",
            frozenset({S.CONCEPT, S.HEARING, S.ADOPTED, S.PUBLISHED}),
            S.REPLACED,
            "Vervangen door een volgend nummer",
            "systeem",
        ),
    ],
)
STAGE_BADGES = {
    S.CONCEPT: "neutral",
    S.HEARING: "warning",
    S.ADOPTED: "success",
    S.PUBLISHED: "success",
    S.REPLACED: "inactive",
}
# From here on nothing that the report shows can change.
FIXED = (S.ADOPTED, S.PUBLISHED, S.REPLACED)
