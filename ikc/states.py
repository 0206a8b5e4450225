from django.db.models import TextChoices

from ikc.states_areas import IMPORT_WORKFLOW as IMPORT_WORKFLOW
from ikc.states_areas import RECALIBRATION_WORKFLOW as RECALIBRATION_WORKFLOW
from ikc.states_governance import ACTION_WORKFLOW as ACTION_WORKFLOW
from ikc.states_governance import CONSULTATION_WORKFLOW as CONSULTATION_WORKFLOW
from ikc.states_support import SUPPORT_REQUEST_WORKFLOW as SUPPORT_REQUEST_WORKFLOW
from kvk2.core.workflow import Transition, Workflow


class PlusState(TextChoices):
    CANDIDATE = "candidate", "kandidaat"
    CONDITIONS_CHECK = "conditions_check", "voorwaarden worden getoetst"
    PROPOSED = "proposed", "voorgesteld"
    GRANTED = "granted", "toegekend"
    UNDER_RECALIBRATION = "under_recalibration", "in herijking"
    CONTINUED = "continued", "voortgezet"
    ADJUSTED = "adjusted", "aangepast"
    REFUSED = "refused", "geweigerd"
    ENDED = "ended", "beëindigd"
    EXPIRED = "expired", "verlopen"


S = PlusState

# On its way to a decision of the college; at most one at a time for an IKC.
PLUS_ON_THE_WAY = (S.CANDIDATE, S.CONDITIONS_CHECK, S.PROPOSED)
# The conditions are on the table and nothing was decided on them.
PLUS_UNDECIDED = (S.CONDITIONS_CHECK, S.PROPOSED)
# The IKC has the status now, as long as its period runs.
PLUS_RUNNING = (S.GRANTED, S.UNDER_RECALIBRATION, S.CONTINUED, S.ADJUSTED)
# The status was given: on each day of its period the IKC is, or was, a Plus IKC.
PLUS_GIVEN = (*PLUS_RUNNING, S.ENDED, S.EXPIRED)
PLUS_STATE_BADGES = {
    S.CANDIDATE: "neutral",
    S.CONDITIONS_CHECK: "neutral",
    S.PROPOSED: "warning",
    S.GRANTED: "success",
    S.UNDER_RECALIBRATION: "warning",
    S.CONTINUED: "success",
    S.ADJUSTED: "success",
    S.REFUSED: "invalid",
    S.ENDED: "inactive",
    S.EXPIRED: "inactive",
}

# The four years of a status hold more than one review: what was continued or adjusted can be reviewed again, and expires
# like any other (domain reference 5.2, T-PL-01).
PLUS_WORKFLOW = Workflow(
    "Predicaat Plus IKC",
    PlusState,
    [
        Transition(
            "check",
            frozenset({S.CANDIDATE}),
            S.CONDITIONS_CHECK,
            "Voorwaarden toetsen",
            "projectleider",
        ),
        Transition(
            "propose", frozenset({S.CONDITIONS_CHECK}), S.PROPOSED, "Voorstellen", "projectleider"
        ),
        Transition(
            "refuse", frozenset({S.CONDITIONS_CHECK}), S.REFUSED, "Weigeren", "ondertekenaar"
        ),
        Transition(
            "return",
            frozenset({S.PROPOSED}),
            S.CONDITIONS_CHECK,
            "Opnieuw laten toetsen",
            "ondertekenaar",
        ),
        Transition("grant", frozenset({S.PROPOSED}), S.GRANTED, "Toekennen", "ondertekenaar"),
        Transition(
            "recalibrate",
            frozenset({S.GRANTED, S.CONTINUED, S.ADJUSTED}),
            S.UNDER_RECALIBRATION,
            "In herijking nemen",
            "projectleider, of systeem na een nieuwe gebiedsindeling",
        ),
        Transition(
            "continue",
            frozenset({S.UNDER_RECALIBRATION}),
            S.CONTINUED,
            "Voortzetten",
            "projectleider",
        ),
        Transition(
            "adjust", frozenset({S.UNDER_RECALIBRATION}), S.ADJUSTED, "Aanpassen", "ondertekenaar"
        ),
        Transition(
            "end", frozenset({S.UNDER_RECALIBRATION}), S.ENDED, "Beëindigen", "ondertekenaar"
        ),
        Transition("expire", frozenset(PLUS_RUNNING), S.EXPIRED, "Laten verlopen", "systeem"),
    ],
)


class AccountState(TextChoices):
    PROPOSED = "proposed", "wacht op twee controles"
    CHECKED = "checked", "wacht op de tweede controle"
    VERIFIED = "verified", "in gebruik"
    REPLACED = "replaced", "vervangen"
    REJECTED = "rejected", "niet in gebruik genomen"


B = AccountState

# Awb 4:89: the creditor designates the account; two officials see to it that it is really his (domain reference 3.7).
ACCOUNT_WORKFLOW = Workflow(
    "Bankrekening van een bestuur",
    AccountState,
    [
        Transition(
            "check",
            frozenset({B.PROPOSED}),
            B.CHECKED,
            "Eerste controle",
            "projectleider of ondertekenaar, niet wie de rekening doorgaf",
        ),
        Transition(
            "verify",
            frozenset({B.CHECKED}),
            B.VERIFIED,
            "Tweede controle",
            "projectleider of ondertekenaar, een ander dan bij de eerste controle",
        ),
        Transition(
            "reject",
            frozenset({B.PROPOSED, B.CHECKED}),
            B.REJECTED,
            "Niet in gebruik nemen",
            "projectleider of ondertekenaar, of wie de rekening doorgaf",
        ),
        Transition("replace", frozenset({B.VERIFIED}), B.REPLACED, "Vervangen", "systeem"),
    ],
)
ACCOUNT_BADGES = {
    B.PROPOSED: "warning",
    B.CHECKED: "warning",
    B.VERIFIED: "success",
    B.REPLACED: "inactive",
    B.REJECTED: "invalid",
}
OPEN_ACCOUNTS = (B.PROPOSED, B.CHECKED)


class ConditionOutcome(TextChoices):
    """What the project leader found about one condition (domain reference 5.1)."""

    UNKNOWN = "unknown", "nog niet beoordeeld"
    MET = "met", "voldaan"
    PARTLY = "partly", "deels voldaan"
    NOT_MET = "not_met", "niet voldaan"


OUTCOME_BADGES = {
    ConditionOutcome.UNKNOWN: "neutral",
    ConditionOutcome.MET: "success",
    ConditionOutcome.PARTLY: "warning",
    ConditionOutcome.NOT_MET: "invalid",
}
