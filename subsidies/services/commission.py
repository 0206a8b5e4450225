"""The IKC-commissie around its scores: interests declared, reviewers assigned (domain reference 3.3 and 6.3).

An authority guards against people with a personal interest having a say (Awb 2:4). A member with an
interest in an application never sees it; a member with an interest in any competing application scores
nothing in a ranked round, unless the college made an exception that is kept with the file.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from ikc.models import Ikc, Organisation, RoleAssignment
from ikc.roles import Role
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.interests import interests_in_round
from subsidies.models import (
    Application,
    CommissionMember,
    ConflictException,
    DeclarationVersion,
    InterestDeclaration,
    Review,
    SubsidyRound,
)
from subsidies.services.assignment_mail import tell_members
from subsidies.states import (
    APPLICATION_WORKFLOW,
    COUNTED_REVIEWS,
    FILED,
    GONE_REVIEWS,
    REVIEW_WORKFLOW,
    ApplicationState,
    ReviewState,
    RoundState,
)

if TYPE_CHECKING:
    from ikc.models import User

INTEREST_FOUND = "belang bij deze aanvraag of bij een concurrerende aanvraag"
ASSIGNABLE = (ApplicationState.ADMITTED, ApplicationState.IN_REVIEW)
# From publication until the advice is ready a member may declare, and declare anew.
DECLARABLE = (
    RoundState.PUBLISHED,
    RoundState.OPEN,
    RoundState.CLOSED,
    RoundState.ASSESSING,
)


class DeclarationClosed(DomainError):
    """The round is not published yet, or its assessment is over."""


class ConflictOfInterest(DomainError):
    """A member who may not score this application (rules C1-C4)."""


class NotInAssessment(DomainError):
    """Reviewers are assigned while the round is being assessed, to admitted applications only."""


class ReasonMissing(DomainError):
    """An exception without a reason is none; nor is an assignment that departs from the proposal."""


class AlreadySubmitted(DomainError):
    """A submitted review stays: its scores are the commission's."""


class BegunReview(DomainError):
    """A member has begun already; taking the review away is to be confirmed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one member stands in one round. `conflicts`: per application id why there is an interest."""

    member: CommissionMember
    round: SubsidyRound
    declaration: InterestDeclaration | None
    exception: ConflictException | None
    conflicts: Mapping[int, frozenset[str]]
    load: int
    # Director of an IKC that applies in this round: the two do not go together (6.1), by whatever method it divides.
    directs_applicant: bool = False
    # Applications that the reader may know nothing of (C2), not even that somebody has an interest in them.
    hidden: frozenset[int] = frozenset()

    @property
    def is_conflicted(self) -> bool:
        """Rule C4: barred from the whole ranked round; a director of an applicant from any round."""
        if self.directs_applicant:
            return True
        ranked = self.round.allocation_method == SubsidyRound.Method.TENDER
        return ranked and bool(self.conflicts) and self.exception is None

    @property
    def may_score(self) -> bool:
        return self.declaration is not None and not self.is_conflicted

    @property
    def reasons(self) -> list[str]:
        """The interests in words, each once. For those who guard the procedure only."""
        shown = (words for pk, words in self.conflicts.items() if pk not in self.hidden)
        return sorted(set().union(*shown))

    def may_score_application(self, application_id: int) -> bool:
        """An exception lifts C4; nothing lifts an interest in the application itself."""
        return self.may_score and application_id not in self.conflicts


def standings(round_: SubsidyRound, *, day: date, reader: "User | None" = None) -> list[Standing]:
    """All members in office on `day` with a say, by name; a constant number of queries.

    `reader`: who is to read the reasons; those about an application in which the reader has an interest stay out.
    """
    members = list(
        CommissionMember.objects.active_on(day)
        .scoring()
        .filter(user__is_active=True)
        .select_related("user", "organisation")
        .order_by("user__last_name", "user__first_name", "pk")
    )
    people = {member.user for member in members} | ({reader} if reader else set())
    conflicts = interests_in_round(people, round_)
    hidden = frozenset(conflicts[reader.pk]) if reader and not reader.is_municipal else frozenset()
    declarations = {row.member_id: row for row in round_.declarations.order_by("pk")}
    exceptions = {row.member_id: row for row in round_.exceptions.order_by("pk")}
    loads = _loads(round_)
    directors = _directors_of_applicants(round_, day)
    return [
        Standing(
            member=member,
            round=round_,
            declaration=declarations.get(member.pk),
            exception=exceptions.get(member.pk),
            conflicts=conflicts[member.user_id],
            load=loads.get(member.pk, 0),
            directs_applicant=member.user_id in directors,
            hidden=hidden,
        )
        for member in members
    ]


