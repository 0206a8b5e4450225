"""What the pages after measuring show: per goal the figures beside the four questions, per result what is concluded and done."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Prefetch, prefetch_related_objects

from agreements.models import AgreedResult, Goal
from monitoring.entry import GoalBlock, goals_of
from monitoring.models import (
    Action,
    AmendmentTrigger,
    Conclusion,
    ConclusionReply,
    GoalReview,
    Return,
)
from monitoring.services import concluding, judging
from monitoring.states_pdca import Verdict

if TYPE_CHECKING:
    from agreements.models import AgreedIndicator
    from ikc.models import User

# The four questions as the screens ask them, with the field that keeps the answer.
ASKED = (
    ("recognise", "Herkennen", "Herkent u het beeld dat de cijfers geven?"),
    ("explain", "Verklaren", "Waardoor komt het? Wat droeg eraan bij?"),
    ("value", "Waarderen", "Wat vindt u ervan? Waar bent u tevreden over?"),
    ("improve", "Verbeteren", "Wat gaat u volgend jaar anders doen?"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the four questions with what was written."""

    title: str
    question: str
    text: str


@dataclass(frozen=True, slots=True)
class ResultBlock:
    """One agreed result: what the rules suggest, what was concluded, what is done about it."""

    result: AgreedResult
    suggested: str
    conclusion: Conclusion | None
    actions: list[Action]
    replies: list[ConclusionReply]
    amendment: AmendmentTrigger | None
    asks_follow_up: bool
    may_reply: bool
    may_amend: bool


@dataclass(frozen=True, slots=True)
class GoalPage:
    """One goal of one return."""

    goal: Goal
    block: GoalBlock | None
    review: GoalReview | None
    answers: list[Answer]
    results: list[ResultBlock]


def answers_of(review: GoalReview | None) -> list[Answer]:
    return [
        Answer(title, question, getattr(review, name) if review else "")
        for name, title, question in ASKED
    ]


def pages_of(return_: Return, user: "User") -> list[GoalPage]:
    """Every goal of a return, in the order of the programme; a constant number of queries."""
    prefetch_related_objects([return_], "results")  # the cards and the suggestions both read them
    indicators = judging.indicators_of(return_)
    blocks = {
        block.goal.pk: block
        for block in goals_of(return_, user, indicators, judging.measurements_by_series(return_))
    }
    reviews = {
        review.goal_id: review for review in return_.reviews.select_related("author").order_by("pk")
    }
    results = _results(return_, user, indicators)
    goals = Goal.objects.filter(programme=return_.cycle.year.programme_id).order_by("order")
    return [
        GoalPage(
            goal=goal,
            block=blocks.get(goal.pk),
            review=reviews.get(goal.pk),
            answers=answers_of(reviews.get(goal.pk)),
            results=results[goal.pk],
        )
        for goal in goals
    ]


def _results(
    return_: Return, user: "User", indicators: list["AgreedIndicator"]
) -> dict[int, list[ResultBlock]]:
    conclusions = {row.result_id: row for row in conclusions_of(return_)}
    suggested = concluding.suggestions(return_, indicators)
    waiting = {row.result_id for row in concluding.without_follow_up(return_, indicators)}
    may_reply = user.has_perm("monitoring.reply_conclusion", return_)
    blocks: dict[int, list[ResultBlock]] = defaultdict(list)
    for result in return_.version.results.select_related("goal").order_by(
        "goal__order", "number", "pk"
    ):
        conclusion = conclusions.get(result.pk)
        verdict = suggested.get(result.pk, Verdict.NOT_JUDGEABLE)
        blocks[result.goal_id].append(
            ResultBlock(
                result=result,
                suggested=Verdict(conclusion.suggested if conclusion else verdict).label,
                conclusion=conclusion,
                actions=list(conclusion.actions.all()) if conclusion else [],
                replies=list(conclusion.replies.all()) if conclusion else [],
                amendment=getattr(conclusion, "amendment", None),
                asks_follow_up=result.pk in waiting,
                may_reply=may_reply and conclusion is not None and not conclusion.is_adopted,
                may_amend=conclusion is not None
                and user.has_perm("monitoring.start_amendment", conclusion),
            )
        )
    return blocks


def conclusions_of(return_: Return) -> list[Conclusion]:
    """With their actions, the words of the parties and the text that they led to; four queries."""
    actions = Action.objects.select_related("owner", "plan_item").by_urgency()
    replies = ConclusionReply.objects.select_related("organisation").order_by("written_at", "pk")
    rows = list(
        return_.conclusions.select_related("concluded_by", "amendment__version", "result")
        .prefetch_related(Prefetch("actions", actions), Prefetch("replies", replies))
        .in_order()
    )
    for row in rows:
        row.of_return = return_  # the predicates ask for it, and it is this very row
    return rows


def actions_before(return_: Return) -> list[Action]:
    """What was agreed about the year before: it opens the page of this year."""
    return list(
        Action.objects.filter(
            conclusion__of_return__agreement=return_.agreement_id,
            conclusion__of_return__cycle__year__index=return_.cycle.year.index - 1,
        )
        .for_list()
        .by_urgency()
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """An action with how it stands on a day."""

    action: Action
    is_late: bool


def standing(actions: list[Action], today: date) -> list[Standing]:
    return [Standing(action, action.is_late(today)) for action in actions]
