"""The states of one version of a result agreement (monitoring reference 3.2)."""

from django.db.models import TextChoices

from ikc.roles import Role
from kvk2.core.workflow import Transition, Workflow


class AgreementState(TextChoices):
    DRAFT = "draft", "concept"
    NEGOTIATION = "negotiation", "in overleg"
    AGREED = "agreed", "akkoord"
    SIGNING = "signing", "ter ondertekening"
    IN_FORCE = "in_force", "in werking"
    REPLACED = "replaced", "vervangen"
    WITHDRAWN = "withdrawn", "ingetrokken"
    REFUSED = "refused", "geweigerd"
    TERMINATED = "terminated", "opgezegd"
    COMPLETED = "completed", "afgerond"


S = AgreementState
# States in which the text may change; whatever a party agreed to in the second of them is void with an edit.
EDITABLE = (S.DRAFT, S.NEGOTIATION)
# States in which the text and all that hangs on it is fixed because the parties have it before them to sign, or signed it.
OFFERED = (S.SIGNING, S.IN_FORCE, S.REPLACED, S.REFUSED, S.TERMINATED, S.COMPLETED)
FROZEN = (S.AGREED, *OFFERED)
# States in which a version is being worked on; an agreement has at most one of these.
OPEN = (S.DRAFT, S.NEGOTIATION, S.AGREED, S.SIGNING)
# States of a version that was, at some day, the agreement between the parties.
CONCLUDED = (S.IN_FORCE, S.REPLACED, S.TERMINATED, S.COMPLETED)


def _step(name: str, sources: tuple[S, ...], target: S, label: str, who: str) -> Transition:
    return Transition(name, frozenset(sources), target, label, who)


LEADER, LAST_SIGNER = "projectleider", "laatste ondertekenaar"

AGREEMENT_WORKFLOW = Workflow(
    "Resultaatafspraak",
    AgreementState,
    [
        _step("lay_before_parties", EDITABLE, S.NEGOTIATION, "Voorleggen aan de partijen", LEADER),
        _step("agree", (S.NEGOTIATION,), S.AGREED, "Akkoord gaan", "laatste partij"),
        _step("offer", (S.AGREED,), S.SIGNING, "Ter ondertekening aanbieden", LEADER),
        _step("reopen", (S.AGREED, S.SIGNING), S.NEGOTIATION, "Terug naar overleg", LEADER),
        _step("refuse", (S.SIGNING,), S.REFUSED, "Weigeren", "een partij"),
        _step("enter_into_force", (S.SIGNING,), S.IN_FORCE, "In werking treden", LAST_SIGNER),
        _step("replace", (S.IN_FORCE,), S.REPLACED, "Vervangen", LAST_SIGNER),
        _step("withdraw", EDITABLE, S.WITHDRAWN, "Intrekken", LEADER),
        _step("terminate", (S.IN_FORCE,), S.TERMINATED, "Beëindigen na opzegging", "systeem"),
        _step("complete", (S.IN_FORCE,), S.COMPLETED, "Afronden", "systeem"),
    ],
)

AGREEMENT_BADGES = {
    S.DRAFT: "neutral",
    S.NEGOTIATION: "warning",
    S.AGREED: "success",
    S.SIGNING: "warning",
    S.IN_FORCE: "success",
    S.REPLACED: "inactive",
    S.WITHDRAWN: "inactive",
    S.REFUSED: "danger",
    S.TERMINATED: "inactive",
    S.COMPLETED: "inactive",
}


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


# The condition for the status Plus that an agreement in force meets (domain reference 5.1, T-RA-05).
PLUS_CONDITION = "P04"


class TopicCode(TextChoices):
    """The seven topics that every agreement must cover (domain reference 5.4)."""

    GOALS = "goals", "Doelen en resultaten, in fasen over acht jaar"
    CONTRIBUTIONS = "contributions", "Bijdragen van gemeente, onderwijs en kinderopvang"
    ANALYSIS_TO_OFFER = "analysis_to_offer", "Van data-analyse naar een passend aanbod"
    STEERING = "steering", "Aansturing van het IKC"
    JOB_FRAMEWORK = "job_framework", "Opbouw van een nieuw functiehuis"
    ORGANISATION = "organisation", "Inrichting van onderwijs en opvang"
    STAFF_EFFICIENCY = "staff_efficiency", "Inzet van het team naast de extra expertise"


class CommentPlace(TextChoices):
    """What a comment of a party is about."""

    WHOLE = "whole", "de hele afspraak"
    TOPIC = "topic", "onderwerp"
    RESULT = "result", "resultaat"
    INDICATOR = "indicator", "indicator"
    PARTY = "party", "partij"
    CONTRIBUTION = "contribution", "bijdrage"


class ClauseCode(TextChoices):
    """The standing clauses around the seven topics, in the order of the document (domain reference 9.3)."""

    CONSIDERATIONS = "considerations", "Overwegingen"
    DURATION = "duration", "Looptijd"
    MONITORING = "monitoring", "Monitoring en jaarlijkse evaluatie"
    CHANGE = "change", "Wijziging"
    TERMINATION = "termination", "Beëindiging"
    DISPUTES = "disputes", "Geschillen"
    SUBSIDY = "subsidy", "Verhouding tot subsidiebesluiten"