@transaction.atomic
def declare_interests(
    member: CommissionMember,
    round_: SubsidyRound,
    *,
    organisations: Iterable[Organisation] = (),
    ikcs: Iterable[Ikc] = (),
    note: str = "",
    by: "User",
    at: datetime,
) -> InterestDeclaration:
    """What a member declares for a round (rule C1); a later one counts from then on and withdraws reviews that it bars.

    Each declaration stays in the register as a version of its own.

    Raises DeclarationClosed.
    """
    if round_.state not in DECLARABLE:
        raise DeclarationClosed(
            "U kunt uw belangen opgeven vanaf de publicatie tot het advies van de commissie klaar is."
        )
    declaration, _ = InterestDeclaration.objects.update_or_create(
        member=member, round=round_, defaults={"note": note.strip(), "declared_at": at}
    )
    organisations, ikcs = list(organisations), list(ikcs)
    declaration.organisations.set(organisations)
    declaration.ikcs.set(ikcs)
    DeclarationVersion.objects.create(
        member=member,
        round=round_,
        organisations=sorted(row.name for row in organisations),
        ikcs=sorted(row.name for row in ikcs),
        note=note.strip(),
        declared_at=at,
        declared_by=by,
    )
    record(declaration, "interests_declared", actor=by, at=at)
    recuse_conflicted(round_, at=at, members={member.pk})
    return declaration


@transaction.atomic
def record_exception(
    member: CommissionMember,
    round_: SubsidyRound,
    *,
    reason: str,
    decision_number: str,
    decided_on: date,
    by: "User",
    at: datetime,
) -> ConflictException:
    """The college lets a member score although a competing application is that of an own organisation (C4)."""
    if not reason.strip() or not decision_number.strip():
        raise ReasonMissing("Vul het besluit van het college en de motivering in.")
    exception, _ = ConflictException.objects.update_or_create(
        member=member,
        round=round_,
        defaults={
            "reason": reason.strip(),
            "decision_number": decision_number.strip(),
            "decided_on": decided_on,
        },
    )
    record(round_, "exception_recorded", actor=by, at=at, reason=reason.strip(), member=member.pk)
    return exception


def propose(
    applications: Iterable[Application], members: Iterable[Standing], *, per_application: int
) -> dict[int, list[int]]:
    """Per application id the member ids to assign: those who may score it, the least loaded first.

    What is assigned already stays; nothing is written. Fewer than `per_application` when not enough are free.
    """
    members = list(members)
    load = {standing.member.pk: standing.load for standing in members}
    proposal: dict[int, list[int]] = {}
    for application in applications:
        reviews = list(application.reviews.all())
        chosen = [row.member_id for row in reviews if row.state not in GONE_REVIEWS]
        known = {row.member_id for row in reviews}
        free = [
            standing.member.pk
            for standing in members
            if standing.member.pk not in known and standing.may_score_application(application.pk)
        ]
        free.sort(key=lambda pk: (load[pk], pk))
        added = free[: max(per_application - len(chosen), 0)]
        for pk in added:
            load[pk] += 1
        proposal[application.pk] = chosen + added
    return proposal


@dataclass(frozen=True, slots=True)
class Why:
    """What the secretary says with an assignment that is not the proposal: the reason, and that begun work may go."""

    reason: str = ""
    begun_may_go: bool = False
    # The number of reviewers per application that was proposed; None when nothing was.
    per_application: int | None = None


def assign_reviewers(
    application: Application,
    members: Collection[CommissionMember],
    *,
    why: Why,
    by: "User | None",
    at: datetime,
) -> Application:
    """Let exactly `members` review one application. Refusals: see `assign_round`."""
    wanted = {application.pk: [member.pk for member in members]}
    assign_round(application.round, wanted, why=why, by=by, at=at)
    application.refresh_from_db()
    return application


