"""Reviews, conclusions and actions as the report of one IKC shows them; people are named by their function alone."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from django.db.models import QuerySet

from agreements.models import AgreedIndicator
from monitoring import report_dataset as data
from monitoring.models import Action, Return
from monitoring.small_numbers import NOT_SHOWN
from monitoring.states_pdca import ReviewState


def with_reviews(goals: tuple[data.Goal, ...], return_: Return) -> tuple[data.Goal, ...]:
    """The goals with the four answers of a finished review; a draft is nobody's business yet."""
    found = {
        review.goal.order: data.GoalReview(
            recognise=review.recognise,
            explain=review.explain,
            value=review.value,
            improve=review.improve,
        )
        for review in return_.reviews.filter(state=ReviewState.DONE)
        .select_related("goal")
        .order_by("pk")
    }
    return tuple(replace(goal, review=found.get(goal.number)) for goal in goals)


def conclusions(return_: Return, hidden: Collection[UUID] = ()) -> tuple[data.Conclusion, ...]:
    """What was concluded; what the rules say of a result with a series that is `hidden`, would tell its colour."""
    telling = set(
        AgreedIndicator.objects.filter(
            version=return_.version_id, series_key__in=hidden
        ).values_list("result_id", flat=True)
    )
    return tuple(
        data.Conclusion(
            subject=f"{row.result.label} {row.result.text}",
            suggested=NOT_SHOWN if row.result_id in telling else row.get_suggested_display(),
            verdict=row.get_verdict_display(),
            reason=row.override_reason,
        )
        for row in return_.conclusions.select_related("result__goal").in_order()
    )


def actions(return_: Return) -> tuple[data.Action, ...]:
    """What was agreed because of the figures of this year."""
    return _rows(Action.objects.filter(conclusion__of_return=return_))


def earlier_actions(return_: Return) -> tuple[data.Action, ...]:
    """What was agreed about the year before, with how it stands now."""
    return _rows(
        Action.objects.filter(
            conclusion__of_return__agreement=return_.agreement_id,
            conclusion__of_return__cycle__year__index=return_.cycle.year.index - 1,
        )
    )


def _rows(found: QuerySet[Action]) -> tuple[data.Action, ...]:
    rows = found.select_related("owner", "effect_by", "plan_item").order_by("due_on", "pk")
    return tuple(
        data.Action(
            title=action.title,
            owner=action.owner.job_title or action.owner.full_name,
            due=action.due_on,
            state=action.get_state_display(),
            effect_check=action.effect_check_on,
            effect=action.get_effect_display() if action.effect else "",
            effect_by=_function(action),
            year_plan=str(action.plan_item) if action.plan_item else "",
        )
        for action in rows
    )


def _function(action: Action) -> str:
    by = action.effect_by
    return "" if by is None else by.job_title or by.full_name
