"""What of this app waits for a director, and what of it passes to the next one."""

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils import timezone

from ikc.models import ActionItem, Ikc, PlusStatus, RoleAssignment, SupportRequest, User
from ikc.passing import HandingOver
from ikc.roles import Role
from kvk2.core.audit import record
from kvk2.core.worklist import WorkItem


def waiting(ikc: Ikc, leaving: User) -> Iterable[WorkItem]:
    for action in actions_about(ikc, leaving).select_related("body"):
        yield WorkItem(action.title, "", f"actie uit {action.body}", due=action.due_on)
    for request in SupportRequest.objects.filter(ikc=ikc).open().by_urgency():
        yield WorkItem(
            str(request.get_kind_display()), "", "verzoek om ondersteuning", due=request.wanted_by
        )


def take(deed: HandingOver) -> None:
    """The actions go to the successor, with a line in the trail of the body that agreed on them."""
    for action in actions_about(deed.ikc, deed.leaving).select_related("body"):
        action.owner = deed.successor
        action.save(update_fields=["owner"])
        record(
            action.body, "body.action_passed", actor=deed.by, at=deed.at,
            reason=f"{action}: {deed.leaving} → {deed.successor}.",
        )  # fmt: skip


def actions_about(ikc: Ikc, owner: User) -> QuerySet[ActionItem]:
    """The open actions of `owner` about `ikc`; all of them for who directs no other IKC."""
    actions = ActionItem.objects.open().filter(owner=owner).order_by("due_on", "pk")
    elsewhere = RoleAssignment.objects.active_on(timezone.localdate()).filter(
        user=owner, role=Role.IKC_DIRECTOR
    )
    if not elsewhere.exclude(ikc=ikc).exists():
        return actions
    kind = ContentType.objects.get_for_model
    statuses = PlusStatus.objects.filter(ikc=ikc).values("pk")
    return actions.filter(
        Q(item__subject_type=kind(Ikc), item__subject_id=ikc.pk)
        | Q(item__subject_type=kind(PlusStatus), item__subject_id__in=statuses)
    )
