"""What waits for whom with the status Plus: to assess, to supply, to decide, to answer."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from ikc.models import Ikc, PlusLapse, PlusReview, PlusStatus, User
from ikc.roles import Role
from ikc.rules import own_parties
from ikc.states import PLUS_RUNNING, PlusState
from kvk2.core.worklist import WorkItem

S = PlusState
CONCERNED = (
    Role.PROJECT_LEADER,
    Role.SIGNER,
    Role.IKC_DIRECTOR,
    Role.SCHOOL_BOARD,
    Role.CHILDCARE_BOARD,
)
# How long before its end a status is a task: the first warning.
ENDING = timedelta(days=365)
# More candidates than this are one line.
ONE_BY_ONE = 2


def plus_tasks(user: User, *, today: date) -> list[WorkItem]:
    """One query for who has a part in it, none for anybody else."""
    if not user.has_role(*CONCERNED):
        return []
    statuses = list(_open_statuses(user, today))
    tasks: list[WorkItem] = []
    if user.has_role(Role.PROJECT_LEADER):
        tasks += _for_leader(statuses, today)
    if user.has_role(Role.SIGNER):
        tasks += _for_signer(statuses, today)
    tasks += _for_parties(statuses, user)
    return tasks


def _open_statuses(user: User, today: date) -> QuerySet[PlusStatus]:
    review = PlusReview.objects.filter(status=OuterRef("pk"), closed_at=None)
    lapses = PlusLapse.objects.filter(status=OuterRef("pk"), settled_at=None)
    asked = PlusStatus.objects.with_confirmation_due(own_parties(user), day=today)
    statuses = asked.annotate(
        has_lapse=Exists(lapses),
        intent_at=Subquery(review.values("intent_at")[:1]),
        view_at=Subquery(review.values("view_at")[:1]),
        respond_until=Subquery(review.values("respond_until")[:1]),
    )
    wanted = Q(state__in=[S.CANDIDATE, S.CONDITIONS_CHECK, S.PROPOSED, S.UNDER_RECALIBRATION])
    if user.has_role(Role.PROJECT_LEADER):
        ends = Q(valid_until__gte=today, valid_until__lte=today + ENDING)
        wanted |= Q(has_lapse=True) | (Q(state__in=PLUS_RUNNING) & ends)
    elif not user.has_role(Role.SIGNER):
        wanted &= Q(ikc__in=Ikc.objects.of_user(user))
    return statuses.filter(wanted).select_related("ikc").order_by("ikc__name", "pk")


def _for_leader(statuses: list[PlusStatus], today: date) -> Iterator[WorkItem]:
    candidates = [row for row in statuses if row.state == S.CANDIDATE]
    if len(candidates) > ONE_BY_ONE:
        yield WorkItem(
            f"Toets de voorwaarden van {len(candidates)} kandidaten voor Plus",
            f"{reverse('ikc:plus_list')}?state={S.CANDIDATE}",
            "de toets is nog niet begonnen",
        )
    else:
        yield from (_task("Begin de toets voor Plus van", row) for row in candidates)
    for row in statuses:
        if row.has_lapse:  # type: ignore[attr-defined]
            yield _task("Beslis over een vervallen voorwaarde van", row, "niet meer voldaan")
        if row.state == S.CONDITIONS_CHECK:
            yield _task("Toets de voorwaarden voor Plus van", row, "in toetsing")
        elif row.state == S.UNDER_RECALIBRATION:
            yield _task("Herijk het predicaat Plus van", row, "in herijking")
        elif row.is_running and row.valid_until and row.valid_until <= today + ENDING:
            yield _task("Bereid een nieuwe periode Plus voor van", row, "loopt af", row.valid_until)


def _for_signer(statuses: list[PlusStatus], today: date) -> Iterator[WorkItem]:
    for row in statuses:
        if row.state == S.PROPOSED:
            yield _task("Beslis over het predicaat Plus van", row, "voorgesteld")
        heard = _heard(row, today)
        if row.state == S.UNDER_RECALIBRATION and heard:
            yield _task("Beslis over het voornemen voor Plus van", row, "gehoord")


def _heard(row: PlusStatus, today: date) -> bool:
    view_at, until = row.view_at, row.respond_until  # type: ignore[attr-defined]
    return until is not None and (view_at is not None or today > until)


def _for_parties(statuses: list[PlusStatus], user: User) -> Iterator[WorkItem]:
    directed = user.ikc_ids(Role.IKC_DIRECTOR)
    boards = user.organisation_ids(Role.SCHOOL_BOARD)
    for row in statuses:
        if row.state == S.CONDITIONS_CHECK and row.ikc_id in directed:
            yield _task("Lever bewijs aan voor Plus:", row, "bewijs")
        if row.confirmation_due:  # type: ignore[attr-defined]
            yield _task("Bevestig wat is aangeleverd voor Plus van", row, "bevestigen")
        waits = row.intent_at and not row.view_at  # type: ignore[attr-defined]
        if waits and row.ikc.board_id in boards:
            until = row.respond_until  # type: ignore[attr-defined]
            yield _task("Reageer op het voornemen voor Plus van", row, "reageren", until)


def _task(words: str, row: PlusStatus, badge: str = "", due: date | None = None) -> WorkItem:
    return WorkItem(
        f"{words} {row.ikc}",
        row.get_absolute_url(),
        "predicaat Plus IKC",
        badge,
        "warning" if badge else "neutral",
        due,
    )
