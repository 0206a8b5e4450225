"""Saving a row so that what the database refuses becomes the sentence of its constraint."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from kvk2.core.errors import DomainError

UNKNOWN = "Dit kan zo niet worden bewaard."


def save_checked(row: models.Model, refusal: type[DomainError]) -> None:
    """Save `row`; raises `refusal` with what is wrong with a field, or with the rule that it breaks."""
    try:
        row.clean_fields()
        with transaction.atomic():
            row.save()
    except ValidationError as error:
        raise refusal(" ".join(error.messages)) from error
    except IntegrityError as error:
        raise refusal(_sentence(row, error)) from error


def _sentence(row: models.Model, error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    told = {
        constraint.name: constraint.violation_error_message for constraint in row._meta.constraints
    }
    return str(told.get(name or "", UNKNOWN))
