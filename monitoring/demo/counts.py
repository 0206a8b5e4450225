"""Counts of children on a day of DUO: filled in, and here and there confirmed, disputed and decided on."""

from datetime import date, datetime

from django.db.models import QuerySet

from ikc.models import AgeBand, CountSource, Ikc, PupilCount, User
from ikc.services import child_counts
from kvk2.core.deadlines import DAY
from monitoring.demo.areas import PLACES
from monitoring.demo.people import OWN_IKC, World

BOARDS = 12


def make_counts(world: World, at: datetime) -> None:
    """The last 1 October that DUO published: filled in, and here and there confirmed, disputed or decided on."""
    newest = PupilCount.objects.order_by("-year").values_list("year", flat=True).first()
    if newest is None:
        return
    day, leader = date(newest, 10, 1), world.person("projectleider")
    ikcs = list(Ikc.objects.open_on(day).order_by("brin_location", "pk"))
    child_counts.prefill_from_duo(ikcs, day, by=leader, at=at - 2 * DAY)
    own = next(ikc for ikc in ikcs if ikc.brin_location == OWN_IKC)
    others = [ikc for ikc in ikcs if ikc != own and ikc.pk in world.directors]
    _remember(Ikc.objects.filter(brin_location__in=PLACES), newest, leader, at)
    for number, ikc in enumerate(others[:BOARDS]):
        count = child_counts.counts_by_band(ikc, day).get(AgeBand.FOUR_TWELVE)
        director = world.directors[ikc.pk]
        if count is None:
            continue
        young = {
            AgeBand.ZERO_ONE: child_counts.Figure(count.children // 12, CountSource.CHILDCARE),
            AgeBand.TWO_THREE: child_counts.Figure(count.children // 7, CountSource.CHILDCARE),
        }
        child_counts.enter_counts(ikc, day, figures=young, by=leader, at=at - DAY)
        if number % 4 == 3:
            count = child_counts.dispute_count(
                count,
                claimed=count.children + 6,
                note="Op 1 oktober stonden zes leerlingen van onze taalklas nog op een andere vestiging ingeschreven.",
                by=director,
                at=at - DAY / 2,
            )
            if number > 4:
                child_counts.resolve_dispute(
                    count,
                    follow_board=True,
                    reason="De school liet de inschrijvingen zien.",
                    by=leader,
                    at=at,
                )
        elif number % 4:
            child_counts.confirm_counts(ikc, day, by=director, at=at)


def _remember(ikcs: QuerySet[Ikc], newest: int, leader: User, at: datetime) -> None:
    """The small children of the years before, of the IKCs that stand in a district: a line in their yearly report."""
    for number, ikc in enumerate(ikcs.order_by("brin_location")):
        for back in range(1, 5):
            day, drift = date(newest - back, 10, 1), (back * (number + 2)) % 5
            child_counts.enter_counts(
                ikc,
                day,
                figures={
                    AgeBand.ZERO_ONE: child_counts.Figure(24 - back + drift, CountSource.CHILDCARE),
                    AgeBand.TWO_THREE: child_counts.Figure(
                        37 - 2 * back + drift, CountSource.CHILDCARE
                    ),
                },
                by=leader,
                at=at - DAY,
            )
