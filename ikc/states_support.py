"""Support for IKCs: what kinds there are, and the way of a request (domain reference 5.5, 2.2B of the programme)."""

from types import MappingProxyType

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class SupportKind(TextChoices):
    YOUTH = "youth", "jeugdondersteuner (0-12 jaar)"
    VVE = "vve", "jeugdondersteuner VVE (0-7 jaar)"
    PEDAGOGUE = "pedagogue", "pedagoog"
    PROCESS_COACH = "process_coach", "procesbegeleider"


SHORT_KINDS = MappingProxyType(
    {
        SupportKind.YOUTH: "jeugdondersteuner",
        SupportKind.VVE: "jeugdondersteuner VVE",
        SupportKind.PEDAGOGUE: "pedagoog",
        SupportKind.PROCESS_COACH: "procesbegeleider",
    }
)
# Only a Plus IKC has one of these for a longer time; others ask for a consultation.
PLUS_ONLY = (SupportKind.YOUTH, SupportKind.VVE, SupportKind.PEDAGOGUE)


class SupportRequestKind(TextChoices):
    CONSULTATION = "consultation", "advies op afroep"
    PROCESS_COACH = "process_coach", "procesbegeleider"


class SupportRequestState(TextChoices):
    REQUESTED = "requested", "aangevraagd"
    ACCEPTED = "accepted", "opgepakt"
    DONE = "done", "afgerond"
    DECLINED = "declined", "niet mogelijk"
    WITHDRAWN = "withdrawn", "ingetrokken"


R = SupportRequestState

SUPPORT_REQUEST_WORKFLOW = Workflow(
    "Verzoek om ondersteuning",
    SupportRequestState,
    [
        Transition("accept", frozenset({R.REQUESTED}), R.ACCEPTED, "Oppakken", "projectleider"),
        Transition("decline", frozenset({R.REQUESTED}), R.DECLINED, "Afwijzen", "projectleider"),
        Transition("finish", frozenset({R.ACCEPTED}), R.DONE, "Afronden", "projectleider"),
        Transition(
            "withdraw",
            frozenset({R.REQUESTED, R.ACCEPTED}),
            R.WITHDRAWN,
            "Intrekken",
            "IKC-directeur",
        ),
    ],
)
SUPPORT_REQUEST_BADGES = {
    R.REQUESTED: "warning",
    R.ACCEPTED: "neutral",
    R.DONE: "success",
    R.DECLINED: "inactive",
    R.WITHDRAWN: "inactive",
}
OPEN_REQUESTS = (R.REQUESTED, R.ACCEPTED)
