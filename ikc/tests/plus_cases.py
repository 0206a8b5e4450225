"""A status Plus at each point of its way, made by the services themselves."""

from datetime import UTC, date, datetime

from ikc.models import PlusStatus, User
from ikc.services import plus
from ikc.states import ConditionOutcome
from ikc.tests.factories import AgendaItemFactory, IkcFactory, UserFactory

AT = datetime(2026, 5, 20, 8, tzinfo=UTC)
DISCUSSED = date(2026, 5, 12)
END_OF_PROGRAMME = date(2028, 12, 31)
PROGRAMME = (date(2021, 1, 1), END_OF_PROGRAMME)


def being_checked(leader: User, **ikc) -> PlusStatus:
    status = plus.nominate(IkcFactory(in_area=True, **ikc), source="programma", by=leader, at=AT)
    return plus.check(status, by=leader, at=AT)


def meet(status: PlusStatus, leader: User, *, but: tuple[str, ...] = ()) -> None:
    """Every condition is met, but these."""
    for condition in status.conditions.exclude(code__in=["P00", *but]).order_by("code"):
        plus.assess(condition, outcome=ConditionOutcome.MET, note="", by=leader, at=AT)


def discuss(status: PlusStatus) -> PlusStatus:
    """The boards talked about it."""
    AgendaItemFactory(subject=status, discussed=True, meeting__takes_place_on=DISCUSSED)
    return status


def proposed(leader: User, **ikc) -> PlusStatus:
    status = being_checked(leader, **ikc)
    meet(status, leader)
    return plus.propose(discuss(status), by=leader, at=AT)


def granted(leader: User, *, valid_from: date = date(2026, 6, 1), **ikc) -> PlusStatus:
    return plus.grant(
        proposed(leader, **ikc),
        valid_from=valid_from,
        programme=PROGRAMME,
        by=UserFactory(signer=True),
        at=AT,
    )
