"""The state machine of an effort that a grant asks for (domain reference 3.5)."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class ObligationState(TextChoices):
    OPEN = "open", "loopt"
    EVIDENCE_SUBMITTED = "evidence_submitted", "bewijs ingediend"
    MET = "met", "voldaan"
    PARTLY_MET = "partly_met", "deels voldaan"
    NOT_MET = "not_met", "niet voldaan"
    WAIVED = "waived", "vervallen"


E = ObligationState

# Domain reference 3.5. No verdict changes an amount: that is a decision of its own (Awb 4:46, 4:48).
OBLIGATION_WORKFLOW = Workflow(
    "Inspanningsverplichting",
    ObligationState,
    [
        Transition(
            "submit_evidence",
            frozenset({E.OPEN}),
            E.EVIDENCE_SUBMITTED,
            "Bewijs indienen",
            "IKC-directeur, schoolbestuur of projectleider",
        ),
        Transition("meet", frozenset({E.EVIDENCE_SUBMITTED}), E.MET, "Voldaan", "projectleider"),
        Transition(
            "meet_partly",
            frozenset({E.EVIDENCE_SUBMITTED}),
            E.PARTLY_MET,
            "Deels voldaan",
            "projectleider",
        ),
        Transition(
            "not_meet",
            frozenset({E.EVIDENCE_SUBMITTED}),
            E.NOT_MET,
            "Niet voldaan",
            "projectleider",
        ),
        Transition("waive", frozenset({E.OPEN}), E.WAIVED, "Laten vervallen", "projectleider"),
    ],
)
JUDGED_OBLIGATIONS = (E.MET, E.PARTLY_MET, E.NOT_MET)
OBLIGATION_BADGES = {
    E.OPEN: "neutral",
    E.EVIDENCE_SUBMITTED: "warning",
    E.MET: "success",
    E.PARTLY_MET: "warning",
    E.NOT_MET: "danger",
    E.WAIVED: "inactive",
}
