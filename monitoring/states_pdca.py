"""The state machines of the loop after measuring: reviews, conclusions and actions (monitoring reference 3.3)."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class ReviewState(TextChoices):
    DRAFT = "draft", "concept"
    DONE = "done", "afgerond"


V = ReviewState

REVIEW_WORKFLOW = Workflow(
    "Terugblik op een doel",
    ReviewState,
    [
        Transition("finish", frozenset({V.DRAFT}), V.DONE, "Afronden", "IKC of onderzoeker"),
        Transition("reopen", frozenset({V.DONE}), V.DRAFT, "Weer openen", "IKC of onderzoeker"),
    ],
)
REVIEW_BADGES = {V.DRAFT: "neutral", V.DONE: "success"}


class Verdict(TextChoices):
    """What people conclude about one agreed result. `bijsturen`: other actions; `bijstellen`: other targets."""

    ON_COURSE = "on_course", "op koers"
    ADJUST = "adjust", "bijsturen"
    AMEND = "amend", "bijstellen"
    REACHED = "reached", "bereikt"
    NOT_JUDGEABLE = "not_judgeable", "niet te beoordelen"


VERDICT_BADGES = {
    Verdict.ON_COURSE: "success",
    Verdict.ADJUST: "warning",
    Verdict.AMEND: "danger",
    Verdict.REACHED: "success",
    Verdict.NOT_JUDGEABLE: "inactive",
}


class ConclusionState(TextChoices):
    PROPOSED = "proposed", "voorgesteld"
    ADOPTED = "adopted", "vastgesteld"


CONCLUSION_WORKFLOW = Workflow(
    "Conclusie over een resultaat",
    ConclusionState,
    [
        Transition(
            "adopt",
            frozenset({ConclusionState.PROPOSED}),
            ConclusionState.ADOPTED,
            "Vaststellen",
            "Ontwikkelgroep",
        ),
    ],
)


class ActionState(TextChoices):
    PROPOSED = "proposed", "voorgesteld"
    PLANNED = "planned", "gepland"
    RUNNING = "running", "loopt"
    DONE = "done", "klaar"
    DROPPED = "dropped", "vervallen"


A = ActionState
# Somebody still has to do something for it.
OPEN_ACTIONS = (A.PROPOSED, A.PLANNED, A.RUNNING)
# It was agreed on, and is not done yet: it can be late.
AGREED_ACTIONS = (A.PLANNED, A.RUNNING)

ACTION_WORKFLOW = Workflow(
    "Verbeteractie",
    ActionState,
    [
        Transition("accept", frozenset({A.PROPOSED}), A.PLANNED, "Overnemen", "wie het doet"),
        Transition("start", frozenset({A.PLANNED}), A.RUNNING, "Beginnen", "wie het doet"),
        Transition("finish", frozenset(AGREED_ACTIONS), A.DONE, "Afronden", "wie het doet"),
        Transition("drop", frozenset(OPEN_ACTIONS), A.DROPPED, "Laten vervallen", "wie het doet"),
        Transition(
            "reopen", frozenset({A.DONE, A.DROPPED}), A.RUNNING, "Weer openen", "wie het doet"
        ),
    ],
)
ACTION_BADGES = {
    A.PROPOSED: "warning",
    A.PLANNED: "neutral",
    A.RUNNING: "warning",
    A.DONE: "success",
    A.DROPPED: "inactive",
}


class Effect(TextChoices):
    """What came of an action, as somebody other than its owner sees it."""

    WORKS = "works", "werkt"
    PARTLY = "partly", "werkt deels"
    NOT = "not", "werkt niet"
    TOO_EARLY = "too_early", "te vroeg om te zeggen"


EFFECT_BADGES = {
    Effect.WORKS: "success",
    Effect.PARTLY: "warning",
    Effect.NOT: "danger",
    Effect.TOO_EARLY: "neutral",
}
# After these nobody judges again.
SETTLED_EFFECTS = (Effect.WORKS, Effect.PARTLY, Effect.NOT)


class PracticeState(TextChoices):
    DRAFT = "draft", "concept"
    AGREED = "agreed", "IKC akkoord"
    PUBLISHED = "published", "gedeeld"
    WITHDRAWN = "withdrawn", "ingetrokken"


P = PracticeState

PRACTICE_WORKFLOW = Workflow(
    "Praktijkkaart",
    PracticeState,
    [
        Transition("agree", frozenset({P.DRAFT}), P.AGREED, "Akkoord met delen", "IKC-directeur"),
        Transition("reopen", frozenset({P.AGREED}), P.DRAFT, "Weer bewerken", "schrijver"),
        Transition("publish", frozenset({P.AGREED}), P.PUBLISHED, "Delen", "projectleider"),
        Transition(
            "withdraw",
            frozenset({P.DRAFT, P.AGREED, P.PUBLISHED}),
            P.WITHDRAWN,
            "Intrekken",
            "IKC-directeur of projectleider",
        ),
    ],
)
PRACTICE_BADGES = {
    P.DRAFT: "neutral",
    P.AGREED: "warning",
    P.PUBLISHED: "success",
    P.WITHDRAWN: "inactive",
}


class AgeGroup(TextChoices):
    BABIES = "0_2", "0 tot 2 jaar"
    TODDLERS = "2_4", "2 tot 4 jaar"
    PUPILS = "4_12", "4 tot en met 12 jaar"
    ALL = "0_12", "0 tot en met 12 jaar"
    ADULTS = "adults", "ouders en medewerkers"


class MeetingKind(TextChoices):
    TRAINING = "training", "training"
    EXCHANGE = "exchange", "bijeenkomst"
    VISIT = "visit", "bezoek aan een IKC"