@transaction.atomic
def assign_round(
    round_: SubsidyRound,
    wanted: Mapping[int, Collection[int]],
    *,
    why: Why | None = None,
    by: "User | None",
    at: datetime,
) -> int:
    """Assign members (ids) to applications (ids); the number of reviews that are new.

    Of a member who is not named an untouched review goes; a begun one stays with the file as withdrawn. Who gets or
    loses work is told by mail. An application goes into review when enough members have it. Raises NotInAssessment,
    ConflictOfInterest, AlreadySubmitted, BegunReview or ReasonMissing; then nothing changes.
    """
    round_ = SubsidyRound.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    if round_.state != RoundState.ASSESSING:
        raise NotInAssessment("De ronde is niet in beoordeling.")
    members = standings(round_, day=local_date(at))
    applications = list(
        round_.applications.select_for_update(of=("self",))
        .filter(pk__in=wanted, state__in=ASSIGNABLE)
        .prefetch_related("reviews__member__user")
        .order_by("number")
    )
    if len(applications) != len(wanted):
        raise NotInAssessment("Alleen toegelaten aanvragen krijgen beoordelaars.")
    by_member = {row.member.pk: row for row in members}
    changes = [_change(row, set(wanted[row.pk]), by_member) for row in applications]
    why = why or Why()
    _refuse_unexplained(changes, members, why)
    for change in changes:
        _carry_out(change, by=by, at=at)
        _start_review(change.application, round_, by=by, at=at)
    record(
        round_,
        "reviewers_assigned",
        actor=by,
        at=at,
        reviews=sum(len(change.added) for change in changes),
        why=why.reason.strip(),
        changes=[change.told() for change in changes if change.added or change.removed],
    )
    tell_members(
        round_,
        gets=[pk for change in changes for pk in change.added],
        loses=[review.member_id for change in changes for review in change.removed],
        at=at,
    )
    return sum(len(change.added) for change in changes)


@dataclass(frozen=True, slots=True)
class Change:
    """What an assignment changes at one application: ids of members who get it, and reviews that go."""

    application: Application
    wanted: frozenset[int]
    added: tuple[int, ...]
    removed: tuple[Review, ...]

    def told(self) -> dict[str, Any]:
        """For the trail; names are looked up by who may read them."""
        return {
            "application": self.application.pk,
            "added": list(self.added),
            "removed": [review.member_id for review in self.removed],
        }


def _change(
    application: Application, wanted: set[int], by_member: Mapping[int, Standing]
) -> Change:
    standing = {
        review.member_id: review
        for review in application.reviews.all()
        if review.state not in GONE_REVIEWS
    }
    recused = {
        review.member_id
        for review in application.reviews.all()
        if review.state == ReviewState.RECUSED
    }
    added = tuple(sorted(wanted - standing.keys() - recused))
    for pk in added:
        if pk not in by_member or not by_member[pk].may_score_application(application.pk):
            raise ConflictOfInterest(_why_not(by_member.get(pk), application))
    removed = tuple(review for pk, review in sorted(standing.items()) if pk not in wanted)
    return Change(application, frozenset(wanted), added, removed)


def _refuse_unexplained(changes: Iterable[Change], members: list[Standing], why: Why) -> None:
    changes = list(changes)
    removed = [review for change in changes for review in change.removed]
    for review in removed:
        if review.state in COUNTED_REVIEWS:
            raise AlreadySubmitted(
                f"{review.member.user.full_name} heeft de beoordeling van aanvraag "
                f"{review.application.number} al ingediend. Die blijft staan."
            )
    begun = [review for review in removed if review.state != ReviewState.ASSIGNED]
    if begun and not why.begun_may_go:
        names = ", ".join(sorted({review.member.user.full_name for review in begun}))
        raise BegunReview(f"Al begonnen met beoordelen: {names}. Bevestig dat u dit wilt.")
    if why.reason.strip():
        return
    if removed or _departs(changes, members, why.per_application):
        raise ReasonMissing(
            "U wijkt af van het voorstel, of u neemt een beoordeling van een lid weg. Vul in waarom."
        )


