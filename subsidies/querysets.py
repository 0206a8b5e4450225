"""Who may see which rows, and the reads that lists need. Every view starts here."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from ikc.querysets import DatedQuerySet
from ikc.roles import Role
from subsidies.interests import interest_in_application
from subsidies.states import (
    COUNTED_REVIEWS,
    FILED,
    GONE_REVIEWS,
    OPEN_REVIEWS,
    ApplicationState,
    DecisionState,
    ReviewState,
    RoundState,
    SchemeState,
)

if TYPE_CHECKING:
    from ikc.models import User

__all__ = [
    "ApplicationQuerySet",
    "CommissionMemberQuerySet",
    "DatedQuerySet",
    "DecisionQuerySet",
    "LetterQuerySet",
    "MessageQuerySet",
    "ReviewQuerySet",
    "SchemeVersionQuerySet",
    "SubsidyRoundQuerySet",
    "SubsidySchemeQuerySet",
]

COMMISSION_STATES = (
    ApplicationState.ADMITTED,
    ApplicationState.IN_REVIEW,
    ApplicationState.ADVISED,
    ApplicationState.INTENT,
    ApplicationState.DECIDED,
)


def reads_schemes(user: "User") -> bool:
    """Domain reference 6.2, 'settings, templates': the municipality, its auditor and the administrator."""
    return user.is_municipal or user.has_role(Role.ADMIN)


class SubsidySchemeQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        return self.all() if reads_schemes(user) else self.none()

    def for_list(self) -> Self:
        """Annotates current_number and current_from of the version in force, has_draft and round_count."""
        versions = apps.get_model("subsidies", "SchemeVersion").objects.filter(
            scheme=OuterRef("pk")
        )
        current = versions.filter(state=SchemeState.IN_FORCE)
        return self.annotate(
            current_number=Subquery(current.values("number")[:1]),
            current_from=Subquery(current.values("valid_from")[:1]),
            has_draft=Exists(versions.filter(state=SchemeState.DRAFT)),
            round_count=Count("versions__rounds"),
        )


class SchemeVersionQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        return self.all() if reads_schemes(user) else self.none()


class SubsidyRoundQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Drafts are the municipality's own; from publication on every role sees a round."""
        if user.is_municipal or user.has_role(Role.COMMISSION_SECRETARY):
            return self.all()
        if not user.active_roles:
            return self.none()
        return self.exclude(state__in=[RoundState.DRAFT, RoundState.ADOPTED, RoundState.CANCELLED])

    def with_figures(self) -> Self:
        """Annotates filed_count, requested_total and granted_total. For municipal eyes only."""
        filed = Q(applications__state__in=FILED)
        return self.annotate(
            filed_count=Count("applications", filter=filed),
            requested_total=Sum("applications__requested_amount", filter=filed),
            granted_total=Sum("applications__granted_amount", filter=filed),
        )

    def with_closing(self) -> Self:
        """Annotates closing: the moment that `subsidies.closing` gives of one round, to sort on."""
        return self.annotate(closing=Coalesce("extended_until", "closes_at"))

    def with_content(self) -> Self:
        """With everything that the round says, for `services.round_content.content_of`."""
        return self.select_related("scheme_version").prefetch_related(
            "criteria", "formulas__ikc", "tiers", "sub_ceilings", "budget_rules", "checklist"
        )

    def due_to_open(self, now: datetime) -> Self:
        return self.filter(state=RoundState.PUBLISHED, opens_at__lte=now)

    def due_to_close(self, now: datetime) -> Self:
        """Open while their closing has come, outages considered (as `subsidies.closing` says of one round)."""
        return self.filter(state=RoundState.OPEN).filter(
            Q(extended_until=None, closes_at__lte=now) | Q(extended_until__lte=now)
        )


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Domain reference 6.2, 'see applications'; the commission's part is rule 6.3 (assigned, no interest)."""
        if user.is_municipal:
            return self.exclude(state__in=[ApplicationState.DRAFT, ApplicationState.LAPSED])
        seen = Q(pk__in=[])
        if ikcs := user.ikc_ids(Role.IKC_DIRECTOR):
            seen |= Q(ikc__in=ikcs)
        if boards := user.organisation_ids(Role.SCHOOL_BOARD):
            seen |= Q(board__in=boards)
        if partners := user.organisation_ids(Role.CHILDCARE_BOARD):
            seen |= Q(ikc__partners__organisation__in=partners)
        if user.has_role(Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY):
            seen |= Q(pk__in=self.open_to_commission(user).values("pk"))
        return self.filter(seen).distinct() if partners else self.filter(seen)

    def without_interest_of(self, user: "User") -> Self:
        """Leaves out what `user` has an interest in (rules C1-C3): own organisation as board or partner, declared ties."""
        return self.exclude(interest_in_application(user))

    def without_recusal_of(self, user: "User") -> Self:
        """Leaves out what `user` stepped aside from: as its reviewer, or at a meeting (rules C2, C7)."""
        stepped_aside = apps.get_model("subsidies", "Review").objects.filter(
            application=OuterRef("pk"), member__user=user, state=ReviewState.RECUSED
        )
        left_the_room = apps.get_model("subsidies", "ItemRecusal").objects.filter(
            item__application=OuterRef("pk"), member__user=user
        )
        return self.filter(~Exists(stepped_aside), ~Exists(left_the_room))

    def open_to_commission(self, user: "User") -> Self:
        """What a member may read: assigned and not recused; the secretary: all that is admitted. Never with an interest."""
        admitted = self.model.objects.filter(  # type: ignore[attr-defined]
            state__in=COMMISSION_STATES
        ).without_interest_of(user)
        if user.has_role(Role.COMMISSION_SECRETARY):
            return admitted
        assigned = (
            apps.get_model("subsidies", "Review")
            .objects.filter(application=OuterRef("pk"), member__user=user)
            .exclude(state__in=GONE_REVIEWS)
        )
        return admitted.filter(Exists(assigned))

    def filed(self) -> Self:
        return self.filter(state__in=FILED)

    def for_list(self) -> Self:
        return self.select_related("ikc", "board", "round")

    def with_review_progress(self) -> Self:
        """Annotates reviews_done and reviews_assigned (those that are gone count for neither)."""
        return self.annotate(
            reviews_done=Count("reviews", filter=Q(reviews__state__in=COUNTED_REVIEWS)),
            reviews_assigned=Count("reviews", filter=~Q(reviews__state__in=GONE_REVIEWS)),
        )


