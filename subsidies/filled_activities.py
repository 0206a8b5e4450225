"""The activities as questions and answers, the same on paper as on the screen."""

from collections.abc import Iterable

from kvk2.core.money import format_amount, format_whole
from kvk2.nlds.templatetags.nlds import dutch_date
from subsidies.documents import Answer
from subsidies.models import Activity


def activity_answers(activity: Activity) -> Iterable[Answer]:
    yield Answer("Wat", activity.description)
    groups = ", ".join(activity.age_labels)
    yield Answer(
        "Voor wie", f"{groups}: {activity.target_group}" if activity.target_group else groups
    )
    yield Answer("Wanneer", period(activity))
    yield Answer("Verwacht bereik", "" if activity.reach is None else format_whole(activity.reach))
    yield Answer("Ontwikkelgebieden", ", ".join(activity.domain_labels))
    yield Answer("Doel van het programma", ", ".join(activity.goal_labels))
    yield Answer("Antwoord op", activity.finding)
    yield Answer("Ook op een andere manier betaald", _paid(activity))


def period(activity: Activity) -> str:
    """`1 september 2026 tot en met 30 juni 2027`, as far as it is known."""
    if activity.starts_on is None or activity.ends_on is None:
        return ""
    return f"{dutch_date(activity.starts_on)} tot en met {dutch_date(activity.ends_on)}"


def _paid(activity: Activity) -> str:
    if not activity.paid_otherwise:
        return "" if activity.paid_otherwise is None else "nee"
    amount = format_amount(activity.paid_amount) if activity.paid_amount is not None else "onbekend"
    return f"ja, door {activity.paid_by}: {amount}"
