"""Deeds of the yearly plan of an IKC: start one, and name its subjects."""

from datetime import datetime

from django.db import transaction

from agreements.models import Measure, ProgrammeYear
from ikc.models import Ikc, User
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from monitoring.models import YearPlan, YearPlanItem


class YearPlanRefused(DomainError):
    """A plan that is there already, or a subject that does not belong in it."""


@transaction.atomic
def start_plan(ikc: Ikc, year: ProgrammeYear, *, focus: str, by: User, at: datetime) -> YearPlan:
    """The plan of one IKC for one school year. Refusal: `YearPlanRefused`."""
    Ikc.objects.select_for_update(of=("self",), no_key=True).get(pk=ikc.pk)
    if YearPlan.objects.filter(ikc=ikc, year=year).exists():
        raise YearPlanRefused("Voor dit schooljaar is er al een jaarplan.")
    plan = YearPlan.objects.create(
        ikc=ikc, year=year, focus=focus.strip(), written_by=by, written_at=at
    )
    record(plan, "year_plan_started", actor=by, at=at)
    return plan


@transaction.atomic
def add_item(
    plan: YearPlan, *, title: str, measure: Measure | None, by: User, at: datetime
) -> YearPlanItem:
    """One more subject, if it carries out a measure one of the agreement of this IKC."""
    plan = YearPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if measure is not None and measure.version.agreement.ikc_id != plan.ikc_id:
        raise YearPlanRefused("Deze maatregel hoort bij een ander IKC.")
    if plan.items.filter(title=title.strip()).exists():
        raise YearPlanRefused("Dit onderwerp staat al in het jaarplan.")
    item = YearPlanItem.objects.create(plan=plan, title=title.strip(), measure=measure)
    record(plan, "year_plan_changed", actor=by, at=at, reason=item.title)
    return item
