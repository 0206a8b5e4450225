"""What waits for a user in the subsidies: rounds and applications, then reviews, advice and decisions."""

from datetime import date

from ikc.models import User
from kvk2.core.worklist import Desk
from subsidies.worklist import (
    accountability,
    acts,
    assessment,
    calibration,
    completeness,
    delivery,
    disclosures,
    files,
    intake,
    lateness,
    objections,
    obligations,
    payments,
    questions,
    recoveries,
    retention,
    subsidy_register,
)
from subsidies.worklist.reads import StartReads


def desk_of(user: User, *, today: date) -> Desk:
    reads = StartReads(user)
    return Desk(
        tasks=[
            *files.tasks_for(user, today=today, reads=reads),
            *intake.tasks_for(user, today=today, reads=reads),
            *completeness.tasks_for(user, today=today, reads=reads),
            *questions.tasks_for(user, today=today),
            *calibration.tasks_for(user, today=today),
            *assessment.tasks_for(user, today=today, reads=reads),
            *obligations.tasks_for(user, today=today),
            *acts.tasks_for(user, today=today),
            *subsidy_register.tasks_for(user, today=today),
            *objections.tasks_for(user, today=today),
            *disclosures.tasks_for(user),
            *accountability.tasks_for(user, today=today),
            *payments.tasks_for(user, today=today),
            *recoveries.tasks_for(user, today=today),
            *delivery.tasks_for(user, today=today),
            *retention.tasks_for(user, today=today),
            *lateness.tasks_for(user, today=today, reads=reads),
        ],
        panels=[
            *intake.panels_for(user, today=today, reads=reads),
            *assessment.panels_for(user, today=today),
        ],
    )
