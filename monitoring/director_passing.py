"""The figures that still wait for a director: they hang on the role, so they pass by themselves."""

from collections.abc import Iterable

from ikc.models import Ikc, User
from kvk2.core.worklist import WorkItem
from monitoring.models import Return
from monitoring.states import EDITABLE, CycleState


def waiting(ikc: Ikc, leaving: User) -> Iterable[WorkItem]:
    returns = Return.objects.filter(
        agreement__ikc=ikc, state__in=EDITABLE, cycle__state=CycleState.COLLECTING
    ).select_related("cycle__year")
    for row in returns.order_by("cycle__submit_by", "pk"):
        yield WorkItem(
            f"Cijfers over {row.cycle.year}", "", "aan te leveren", due=row.cycle.submit_by
        )
