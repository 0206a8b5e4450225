"""The activities of the demonstration applications, placed in the subsidy period of their round."""

from datetime import date, datetime
from decimal import Decimal

from monitoring.demo import texts
from subsidies.models import Activity, Application
from subsidies.services.activities import ActivityContent, save_activities
from subsidies.services.applications import Typed


def add_activities(application: Application, which: int, *, at: datetime) -> list[Activity]:
    """The activities of plan `which`, as the director typed them."""
    start = application.round.period_start
    rows = [
        ActivityContent(
            key=f"demo-{number}",
            title=title,
            description=description,
            age_groups=ages,
            target_group=who,
            domains=domains,
            goals=goals,
            finding=finding,
            starts_on=_months_later(start, months[0]),
            ends_on=min(_months_later(start, months[1]), application.round.period_end),
            reach=reach,
            paid_otherwise=paid is not None,
            paid_by=paid[0] if paid else "",
            paid_amount=Decimal(paid[1]) if paid else None,
        )
        for number, (
            title, description, ages, who, domains, goals, finding, months, reach, paid,
        ) in enumerate(texts.ACTIVITIES[which])
    ]  # fmt: skip
    save_activities(application, Typed(page="demo"), rows, at=at)
    return list(application.activities.order_by("order", "pk"))


def _months_later(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1)
