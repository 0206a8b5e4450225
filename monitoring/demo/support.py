"""The support staff of the demonstration world: pools as the programme has them, people, hours and a few requests."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from ikc.models import Ikc, Organisation, PlusStatus, SupportWorker
from ikc.services import support as services
from ikc.states_support import SupportKind, SupportRequestKind
from kvk2.core.deadlines import local_date
from monitoring.demo.people import SOURCE, World

# People and hours of each kind (programme 004, 3.3).
POOLS = {SupportKind.YOUTH: (3, Decimal(22)), SupportKind.VVE: (9, Decimal(16))}
QUESTION = "Wij willen ouders van jonge kinderen vaker bereiken. Kan iemand met ons meedenken?"


def make_support(world: World, now: datetime) -> None:
    leader, today = world.person("projectleider"), local_date(now)
    for year in (today.year - 1, today.year, today.year + 1):
        for kind, (workers, hours) in POOLS.items():
            services.set_pool(
                kind=kind, year=year, workers=workers, hours_each=hours, source=SOURCE,
                by=leader, at=now,
            )  # fmt: skip
    employer = Organisation.objects.filter(kind=Organisation.Kind.MUNICIPALITY).order_by("pk")[0]
    _allocate(world, employer, today, now)
    _ask(world, now)


def _allocate(world: World, employer: Organisation, today: date, now: datetime) -> None:
    """Each IKC with the status Plus has VVE hours; the first three have a jeugdondersteuner as well."""
    first, last = date(today.year, 1, 1), date(today.year, 12, 31)
    statuses = (
        PlusStatus.objects.granted()
        .filter(valid_from__lte=first, valid_until__gte=last)
        .select_related("ikc")
        .order_by("ikc__name", "pk")
    )
    leader = world.person("projectleider")
    for number, status in enumerate(statuses[: POOLS[SupportKind.VVE][0]], 1):
        worker = services.add_worker(
            label=f"jeugdondersteuner {number}", name="", employer=employer, by=leader, at=now
        )
        _hours(status.ikc, SupportKind.VVE, worker, Decimal(16), first, last, world, now)
        if number <= POOLS[SupportKind.YOUTH][0]:
            _hours(status.ikc, SupportKind.YOUTH, worker, Decimal(22), first, last, world, now)


def _hours(
    ikc: Ikc, kind: str, worker: SupportWorker, hours: Decimal, first: date, last: date,
    world: World, now: datetime,
) -> None:  # fmt: skip
    terms = services.AllocationTerms(kind, worker, hours, first, last, SOURCE)
    services.allocate(ikc, terms=terms, by=world.person("projectleider"), at=now)


def _ask(world: World, now: datetime) -> None:
    """One request that waits, one that was picked up, and one that is done."""
    regular = Ikc.objects.open_on(local_date(now)).filter(
        form=Ikc.Form.REGULAR, plus_candidate=False
    )
    leader, director = world.person("projectleider"), world.person("directeur")
    for number, ikc in enumerate(regular.order_by("name", "pk")[:3]):
        asked = services.request_support(
            ikc, kind=SupportRequestKind.CONSULTATION, wanted_kind=SupportKind.PEDAGOGUE,
            question=QUESTION, wanted_by=local_date(now) + timedelta(weeks=4),
            both_motivated=False, by=director, at=now - timedelta(days=20 * number + 2),
        )  # fmt: skip
        if number:
            services.answer_request(
                asked, step="accept", answer="Graag. De pedagoog belt u deze week.",
                by=leader, at=now - timedelta(days=20 * number),
            )  # fmt: skip
        if number == 2:
            services.finish_request(
                asked, hours_spent=Decimal("3.5"), by=leader, at=now - timedelta(days=10),
                outcome="Twee gesprekken met het team. Er komt een ouderochtend per maand.",
            )  # fmt: skip
