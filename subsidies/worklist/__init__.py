"""What waits for a user in the subsidies: rounds and applications, then reviews, advice and decisions."""

from datetime import date

from ikc.models import User
from kvk2.core.worklist import Panel, WorkItem
from subsidies.worklist import assessment, completeness, files, intake, lateness, questions


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    return [
        *files.tasks_for(user, today=today),
        *intake.tasks_for(user, today=today),
        *completeness.tasks_for(user, today=today),
        *questions.tasks_for(user, today=today),
        *assessment.tasks_for(user, today=today),
        *lateness.tasks_for(user, today=today),
    ]


def panels_for(user: User, *, today: date) -> list[Panel]:
    return [*intake.panels_for(user, today=today), *assessment.panels_for(user, today=today)]