class CommissionMemberQuerySet(DatedQuerySet):
    def scoring(self) -> Self:
        """Those whose seat brings a say: the secretary supports the commission and does not score."""
        return self.exclude(function="secretary")


class ReviewQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """A member sees the own review, and the others' of an application after submitting the own (blind scoring)."""
        if user.is_municipal:
            # Domain reference 6.2: scores are for municipal eyes only after the advice was adopted.
            return self.filter(
                application__advice__state__in=["adopted", "sent", "followed", "deviated"]
            )
        readable = self._of_commission(user)
        mine = self.model.objects.filter(  # type: ignore[attr-defined]
            application=OuterRef("application"), member__user=user
        )
        if user.has_role(Role.COMMISSION_SECRETARY):
            # a chair who still has to score is as blind as any member
            owed = Exists(mine.filter(state__in=OPEN_REVIEWS))
            return readable.filter(Q(member__user=user) | ~owed)
        submitted = Exists(mine.filter(state__in=COUNTED_REVIEWS))
        return readable.filter(
            Q(member__user=user) | (submitted & Q(state__in=COUNTED_REVIEWS)),
            Exists(mine.exclude(state__in=GONE_REVIEWS)),
        )

    def _of_commission(self, user: "User") -> Self:
        """Of applications that the commission has before it and in which `user` has no interest."""
        return self.filter(application__state__in=COMMISSION_STATES).exclude(
            interest_in_application(user, "application__")
        )

    def own(self, user: "User") -> Self:
        """The reviews of `user` as a member: `visible_to` narrowed to the own ones, with far less to look through."""
        return self._of_commission(user).filter(member__user=user).exclude(state__in=GONE_REVIEWS)

    def counted(self) -> Self:
        return self.filter(state__in=COUNTED_REVIEWS)


class DecisionQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The municipality sees all that stand; the addressee's people what was sent (Awb 3:40)."""
        if user.is_municipal:
            return self.exclude(state=DecisionState.DISCARDED)
        addressed = Q(application__ikc__in=user.ikc_ids(Role.IKC_DIRECTOR)) | Q(
            application__board__in=user.organisation_ids(Role.SCHOOL_BOARD)
        )
        return self.filter(addressed, announced_at__isnull=False)


class ObligationQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The efforts of decisions that were sent and stand: the municipality all, an applicant the own."""
        found = self.filter(kind="effort", decision__announced_at__isnull=False).exclude(
            decision__state=DecisionState.REPLACED
        )
        if user.is_municipal:
            return found
        return found.filter(
            Q(decision__application__ikc__in=user.ikc_ids(Role.IKC_DIRECTOR))
            | Q(decision__application__board__in=user.organisation_ids(Role.SCHOOL_BOARD))
        )


class LetterQuerySet(models.QuerySet):
    # A receipt answers what was filed here, so it may always come here (Awb 2:17).
    ELECTRONIC = Q(code="L01") | Q(application__board__electronic_consent_at__isnull=False)

    def to_make(self, now: datetime) -> Self:
        """Orders for the portal whose turn it is; a failed one waits for its next attempt."""
        return self.filter(self.ELECTRONIC, rendered_at=None, next_attempt_at__lte=now)

    def to_post(self) -> Self:
        """Letters for who did not agree to electronic delivery (Awb 2:8): made when somebody posts them."""
        return self.filter(rendered_at=None).exclude(self.ELECTRONIC)

    def electronic(self) -> Self:
        """Those that go through the portal."""
        return self.filter(self.ELECTRONIC)

    def to_make_together(self, patience: int) -> Self:
        """Of letters that wait for one another: those still to make, but for the ones that failed `patience` times."""
        return self.filter(self.ELECTRONIC, rendered_at=None, attempts__lt=patience)

    def made_and_unsent(self) -> Self:
        return self.filter(self.ELECTRONIC, rendered_at__isnull=False, message=None)

    def failing(self) -> Self:
        return self.filter(rendered_at=None).exclude(error="")

    def waiting(self) -> tuple[int, int]:
        """How many are `to_post` and how many `failing`, in one query."""
        counts = self.filter(rendered_at=None).aggregate(
            post=Count("pk", filter=~self.ELECTRONIC), failing=Count("pk", filter=~Q(error=""))
        )
        return counts["post"], counts["failing"]


class MessageEventQuerySet(models.QuerySet):
    def arrived_notices(self) -> Self:
        """Notices of which nothing came back: one that bounced told nobody anything (Awb 2:10, 2:11)."""
        bounced = self.model.objects.filter(  # type: ignore[attr-defined]
            message=OuterRef("message"), recipient__iexact=OuterRef("recipient"), kind="bounced"
        )
        return self.filter(~Exists(bounced), kind="notified")


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The addressee's people: the director of the IKC and the board; the municipality sees what it posted."""
        if user.is_municipal:
            return self.all()
        return self.filter(
            Q(ikc__in=user.ikc_ids(Role.IKC_DIRECTOR))
            | Q(organisation__in=user.organisation_ids(Role.SCHOOL_BOARD))
        )

    def with_opened(self) -> Self:
        """Annotates `opened`: one of the addressee's people opened the letter."""
        events = apps.get_model("subsidies", "MessageEvent").objects
        return self.annotate(opened=Exists(events.filter(message=OuterRef("pk"), kind="opened")))

    def unread(self) -> Self:
        return self.with_opened().filter(opened=False)
