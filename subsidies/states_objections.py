"""The state machine of an objection (domain reference 3.11; Awb chapters 6 and 7)."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class ObjectionState(TextChoices):
    RECEIVED = "received", "ontvangen"
    ACKNOWLEDGED = "acknowledged", "ontvangst bevestigd"
    ADMISSIBILITY = "admissibility", "ontvankelijkheid beoordeeld"
    DEFECT = "defect", "wacht op herstel"
    HEARING_PLANNED = "hearing_planned", "hoorzitting gepland"
    HEARD = "heard", "horen afgerond"
    ADVISED = "advised", "advies klaar"
    DECIDED = "decided", "beslist"
    WITHDRAWN = "withdrawn", "ingetrokken"
    APPEAL_NOTED = "appeal_noted", "in beroep"


O = ObjectionState  # noqa: E741 - one letter, as for every state machine here
LEADER = "projectleider die het besluit niet opstelde"

OBJECTION_WORKFLOW = Workflow(
    "Bezwaar",
    ObjectionState,
    [
        Transition(
            "acknowledge", frozenset({O.RECEIVED}), O.ACKNOWLEDGED, "Ontvangst bevestigen", LEADER
        ),
        Transition(
            "assess",
            frozenset({O.ACKNOWLEDGED}),
            O.ADMISSIBILITY,
            "Ontvankelijkheid beoordelen",
            LEADER,
        ),
        Transition(
            "ask_repair", frozenset({O.ADMISSIBILITY}), O.DEFECT, "Om herstel vragen", LEADER
        ),
        Transition(
            "end_repair",
            frozenset({O.DEFECT}),
            O.ADMISSIBILITY,
            "Herstel afsluiten",
            "bezwaarmaker, projectleider of systeem",
        ),
        Transition(
            "plan_hearing",
            frozenset({O.ADMISSIBILITY, O.HEARING_PLANNED}),
            O.HEARING_PLANNED,
            "Hoorzitting plannen",
            LEADER,
        ),
        Transition(
            "skip_hearing",
            frozenset({O.ADMISSIBILITY, O.HEARING_PLANNED}),
            O.HEARD,
            "Afzien van horen",
            LEADER,
        ),
        Transition("hear", frozenset({O.HEARING_PLANNED}), O.HEARD, "Verslag vastleggen", LEADER),
        Transition("advise", frozenset({O.HEARD}), O.ADVISED, "Advies vastleggen", LEADER),
        Transition("decide", frozenset({O.ADVISED}), O.DECIDED, "Beslissen", "ondertekenaar"),
        Transition(
            "withdraw",
            frozenset(
                {
                    O.RECEIVED,
                    O.ACKNOWLEDGED,
                    O.ADMISSIBILITY,
                    O.DEFECT,
                    O.HEARING_PLANNED,
                    O.HEARD,
                    O.ADVISED,
                }
            ),
            O.WITHDRAWN,
            "Bezwaar intrekken",
            "bezwaarmaker of projectleider",
        ),
        Transition("note_appeal", frozenset({O.DECIDED}), O.APPEAL_NOTED, "Beroep noteren", LEADER),
    ],
)
# Nothing is decided yet: the term to decide runs.
OPEN_OBJECTIONS = (
    O.RECEIVED,
    O.ACKNOWLEDGED,
    O.ADMISSIBILITY,
    O.DEFECT,
    O.HEARING_PLANNED,
    O.HEARD,
    O.ADVISED,
)
# The admissibility was judged.
JUDGED_OBJECTIONS = (
    O.ADMISSIBILITY,
    O.DEFECT,
    O.HEARING_PLANNED,
    O.HEARD,
    O.ADVISED,
    O.DECIDED,
    O.APPEAL_NOTED,
)
OBJECTION_BADGES = {
    O.RECEIVED: "danger",
    O.ACKNOWLEDGED: "warning",
    O.ADMISSIBILITY: "warning",
    O.DEFECT: "warning",
    O.HEARING_PLANNED: "warning",
    O.HEARD: "warning",
    O.ADVISED: "warning",
    O.DECIDED: "success",
    O.WITHDRAWN: "inactive",
    O.APPEAL_NOTED: "neutral",
}
