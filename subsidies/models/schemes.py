"""The legal rule that rounds stand on (Awb 4:23), and its versions: text, dates and the decision of the college."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from kvk2.core.deadlines import ClockStop, Deadline, DeadlineKind, deadline
from kvk2.core.periods import one_at_a_time
from kvk2.core.workflow import Transition
from subsidies import settlement
from subsidies.querysets import SchemeVersionQuerySet, SubsidySchemeQuerySet
from subsidies.states import SCHEME_BADGES, SCHEME_WORKFLOW, SchemeState

ADOPTED = [SchemeState.IN_FORCE, SchemeState.SUPERSEDED]
MOST_WEEKS, MOST_DAYS = 104, 365


class SubsidyScheme(models.Model):
    """A subsidy scheme under one name; what it says is in its versions."""

    name = models.CharField("naam", max_length=200, unique=True)
    is_demo = models.BooleanField("demonstratiegegeven", default=False)

    objects = SubsidySchemeQuerySet.as_manager()

    class Meta:
        verbose_name = "subsidieregeling"
        verbose_name_plural = "subsidieregelingen"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("subsidies:scheme_detail", args=[self.pk])


class SchemeVersion(models.Model):
    """One text of a scheme. In force by a published decision of the college; from then on it never changes."""

    class SubsidyType(models.TextChoices):
        BUDGET = settlement.SubsidyType.BUDGET.value, "budgetsubsidie (vast bedrag voor resultaten)"
        COST = settlement.SubsidyType.COST.value, "kostensubsidie (bijdrage in werkelijke kosten)"
        PERFORMANCE = (
            settlement.SubsidyType.PERFORMANCE.value,
            "prestatiesubsidie (bedrag per prestatie)",
        )

    class DecisionFrom(models.TextChoices):
        CLOSING = "closing", "de sluiting van de ronde"
        RECEIPT = "receipt", "de ontvangst van de aanvraag"

    scheme = models.ForeignKey(
        SubsidyScheme, models.PROTECT, related_name="versions", verbose_name="regeling"
    )
    number = models.PositiveSmallIntegerField("versie")
    state = models.CharField(
        "status", max_length=12, choices=SchemeState, default=SchemeState.DRAFT, editable=False
    )
    valid_from = models.DateField("geldt vanaf")
    valid_until = models.DateField("geldt tot en met", null=True, blank=True)

    citation = models.CharField("citeertitel", max_length=200)
    # Awb 4:23: a subsidy is given on a rule that says for which activities.
    activities = models.TextField("activiteiten waarvoor subsidie kan worden gegeven", blank=True)
    subsidy_type = models.CharField(
        "soort subsidie", max_length=12, choices=SubsidyType, default=SubsidyType.BUDGET
    )
    # Awb 4:58: division 4.2.8 applies only where a rule or a decision says so.
    per_financial_year = models.BooleanField("per boekjaar (afdeling 4.2.8 Awb)", default=False)

    decision_term_weeks = models.PositiveSmallIntegerField("beslistermijn in weken")
    decision_term_from = models.CharField(
        "beslistermijn loopt vanaf",
        max_length=8,
        choices=DecisionFrom,
        default=DecisionFrom.CLOSING,
    )
    completion_term_days = models.PositiveSmallIntegerField("aanvultermijn in dagen")

    advance_percentage = models.DecimalField(
        "voorschot in procenten", max_digits=5, decimal_places=2, default=80
    )
    advance_count = models.PositiveSmallIntegerField("aantal gelijke termijnen", default=4)

    decision_number = models.CharField("nummer collegebesluit", max_length=60, blank=True)
    decided_on = models.DateField("datum collegebesluit", null=True, blank=True)
    publication_reference = models.CharField("vindplaats publicatie", max_length=120, blank=True)
    published_on = models.DateField("gepubliceerd op", null=True, blank=True)

    objects = SchemeVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "versie van een subsidieregeling"
        verbose_name_plural = "versies van subsidieregelingen"
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="scheme_version_number"),
            models.UniqueConstraint(
                fields=["scheme"],
                condition=Q(state=SchemeState.DRAFT),
                name="scheme_version_one_draft",
                violation_error_message="Er is al een versie in concept.",
            ),
            models.UniqueConstraint(
                fields=["scheme"],
                condition=Q(state=SchemeState.IN_FORCE),
                name="scheme_version_one_in_force",
            ),
            models.CheckConstraint(
                name="scheme_version_state_is_known", condition=Q(state__in=SchemeState.values)
            ),
            models.CheckConstraint(
                name="scheme_version_ends_after_it_starts",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message="De regeling eindigt voordat zij begint.",
            ),
            models.CheckConstraint(
                name="scheme_version_in_force_by_a_decision",
                condition=~Q(state__in=ADOPTED)
                | (
                    Q(decided_on__isnull=False, published_on__isnull=False)
                    & ~Q(decision_number="")
                    & ~Q(publication_reference="")
                ),
                violation_error_message="Een regeling in werking heeft een collegebesluit en een publicatie.",
            ),
            models.CheckConstraint(
                name="scheme_version_superseded_has_an_end",
                condition=~Q(state=SchemeState.SUPERSEDED) | Q(valid_until__isnull=False),
            ),
            models.CheckConstraint(
                name="scheme_version_terms_are_in_range",
                condition=Q(
                    decision_term_weeks__gte=1,
                    decision_term_weeks__lte=MOST_WEEKS,
                    completion_term_days__gte=1,
                    completion_term_days__lte=MOST_DAYS,
                ),
                violation_error_message="Een termijn is ten minste één dag of week.",
            ),
            models.CheckConstraint(
                name="scheme_version_advance_is_in_range",
                condition=Q(
                    advance_percentage__gte=0,
                    advance_percentage__lte=100,
                    advance_count__gte=1,
                    advance_count__lte=120,
                ),
                violation_error_message="Een voorschot is 0 tot en met 100 procent, in 1 tot en met 120 termijnen.",
            ),
            one_at_a_time(
                "scheme_version_not_twice_at_once",
                "scheme",
                condition=Q(state__in=ADOPTED),
                message="Een andere versie geldt al in deze periode.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.citation} (versie {self.number})"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:scheme_version_detail", args=[self.pk])

    @property
    def badge(self) -> str:
        return SCHEME_BADGES[SchemeState(self.state)]

    @property
    def is_draft(self) -> bool:
        return self.state == SchemeState.DRAFT

    def decide_before(self, *, closes_on: date, received_on: date | None = None) -> date:
        """The last day to decide while the clock never stood still; see `decision_deadline`."""
        return self.decision_deadline(closes_on=closes_on, received_on=received_on).last_day

    def decision_deadline(
        self,
        *,
        closes_on: date,
        received_on: date | None = None,
        stops: Iterable[ClockStop] = (),
    ) -> Deadline:
        """The term to decide. A term of the scheme stands in no Act, so it never moves to a working day (Atw 1).

        Where the term runs from receipt, an application of which the day is not known counts as received at closing.
        """
        from_receipt = self.decision_term_from == self.DecisionFrom.RECEIPT and received_on
        start = received_on if from_receipt and received_on else closes_on
        weeks = self.decision_term_weeks
        return deadline(DeadlineKind.DECIDE_SCHEME, start, amount=weeks, stops=stops)

    @property
    def available_transitions(self) -> list[Transition]:
        return SCHEME_WORKFLOW.available_from(self.state)


class SchemeRow(models.Model):
    """One line of a version; `order` is its place on the page. Guarded by the trigger of the version."""

    order = models.PositiveSmallIntegerField("volgorde", default=1)

    class Meta:
        abstract = True

    def content(self) -> dict[str, Any]:
        """What the line says, without its place and its version: to copy and to compare."""
        return {
            field.name: getattr(self, field.name)
            for field in self._meta.concrete_fields
            if field.name not in ("id", "version", "round", "order")
        }
