"""Beginning with an earlier application of the same IKC: everything that was written, as a suggestion."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.forms.models import model_to_dict

from ikc.models import Ikc
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from subsidies.models import (
    Activity,
    ActivityPlan,
    Application,
    ApplicationCopy,
    BudgetLine,
    SubsidyRound,
)
from subsidies.services.applications import start_application
from subsidies.states import FILED

if TYPE_CHECKING:
    from ikc.models import User

OWN = ("title", "contact_phone", "requested_amount", "applied_elsewhere", "applied_elsewhere_note")
PLAN = ("summary", "analysis", "integrated_offer", "parent_involvement", "support")


class NoEarlierApplication(DomainError):
    """There is no filed application of this IKC before this round."""

    code = "NO_EARLIER_APPLICATION"


def earlier_applications(ikcs: Iterable[Ikc | int], round_: SubsidyRound) -> dict[int, Application]:
    """By IKC: the last application filed in a round that opened before `round_`; one query."""
    filed = _filed_before(ikcs, round_).select_related("round", "plan")
    return {application.ikc_id: application for application in filed}


def earlier_id(application: Application) -> int | None:
    """The last application (id) of the same IKC that was filed in a round that opened before."""
    filed = _filed_before([application.ikc_id], application.round)
    return filed.values_list("pk", flat=True).last()


def _filed_before(ikcs: Iterable[Ikc | int], round_: SubsidyRound) -> QuerySet[Application]:
    return (
        Application.objects.filter(ikc__in=ikcs, state__in=FILED)
        .filter(round__opens_at__lt=round_.opens_at)
        .order_by("round__opens_at", "pk")
    )


@transaction.atomic
def start_from_earlier(ikc: Ikc, round_: SubsidyRound, *, by: "User", at: datetime) -> Application:
    """A draft with the words and the budget of the last application; files, answers of partners and counts are new.

    Refusals: those of `start_application`, and `NoEarlierApplication`.
    """
    source = earlier_applications([ikc], round_).get(ikc.pk)
    if source is None:
        raise NoEarlierApplication("Er is geen eerdere aanvraag van dit IKC om mee te beginnen.")
    application = start_application(ikc, round_, by=by, at=at)
    for name in OWN:
        setattr(application, name, getattr(source, name))
    application.save(update_fields=OWN)
    ActivityPlan.objects.filter(application=application).update(
        **{name: getattr(source.plan, name) for name in PLAN}
    )
    activities = _copy_activities(source, application)
    BudgetLine.objects.bulk_create(
        BudgetLine(
            application=application,
            activity=activities.get(line.activity_id or 0),
            **_columns(line, "activity"),
        )
        for line in source.budget_lines.order_by("pk")
    )
    ApplicationCopy.objects.create(
        application=application, source=source, copied_at=at, copied_by=by
    )
    record(
        application,
        "application_copied",
        actor=by,
        at=at,
        on_behalf_of=str(application.board),
        source=source.number,
    )
    return application


def _copy_activities(source: Application, target: Application) -> Mapping[int, Activity]:
    """By the old id; dates move along with the subsidy period."""
    years = target.round.period_start.year - source.round.period_start.year
    copies: dict[int, Activity] = {}
    for row in source.activities.order_by("order", "pk"):
        values = _columns(row, "starts_on", "ends_on")
        copies[row.pk] = Activity.objects.create(
            application=target,
            starts_on=_later(row.starts_on, years),
            ends_on=_later(row.ends_on, years),
            **values,
        )
    return copies


def _columns(row: Any, *without: str) -> dict[str, Any]:
    return model_to_dict(row, exclude=["id", "application", *without])


def _later(day: date | None, years: int) -> date | None:
    """The same day so many years later; 29 February becomes the 28th."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