def _departs(changes: list[Change], members: list[Standing], per_application: int | None) -> bool:
    """Whether the wish differs from the proposal that stood on the page."""
    if per_application is None:
        return False
    proposal = propose(
        [change.application for change in changes], members, per_application=per_application
    )
    return any(change.wanted != set(proposal[change.application.pk]) for change in changes)


def _carry_out(change: Change, *, by: "User | None", at: datetime) -> None:
    for review in change.removed:
        if review.state == ReviewState.ASSIGNED and review.saved_at is None:
            review.delete()
        else:
            _withdraw(review, by=by, at=at)
    returning = change.application.reviews.filter(
        member__in=change.added, state=ReviewState.WITHDRAWN
    )
    back = set()
    for review in returning.order_by("pk"):
        back.add(review.member_id)
        review.state = REVIEW_WORKFLOW.target("assign", state=review.state)
        review.save(update_fields=["state"])
    Review.objects.bulk_create(
        Review(application=change.application, member_id=pk)
        for pk in change.added
        if pk not in back
    )


def _withdraw(review: Review, *, by: "User | None", at: datetime) -> None:
    before = review.state
    review.state = REVIEW_WORKFLOW.target("withdraw", state=before)
    review.save(update_fields=["state"])
    record(review, "review_withdrawn", actor=by, at=at, before=before, after=review.state)


def _why_not(standing: Standing | None, application: Application) -> str:
    """The refusal for the secretary, who may know that there is an interest and in what."""
    if standing is None:
        return "Dit lid zit nu niet in de commissie."
    name = standing.member.user.full_name
    if standing.declaration is None:
        return f"{name} heeft nog geen belangenverklaring gegeven voor deze ronde."
    if application.pk in standing.conflicts:
        return f"{name} heeft een belang bij aanvraag {application.number}."
    if standing.directs_applicant:
        return f"{name} is directeur van een IKC dat in deze ronde aanvraagt."
    return f"{name} heeft een belang bij een concurrerende aanvraag; daarvoor is een besluit van het college nodig."


def _start_review(
    application: Application, round_: SubsidyRound, *, by: "User | None", at: datetime
) -> None:
    if application.state != ApplicationState.ADMITTED:
        return
    assigned = application.reviews.exclude(state__in=GONE_REVIEWS).count()
    if assigned < round_.min_reviews:
        return
    before = application.state
    application.state = APPLICATION_WORKFLOW.target("review", state=before)
    application.save(update_fields=["state"])
    record(application, "review_started", actor=by, at=at, before=before, after=application.state)


@transaction.atomic
def recuse_conflicted(
    round_: SubsidyRound, *, at: datetime, members: Collection[int] | None = None
) -> int:
    """Withdraw the reviews of members who turn out to have an interest; the number withdrawn."""
    withdrawn = 0
    for standing in standings(round_, day=local_date(at)):
        if members is not None and standing.member.pk not in members:
            continue
        reviews = Review.objects.select_for_update(of=("self",)).filter(
            member=standing.member, application__round=round_
        )
        for review in reviews.order_by("pk"):
            barred = standing.is_conflicted or review.application_id in standing.conflicts
            if not barred or not REVIEW_WORKFLOW.allows("recuse", state=review.state):
                continue
            before = review.state
            review.state = REVIEW_WORKFLOW.target("recuse", state=before)
            review.recusal_reason = INTEREST_FOUND
            review.save(update_fields=["state", "recusal_reason"])
            record(review, "review_recused", actor=None, at=at, before=before, after=review.state)
            withdrawn += 1
    return withdrawn


def _directors_of_applicants(round_: SubsidyRound, day: date) -> set[int]:
    """The ids of users who are director of an IKC with an application in the round."""
    applicants = round_.applications.filter(state__in=FILED).values("ikc")
    roles = RoleAssignment.objects.active_on(day).filter(role=Role.IKC_DIRECTOR, ikc__in=applicants)
    return set(roles.values_list("user_id", flat=True))


def _loads(round_: SubsidyRound) -> dict[int, int]:
    """Per member id the number of reviews in this round."""
    loads: dict[int, int] = {}
    rows = Review.objects.filter(application__round=round_).exclude(state__in=GONE_REVIEWS)
    for member in rows.values_list("member_id", flat=True):
        loads[member] = loads.get(member, 0) + 1
    return loads
