"""Who lives in the demonstration world: accounts, roles, seats, mandates."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from ikc.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from ikc.models import (
    AgeBand,
    ChildCount,
    CountSource,
    Ikc,
    IkcPartner,
    Mandate,
    Organisation,
    PlusStatus,
    PupilCount,
    RoleAssignment,
    User,
)
from ikc.roles import SEATED_ROLES, Role
from ikc.states import PlusState
from kvk2.core.deadlines import AMSTERDAM, local_date
from monitoring.demo.money import accounts
from subsidies.models import CommissionMember, SigningMandate
from subsidies.services.seats import appoint_member

SOURCE = "demonstratiegegevens"
SINCE = date(2021, 1, 1)
END_OF_PROGRAMME = date(2028, 12, 31)
# The IKC of the demo director: a Plus candidate of the board that the demo representative speaks for.
OWN_IKC = "16MB00"
FIRST_NAMES = (
    "Anke",
    "Bouke",
    "Corrie",
    "Dirk",
    "Elske",
    "Foppe",
    "Grietje",
    "Hylke",
    "Ilse",
    "Jorrit",
)
LAST_NAMES = (
    "de Vries",
    "Kooistra",
    "Meijer",
    "Nauta",
    "Pietersma",
    "Reitsma",
    "Sikkema",
    "Tolsma",
)
BOARD_NAMES = (
    "De Terpscholen",
    "Onderwijs aan de Vaart",
    "Scholen Middelzee",
    "De Blauwe Wimpel",
    "Primair De Greiden",
    "Vrij Onderwijs Het Hof",
)


@dataclass(slots=True)
class World:
    """The people and organisations that the rest of the world refers to."""

    municipality: Organisation
    commission: Organisation
    bureau: Organisation
    by_email: dict[str, User]
    directors: dict[int, User]
    seats: list[CommissionMember]
    leaders: list[CommissionMember]  # the chair and the deputy, who do not score here

    def person(self, name: str) -> User:
        """'projectleider' → the account projectleider@demo.example."""
        return self.by_email[f"{name}@demo.example"]


def populate(at: datetime) -> World:
    """Make organisations complete, people, roles, seats and counts of children."""
    municipality = Organisation.objects.get(kind=Organisation.Kind.MUNICIPALITY)
    commission, bureau = _own_organisations()
    _complete_organisations(at)
    partners = _partners()
    boards = {ikc.board_id: ikc.board for ikc in Ikc.objects.select_related("board").order_by("pk")}
    world = World(municipality, commission, bureau, {}, {}, [], [])
    _accounts(world, boards, partners)
    _directors(world)
    _seats(world)
    _plus()
    _children(world, at)
    accounts(world, at)
    SigningMandate.objects.bulk_create(
        SigningMandate(
            user=world.person(name),
            number=number,
            max_amount=Decimal(2_000_000),
            valid_from=SINCE,
        )
        for name, number in (
            ("ondertekenaar", "MANDAAT-DEMO-12"),
            ("ondertekenaar2", "MANDAAT-DEMO-13"),
        )
    )
    return world


def _own_organisations() -> tuple[Organisation, Organisation]:
    commission = Organisation.objects.create(
        kind=Organisation.Kind.OTHER,
        name="Onafhankelijke leden IKC-commissie (demo)",
        short_name="onafhankelijk",
        is_demo=True,
    )
    bureau = Organisation.objects.create(
        kind=Organisation.Kind.RESEARCH,
        name="Onderzoeksbureau Voorbeeld (demo)",
        short_name="bureau",
        is_demo=True,
    )
    return commission, bureau


def _complete_organisations(at: datetime) -> None:
    """What a letter needs; the addresses are invented.

    So are the names of boards of which the municipality knows the number only.
    """
    nameless = Organisation.objects.school_boards().filter(name__startswith="Schoolbestuur ")
    for board, name in zip(nameless.order_by("board_number"), BOARD_NAMES, strict=False):
        board.name, board.short_name = f"Stichting {name}", name
        board.save(update_fields=["name", "short_name"])
    Organisation.objects.filter(kind__in=["school_board", "childcare"]).update(
        electronic_consent_at=at,
        street="Voorbeeldstraat 1",
        postcode="8900 XX",
        city="Voorbeeldstad",
    )


def _partners() -> list[Organisation]:
    """Every IKC gets a childcare partner, in turn: which one it really is, nobody told."""
    partners = list(Organisation.objects.childcare().order_by("pk"))
    IkcPartner.objects.bulk_create(
        IkcPartner(ikc=ikc, organisation=partners[n % len(partners)], source=SOURCE)
        for n, ikc in enumerate(Ikc.objects.order_by("brin_location", "pk"))
    )
    return partners


def _accounts(world: World, boards: dict, partners: list[Organisation]) -> None:
    password = make_password(DEMO_PASSWORD)
    own = Ikc.objects.get(brin_location=OWN_IKC)
    places = {
        Role.IKC_DIRECTOR: own.board,
        Role.SCHOOL_BOARD: own.board,
        Role.CHILDCARE_BOARD: own.partners.get().organisation,
        Role.RESEARCHER: world.bureau,
    }
    for account in DEMO_ACCOUNTS:
        user = _user(
            account.email, account.first_name, account.last_name, account.job_title, password
        )
        world.by_email[account.email] = user
        if account.role not in SEATED_ROLES:
            _assign(
                user,
                account.role,
                places.get(account.role, world.municipality),
                own if account.role == Role.IKC_DIRECTOR else None,
            )
    world.directors[own.pk] = world.person("directeur")
    taken = {place.pk for place in (places[Role.SCHOOL_BOARD], places[Role.CHILDCARE_BOARD])}
    others = [
        *((board, Role.SCHOOL_BOARD) for board in boards.values()),
        *((partner, Role.CHILDCARE_BOARD) for partner in partners),
    ]
    for n, (organisation, role) in enumerate(others):
        if organisation.pk not in taken:
            email = f"bestuur-{organisation.pk}@demo.example"
            user = _user(email, *_name(n), "bestuurder", password)
            world.by_email[email] = user
            _assign(user, role, organisation, None)


def _directors(world: World) -> None:
    password = world.person("directeur").password
    for n, ikc in enumerate(Ikc.objects.select_related("board").order_by("brin_location", "pk")):
        if ikc.pk not in world.directors:
            email = f"directeur-{ikc.brin_location.lower()}@demo.example"
            user = _user(email, *_name(n + 3), "directeur", password)
            _assign(user, Role.IKC_DIRECTOR, ikc.board, ikc)
            world.directors[ikc.pk] = user
        Mandate.objects.create(
            user=world.directors[ikc.pk],
            organisation=ikc.board,
            ikc=ikc,
            reference=f"MACHTIGING-DEMO-{ikc.brin_location}",
            valid_from=SINCE,
        )


def _name(n: int) -> tuple[str, str]:
    return FIRST_NAMES[n % len(FIRST_NAMES)], LAST_NAMES[n * 3 % len(LAST_NAMES)]


def _user(email: str, first_name: str, last_name: str, job_title: str, password: str) -> User:
    user = User.objects.create(
        email=email,
        first_name=first_name,
        last_name=last_name,
        job_title=job_title,
        password=password,
        is_demo=True,
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _assign(user: User, role: Role, organisation: Organisation, ikc: Ikc | None) -> None:
    RoleAssignment.objects.create(
        user=user, role=role, organisation=organisation, ikc=ikc, valid_from=SINCE
    )


def _seats(world: World) -> None:
    """An independent chair, deputy and members, one who works for a board and so has interests, a secretary."""
    conflicted = Organisation.objects.get(board_number="41419")
    member, secretary = CommissionMember.Function.MEMBER, CommissionMember.Function.SECRETARY
    chair, deputy = CommissionMember.Function.CHAIR, CommissionMember.Function.DEPUTY_CHAIR
    for name, organisation, function in (
        ("commissielid", world.commission, member),
        ("commissielid2", world.commission, member),
        ("commissielid3", world.commission, member),
        ("commissielid4", conflicted, member),
        ("secretaris", world.municipality, secretary),
        ("voorzitter", world.commission, chair),
        ("plaatsvervanger", world.commission, deputy),
    ):
        seat = appoint_member(
            world.person(name),
            organisation=organisation,
            function=function,
            valid_from=SINCE,
            valid_until=END_OF_PROGRAMME,
            decision_number="B&W-DEMO-COMMISSIE",
            decided_on=SINCE,
            sits_in_council=False,
            by=world.person("beheerder"),
            at=datetime.combine(SINCE, time(10), tzinfo=AMSTERDAM),
        )
        if function == member:
            world.seats.append(seat)
        elif function != secretary:
            world.leaders.append(seat)


def _plus() -> None:
    """Two terms for each candidate: four years, and on to the end of the programme (programme, annex 1).

    They take the place of the candidacy that the register knows: that led to them.
    """
    for ikc in Ikc.objects.filter(plus_candidate=True).order_by("pk"):
        ikc.plus_statuses.filter(state=PlusState.CANDIDATE).delete()
        for state, start, end in (
            (PlusState.EXPIRED, date(2022, 1, 1), date(2025, 12, 31)),
            (PlusState.GRANTED, date(2026, 1, 1), END_OF_PROGRAMME),
        ):
            PlusStatus.objects.create(
                ikc=ikc, state=state, valid_from=start, valid_until=end, source=SOURCE
            )


def latest_count(at: datetime) -> date:
    """The last 1 February: a day that is still to come has no children to count."""
    today = local_date(at)
    return date(today.year if today.month > 1 else today.year - 1, 2, 1)


def _signed(world: World, ikc_id: int, day: date, at: datetime) -> dict[str, Any]:
    """Entered two days after the count. Those of years that are over were confirmed a week later; those of this year
    with the application."""
    entered_at = min(datetime.combine(day, time(9, 30), tzinfo=AMSTERDAM) + timedelta(days=2), at)
    director = world.directors.get(ikc_id)
    if director is None or day == latest_count(at):
        return {"entered_at": entered_at}
    confirmed = {"confirmed_by": director, "confirmed_at": entered_at + timedelta(days=7)}
    return {"entered_at": entered_at, **confirmed}


def _children(world: World, at: datetime) -> None:
    """Counts on 1 February, derived from the last number of pupils with an invented number of younger children."""
    latest: dict[int, int] = {}
    for count in PupilCount.objects.exclude(pupils=None).order_by("ikc", "year"):
        latest[count.ikc_id] = count.pupils
    bands = (
        (AgeBand.ZERO_ONE, 12, CountSource.CHILDCARE),
        (AgeBand.TWO_THREE, 7, CountSource.CHILDCARE),
        (AgeBand.FOUR_TWELVE, 1, CountSource.SCHOOL),
    )
    ChildCount.objects.bulk_create(
        ChildCount(
            ikc_id=ikc_id,
            reference_date=date(year, 2, 1),
            band=band,
            children=pupils // share,
            source=source,
            source_note=SOURCE,
            **_signed(world, ikc_id, date(year, 2, 1), at),
        )
        for ikc_id, pupils in latest.items()
        for year in range(latest_count(at).year - 2, latest_count(at).year + 1)
        for band, share, source in bands
    )
