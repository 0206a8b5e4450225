"""Who may see which meetings and actions, and what was discussed where."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Q

from ikc.querysets import DatedQuerySet
from ikc.states_governance import TOOK_PLACE, ActionState, ConsultationState, ItemOutcome

if TYPE_CHECKING:
    from ikc.models import User


class BodyMemberQuerySet(DatedQuerySet):
    pass


class BodyQuerySet(models.QuerySet):
    def visible_to(self, user: "User", day: date) -> Self:
        """The municipality sees every body; others the bodies of which they are a member on `day`."""
        if user.is_municipal:
            return self.all()
        members = apps.get_model("ikc", "BodyMember").objects.active_on(day)
        return self.filter(Exists(members.filter(body=OuterRef("pk"), user=user.pk)))

    def active_on(self, day: date) -> Self:
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day))

    def with_counts(self, day: date) -> Self:
        """Annotates `member_count` (on `day`), `meeting_count`, `open_actions` and `next_on`."""
        running = Q(members__valid_from__lte=day) & (
            Q(members__valid_until=None) | Q(members__valid_until__gte=day)
        )
        return self.annotate(
            member_count=Count("members", filter=running, distinct=True),
            meeting_count=Count(
                "meetings", filter=Q(meetings__state__in=TOOK_PLACE), distinct=True
            ),
            open_actions=Count("actions", filter=Q(actions__state=ActionState.OPEN), distinct=True),
            next_on=models.Min(
                "meetings__takes_place_on",
                filter=Q(
                    meetings__state=ConsultationState.PLANNED,
                    meetings__takes_place_on__gte=day,
                ),
            ),
        )


class ConsultationQuerySet(models.QuerySet):
    def visible_to(self, user: "User", day: date) -> Self:
        bodies = apps.get_model("ikc", "Body").objects.visible_to(user, day)
        return self.filter(body__in=bodies)

    def planned(self) -> Self:
        return self.filter(state=ConsultationState.PLANNED)

    def search(self, text: str) -> Self:
        """By body, place, agenda or decision; accents do not matter."""
        items = apps.get_model("ikc", "AgendaItem").objects.filter(
            Q(title__unaccent__icontains=text) | Q(decisions__text__unaccent__icontains=text),
            meeting=OuterRef("pk"),
        )
        return self.filter(
            Q(body__name__unaccent__icontains=text)
            | Q(location__unaccent__icontains=text)
            | Exists(items)
        )

    def with_counts(self) -> Self:
        return self.annotate(
            item_count=Count("items", distinct=True),
            decision_count=Count("items__decisions", distinct=True),
        )


class ConsultationItemQuerySet(models.QuerySet):
    def about(self, subject: models.Model) -> Self:
        return self.filter(
            subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk
        )

    def visible_to(self, user: "User", day: date) -> Self:
        bodies = apps.get_model("ikc", "Body").objects.visible_to(user, day)
        return self.filter(meeting__body__in=bodies)

    def discussed(self, subject: models.Model, *, in_body: str | None = None) -> Self:
        """The items about `subject` that were discussed in a meeting that took place, of a body of kind `in_body`."""
        found = self.about(subject).filter(
            meeting__state__in=TOOK_PLACE, outcome=ItemOutcome.DISCUSSED
        )
        return found.filter(meeting__body__kind=in_body) if in_body else found

    def discussed_on(self, subject: models.Model, *, in_body: str | None = None) -> date | None:
        """The last day on which `subject` was discussed in a body of kind `in_body`; None: never."""
        found = self.discussed(subject, in_body=in_body)
        return found.aggregate(last=Max("meeting__takes_place_on"))["last"]


class ActionItemQuerySet(models.QuerySet):
    def visible_to(self, user: "User", day: date) -> Self:
        """Actions of the bodies that `user` sees, and those that `user` must do."""
        bodies = apps.get_model("ikc", "Body").objects.visible_to(user, day)
        return self.filter(Q(body__in=bodies) | Q(owner=user.pk))

    def open(self) -> Self:
        return self.filter(state=ActionState.OPEN)

    def overdue(self, day: date) -> Self:
        return self.open().filter(due_on__lt=day)

    def by_urgency(self) -> Self:
        """Open ones by their day; what is done after that, the latest first."""
        is_closed = models.Case(
            models.When(state=ActionState.OPEN, then=0),
            default=1,
            output_field=models.SmallIntegerField(),
        )
        return self.order_by(is_closed, F("due_on").asc(), "pk")

    def search(self, text: str) -> Self:
        return self.filter(
            Q(title__unaccent__icontains=text)
            | Q(owner__first_name__unaccent__icontains=text)
            | Q(owner__last_name__unaccent__icontains=text)
        )
