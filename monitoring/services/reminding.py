"""What the clock does with actions: an e-mail before the day, one after it, and one when somebody is to look whether it works."""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from ikc.models import RoleAssignment, User
from ikc.notices import NoticeKind
from ikc.roles import Role
from ikc.services.notices import notify_users
from kvk2.core.deadlines import local_date
from monitoring.models import Action, ActionReminder

Kind = ActionReminder.Kind
# So many days before its day its owner hears of an action.
AHEAD = 7


def remind(*, at: datetime) -> int:
    """Send every reminder whose day has come and that was not sent; the number. Harmless when it runs twice."""
    today = local_date(at)
    actions = Action.objects.all()
    due = (
        (Kind.SOON, actions.due_within(today, AHEAD), "due_on"),
        (Kind.LATE, actions.overdue(today), "due_on"),
        (Kind.EFFECT, actions.to_judge(today), "effect_check_on"),
    )
    sent = 0
    for kind, found, field in due:
        told = ActionReminder.objects.filter(
            action=OuterRef("pk"), kind=kind, about_on=OuterRef(field)
        )
        waiting = found.exclude(Exists(told)).order_by("pk").values_list("pk", flat=True)
        sent += sum(_send(pk, kind, field, at=at) for pk in list(waiting))
    return sent


@transaction.atomic
def _send(pk: int, kind: str, field: str, *, at: datetime) -> int:
    """One reminder, unless another worker has it."""
    action = (
        Action.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related(
            "owner", "conclusion__of_return__agreement", "conclusion__of_return__version"
        )
        .filter(pk=pk)
        .first()
    )
    if action is None:
        return 0
    about_on: date = getattr(action, field)
    _, is_new = ActionReminder.objects.get_or_create(
        action=action, kind=kind, about_on=about_on, defaults={"sent_at": at}
    )
    if not is_new:
        return 0
    people = _judges(action, local_date(at)) if kind == Kind.EFFECT else [action.owner]
    context = {
        "action": action,
        "kind": kind,
        "day": about_on,
        "product": settings.MUNICIPALITY["product"],
        "url": f"{settings.SITE_URL}{action.get_absolute_url()}",
    }
    notify_users(
        [user for user in people if user.is_active],
        NoticeKind.ACTION,
        "monitoring/mail/action_reminder",
        context,
        at=at,
    )
    return 1


def _judges(action: Action, day: date) -> list[User]:
    """The directors of the IKC and the project leaders, but never the owner."""
    held = RoleAssignment.objects.active_on(day).filter(
        Q(role=Role.PROJECT_LEADER)
        | Q(role=Role.IKC_DIRECTOR, ikc=action.conclusion.of_return.agreement.ikc_id)
    )
    return list(
        User.objects.filter(pk__in=held.values("user")).exclude(pk=action.owner_id).order_by("pk")
    )
