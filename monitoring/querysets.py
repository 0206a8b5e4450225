"""Who may see which figures and reports (domain reference 6.2, monitoring reference 3.5)."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from ikc.roles import Role
from monitoring.states import (
    EDITABLE,
    TAKES_FIGURES,
    UNFINISHED,
    CycleState,
    ReportState,
    ReturnState,
)

if TYPE_CHECKING:
    from ikc.models import User

# Roles that see the figures of every IKC.
SEES_ALL = (Role.RESEARCHER, Role.DEVELOPMENT_GROUP)


def sees_every_ikc(user: "User") -> bool:
    """Municipality, bureau and Ontwikkelgroep; the others see their own IKC only."""
    return user.is_municipal or user.has_role(*SEES_ALL)


def sees_small_groups(user: "User") -> bool:
    """The bureau, and the IKC and boards whose figures they are: those see no figures of others (8.2)."""
    return user.has_role(Role.RESEARCHER) or not sees_every_ikc(user)


def _number_of(rows: models.QuerySet, place: str) -> Coalesce:
    """How many of `rows` there are of one outer row, to which `place` leads."""
    counted = rows.order_by().values(place).annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)


class MonitoringCycleQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Planned cycles are for who plans and measures; from collecting on every party sees that it runs."""
        if user.is_municipal or user.has_role(Role.RESEARCHER):
            return self.all()
        if not user.active_roles & {
            Role.DEVELOPMENT_GROUP,
            Role.IKC_DIRECTOR,
            Role.SCHOOL_BOARD,
            Role.CHILDCARE_BOARD,
        }:
            return self.none()
        return self.exclude(state=CycleState.PLANNED)

    def for_list(self) -> Self:
        return self.select_related("year__programme", "ruleset")


class ReturnQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """All for bureau, municipality and Ontwikkelgroep; else the returns of agreements that one may see."""
        if sees_every_ikc(user):
            return self.all()
        agreements = apps.get_model("agreements", "ResultAgreement").objects.visible_to(user)
        return self.filter(agreement__in=agreements)

    def for_list(self) -> Self:
        return self.select_related(
            "agreement__ikc__board",
            "agreement__ikc__district",
            "agreement__ikc__attention_area__district",
            "cycle__year__programme",
            "cycle__ruleset",
            "version",
        ).defer("version__content")

    def to_enter(self, day: date) -> Self:
        """In which figures may be typed on `day`."""
        exceptions = apps.get_model("monitoring", "LockException").objects.running(day)
        return self.filter(
            Q(cycle__state__in=TAKES_FIGURES)
            | Q(Exists(exceptions.filter(of_return=OuterRef("pk")))),
            state__in=EDITABLE,
        )

    def with_questions(self) -> Self:
        """Annotates open_questions: errors and questions about the figures that count, without an explanation."""
        checks = apps.get_model("monitoring", "Check").objects.filter(
            measurement__of_return=OuterRef("pk"), measurement__is_current=True, explanation=""
        )
        return self.annotate(open_questions=_number_of(checks, "measurement__of_return"))

    def search(self, text: str) -> Self:
        """By IKC, school board or reference of the agreement; accents do not matter."""
        return self.filter(
            Q(agreement__ikc__name__unaccent__icontains=text)
            | Q(agreement__ikc__board__name__unaccent__icontains=text)
            | Q(agreement__reference__icontains=text)
        )

    def waiting_for_adoption(self) -> Self:
        return self.filter(state=ReturnState.CHECKED)

    def with_completeness(self) -> Self:
        """Annotates measured_count (a figure or a reason why not) and indicator_count.

        Counted per row and not by joining the two, which multiplies them: a page of fifty then reads every figure of
        the year.
        """
        measured = apps.get_model("monitoring", "Measurement").objects.filter(
            of_return=OuterRef("pk"), is_current=True
        )
        agreed = apps.get_model("agreements", "AgreedIndicator").objects.filter(
            version=OuterRef("version")
        )
        return self.annotate(
            measured_count=_number_of(measured, "of_return"),
            indicator_count=_number_of(agreed, "version"),
        )


class MeasurementQuerySet(models.QuerySet):
    """All revisions; `CurrentMeasurements` starts with those that count now."""

    def current(self) -> Self:
        return self.filter(is_current=True)


class CurrentMeasurements(models.Manager):
    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(is_current=True)


class LockExceptionQuerySet(models.QuerySet):
    def running(self, day: date) -> Self:
        """Those under which figures may be typed on `day`."""
        return self.filter(ended_at=None, until__gte=day)


class ReportBatchQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Orders are the business of municipality, bureau and Ontwikkelgroep; others see a batch with a report of theirs."""
        if sees_every_ikc(user):
            return self.all()
        reports = apps.get_model("monitoring", "AnnualReport").objects.visible_to(user)
        return self.filter(Exists(reports.filter(batch=OuterRef("pk"))))

    def with_progress(self) -> Self:
        """Annotates total, done and failed: '6 van 10 klaar'. Over all reports, so for those who may see all."""
        return self.annotate(
            total=Count("reports"),
            done=Count("reports", filter=Q(reports__state=ReportState.DONE)),
            failed=Count("reports", filter=Q(reports__state=ReportState.FAILED)),
        )


class AnnualReportQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The whole series for those who see every IKC; a party its own part, once it is made (6.2)."""
        if sees_every_ikc(user):
            return self.all()
        agreements = apps.get_model("agreements", "ResultAgreement").objects.visible_to(user)
        return self.filter(agreement__in=agreements, current__isnull=False)

    def for_list(self) -> Self:
        return (
            self.select_related("agreement__ikc", "current__stored", "batch__cycle__year")
            .defer("current__dataset")
            .order_by(F("agreement__ikc__name").asc(nulls_first=True), "pk")
        )

    def public(self) -> Self:
        """What anybody may read: the public editions that were published, also those replaced since."""
        return self.filter(kind="public", published_at__isnull=False)

    def due(self, now: datetime) -> Self:
        """Whose turn it is: waiting, or given up by a worker that died (its claim has run out)."""
        return self.filter(state__in=UNFINISHED, next_attempt_at__lte=now)
