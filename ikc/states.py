from django.db.models import TextChoices

from ikc.states_governance import ACTION_WORKFLOW as ACTION_WORKFLOW
from ikc.states_governance import CONSULTATION_WORKFLOW as CONSULTATION_WORKFLOW
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
        Transition("grant", frozenset({S.PROPOSED}), S.GRANTED, "Toekennen", "ondertekenaar"),
        Transition(
            "recalibrate",
            frozenset({S.GRANTED}),
            S.UNDER_RECALIBRATION,
            "In herijking nemen",
            "systeem",
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
        Transition("expire", frozenset({S.GRANTED}), S.EXPIRED, "Laten verlopen", "systeem"),
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
