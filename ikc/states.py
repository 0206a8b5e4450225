from django.db.models import TextChoices

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
