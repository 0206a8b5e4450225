"""The states of one version of a result agreement (monitoring reference 3.2)."""

from django.db.models import TextChoices

from ikc.roles import Role
from kvk2.core.workflow import Transition, Workflow


class AgreementState(TextChoices):
    DRAFT = "draft", "concept"
    SIGNING = "signing", "ter ondertekening"
    IN_FORCE = "in_force", "in werking"
    REPLACED = "replaced", "vervangen"
    WITHDRAWN = "withdrawn", "ingetrokken"


S = AgreementState

AGREEMENT_WORKFLOW = Workflow(
    "Resultaatafspraak",
    AgreementState,
    [
        Transition(
            "offer", frozenset({S.DRAFT}), S.SIGNING, "Ter ondertekening aanbieden", "projectleider"
        ),
        Transition(
            "return_to_draft",
            frozenset({S.SIGNING}),
            S.DRAFT,
            "Terug naar concept",
            "projectleider",
        ),
        Transition(
            "enter_into_force",
            frozenset({S.SIGNING}),
            S.IN_FORCE,
            "In werking treden",
            "laatste ondertekenaar",
        ),
        Transition(
            "replace", frozenset({S.IN_FORCE}), S.REPLACED, "Vervangen", "laatste ondertekenaar"
        ),
        Transition("withdraw", frozenset({S.DRAFT}), S.WITHDRAWN, "Intrekken", "projectleider"),
    ],
)

AGREEMENT_BADGES = {
    S.DRAFT: "neutral",
    S.SIGNING: "warning",
    S.IN_FORCE: "success",
    S.REPLACED: "inactive",
    S.WITHDRAWN: "inactive",
}
# States in which a version is being worked on; an agreement has at most one of these.
OPEN = (S.DRAFT, S.SIGNING)
# States in which the text and all that hangs on it is fixed.
FROZEN = (S.SIGNING, S.IN_FORCE, S.REPLACED)
# States of a version that was, at some day, the agreement between the parties.
AGREED = (S.IN_FORCE, S.REPLACED)


class PartyRole(TextChoices):
    MUNICIPALITY = "municipality", "gemeente"
    SCHOOL_BOARD = "school_board", "schoolbestuur"
    CHILDCARE = "childcare", "kinderopvang"


# The role that a person must hold, for the organisation of the party, to sign for it.
SIGNING_ROLE = {
    PartyRole.MUNICIPALITY: Role.SIGNER,
    PartyRole.SCHOOL_BOARD: Role.SCHOOL_BOARD,
    PartyRole.CHILDCARE: Role.CHILDCARE_BOARD,
}


class TopicCode(TextChoices):
    """The seven topics that every agreement must cover (domain reference 5.4)."""

    GOALS = "goals", "Doelen en resultaten, in fasen over acht jaar"
    CONTRIBUTIONS = "contributions", "Bijdragen van gemeente, onderwijs en kinderopvang"
    ANALYSIS_TO_OFFER = "analysis_to_offer", "Van data-analyse naar een passend aanbod"
    STEERING = "steering", "Aansturing van het IKC"
    JOB_FRAMEWORK = "job_framework", "Opbouw van een nieuw functiehuis"
    ORGANISATION = "organisation", "Inrichting van onderwijs en opvang"
    STAFF_EFFICIENCY = "staff_efficiency", "Inzet van het team naast de extra expertise"
