"""The figures and actions that still wait for a director: whoever has the role may go on with them."""

from collections.abc import Iterable

from ikc.models import Ikc, User
from kvk2.core.worklist import WorkItem
from monitoring.models import Action, Return
from monitoring.states import EDITABLE, CycleState


def waiting(ikc: Ikc, leaving: User) -> Iterable[WorkItem]:
    returns = Return.objects.filter(
        agreement__ikc=ikc, state__in=EDITABLE, cycle__state=CycleState.COLLECTING
    ).select_related("cycle__year")
    for row in returns.order_by("cycle__submit_by", "pk"):
        yield WorkItem(
            f"Cijfers over {row.cycle.year}", "", "aan te leveren", due=row.cycle.submit_by
        )
    actions = Action.objects.open().filter(owner=leaving, conclusion__of_return__agreement__ikc=ikc)
    for action in actions.order_by("due_on", "pk"):
        yield WorkItem(action.title, "", "verbeteractie", due=action.due_on)
