"""The areas of the demonstration world: invented figures of the real districts, one review behind and one under way.

Every figure says in its source that it is invented; only inhabitants, dwellings and hectares are real.
"""

import random
from datetime import date, datetime, time, timedelta

from ikc.importers.area_figures import ColumnMapping
from ikc.models import (
    AreaImport,
    AreaRecalibration,
    AttentionArea,
    Body,
    Consultation,
    District,
    Ikc,
    PlusStatus,
)
from ikc.services import area_imports, centres, governance, ikc_life, plus_life, recalibrations
from ikc.services.recalibration_effect import take_effect
from ikc.states import PlusState
from ikc.states_governance import BodyKind, ConsultationState, ItemOutcome
from kvk2.core.deadlines import AMSTERDAM
from monitoring.demo.people import OWN_IKC, World

SEED = 2023
YEARS = (2019, 2021, 2023, 2025)
INVENTED = "Demonstratie: verzonnen cijfers in de vorm van {}"
INVENTED_PLACE = "Demonstratie: in welke wijk dit IKC ligt, is verzonnen."
# File, the source that it looks like, and per column: indicator, lowest and highest figure, step, worse is higher.
FILES = (
    ("kinderen-in-tel-demo.csv", "Kinderen in Tel", (("kit-uitkering", 3, 28, True), ("kit-jeugdzorg", 5, 16, True))),
    ("oab-dashboard-demo.csv", "het OAB-dashboard van het CBS", (("oab-achterstand", 1, 9, True),)),
    ("jeugdmonitor-demo.csv", "de Jeugdmonitor", (("jm-gezondheid", 70, 95, False), ("sociale-index", 5, 8, False))),
    ("scholen-en-opvang-demo.csv", "opgaven van scholen en kinderopvang", (("sch-vve", 4, 45, True),)),
)  # fmt: skip
# What the review under way proposes, with the IKC that the demonstration puts there.
LEAVES, ENTERS = "WK008040", "WK008030"
PLACES = {OWN_IKC: LEAVES, "15SW00": "WK008060", "31AG00": "WK008061", "10FJ00": ENTERS}


def make_areas(world: World, now: datetime) -> None:
    """Figures first, then the review of 2023 that kept the list, then the one that is under way."""
    if not AreaRecalibration.objects.exists():
        return  # a municipality without attention areas in its facts
    dice = random.Random(SEED)  # noqa: S311 - reproducible on purpose, no secret
    districts = list(District.objects.order_by("-year", "code"))
    districts = [one for one in districts if one.year == districts[0].year]
    for name, source, columns in FILES:
        _read(world, name, source, _lines(districts, columns, dice), columns)
    _wait(world, now)
    _review_of_2023(world, districts[0].year)
    _place_ikcs(world, now)
    _review_under_way(world, districts[0].year, now)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(15), AMSTERDAM)


def _vulnerability(district: District, areas: set[int], year: int, dice: random.Random) -> float:
    """From 0 to 1; one attention area does better over the years, and one other district worse."""
    base = 0.72 if district.pk in areas else 0.3
    drift = (year - YEARS[0]) * 0.09
    if district.code == LEAVES:
        base -= drift
    elif district.code == ENTERS:
        base += drift
    return min(max(base + dice.uniform(-0.16, 0.16), 0.0), 1.0)


def _lines(districts: list[District], columns: tuple, dice: random.Random) -> list[str]:
    areas = set(AttentionArea.objects.values_list("district", flat=True))
    lines = []
    for year in YEARS:
        for district in districts:
            cells = []
            for _, lowest, highest, higher_is_worse in columns:
                share = _vulnerability(district, areas, year, dice)
                share = share if higher_is_worse else 1 - share
                cells.append(f"{lowest + share * (highest - lowest):.1f}".replace(".", ","))
            if dice.random() < 0.02:
                cells[-1] = dice.choice((".", "<5"))
            mark = "I" if dice.random() < 0.08 else "B"
            lines.append(";".join([district.code, str(year), *cells, mark]))
    return lines


def _upload(
    world: World, name: str, source: str, lines: list[str], columns: tuple, day: date
) -> AreaImport:
    leader, at = world.person("projectleider"), _at(day)
    header = ";".join(["wijkcode", "jaar", *(code for code, *_ in columns), "betrouwbaarheid"])
    origin = area_imports.Origin(
        INVENTED.format(source),
        "alleen voor de demonstratie",
        day,
        District.objects.latest("year").year,
    )
    content = "\r\n".join([header, *lines]).encode()
    made = area_imports.upload(name, content, origin=origin, by=leader, at=at)
    mapping = ColumnMapping(
        "WIJKCODE",
        year_column="JAAR",
        mark_column="BETROUWBAARHEID",
        values={code.replace("-", " ").upper(): code for code, *_ in columns},
    )
    return area_imports.map_columns(made, mapping, by=leader, at=at)


def _read(world: World, name: str, source: str, lines: list[str], columns: tuple) -> None:
    day = date(2026, 2, 10)
    made = _upload(world, name, source, lines, columns, day)
    area_imports.apply(made, skip_errors=False, by=world.person("projectleider"), at=_at(day))


def _wait(world: World, now: datetime) -> None:
    """A correction that waits for somebody to confirm it, with a row that cannot be read."""
    lines = [
        "WK008050;2025;6,4;B",
        "WK008061;2025;5,1;I",
        "WK008036;2025;7,0;B",
        "WK008010;2025;zes;B",
    ]
    columns = (("sociale-index", 5, 8, False),)
    day = (now - timedelta(days=1)).date()
    _upload(world, "sociale-index-correctie-demo.csv", "de Sociale Index", lines, columns, day)


def _planned(world: World, plan: recalibrations.Plan, day: date) -> AreaRecalibration:
    leader, at = world.person("projectleider"), _at(day)
    recalibration = recalibrations.plan(plan, by=leader, at=at)
    recalibration = recalibrations.collect(recalibration, by=leader, at=at)
    return recalibrations.analyse(recalibration, by=leader, at=at + timedelta(days=30))


def _review_of_2023(world: World, map_year: int) -> None:
    """The list stayed as it was; each status Plus was looked at and continued."""
    leader = world.person("projectleider")
    plan = recalibrations.Plan(2023, map_year, 2022, "Eerste herijking van het programma.")
    recalibration = _planned(world, plan, date(2023, 5, 10))
    day = date(2023, 9, 19)
    _discuss(recalibration, leader, day)
    recalibration = recalibrations.discuss(recalibration, by=leader, at=_at(day))
    adoption = recalibrations.Adoption(
        date(2023, 10, 10), "Demonstratie: collegebesluit over de herijking 2023", date(2023, 11, 1)
    )
    signer = world.person("ondertekenaar")
    recalibration = recalibrations.adopt(
        recalibration, adoption, by=signer, at=_at(date(2023, 10, 12))
    )
    take_effect(recalibration, by=None, at=_at(date(2023, 11, 1)))
    reviewed = PlusStatus.objects.filter(state=PlusState.UNDER_RECALIBRATION)
    # what is under way today has an intent, and is no part of this
    for status in reviewed.exclude(reviews__intent__gt="").order_by("pk"):
        plus_life.continue_status(
            status, reason="De lijst van aandachtsgebieden bleef gelijk.", by=leader, at=_at(date(2023, 11, 20))
        )  # fmt: skip


def _discuss(recalibration: AreaRecalibration, leader, day: date) -> None:
    body = Body.objects.filter(kind=BodyKind.BOARD_CONSULTATION).order_by("pk")[0]
    at = _at(day + timedelta(days=1))
    meeting = governance.plan_meeting(
        body, takes_place_on=day, starts_at=time(13, 30), location="Stadskantoor", by=leader, at=at
    )
    item = recalibrations.put_on_agenda(recalibration, meeting, by=leader, at=at)
    meeting = governance.hold_meeting(
        meeting, attendance="Iedereen was aanwezig.", by=leader, at=at
    )
    item.refresh_from_db()
    governance.write_minutes(
        item, outcome=ItemOutcome.DISCUSSED, minutes="De analyse is besproken. De lijst blijft gelijk.",
        decision="De zeven aandachtsgebieden blijven gelijk.", by=leader, at=at,
    )  # fmt: skip
    governance.adopt_minutes(
        meeting, adopted_on=day + timedelta(days=14), by=leader, at=at + timedelta(days=14)
    )


def _place_ikcs(world: World, now: datetime) -> None:
    """No source says which IKC lies where: a few are put in a district, and say that this is invented."""
    leader = world.person("projectleider")
    areas = {
        area.district.code: area
        for area in AttentionArea.objects.active_on(now.date()).select_related("district")
    }
    districts = {one.code: one for one in District.objects.order_by("year")}
    for ikc in Ikc.objects.filter(brin_location__in=PLACES).order_by("brin_location"):
        code = PLACES[ikc.brin_location or ""]
        area = areas.get(code)
        if area and ikc.form != Ikc.Form.AREA:
            ikc_life.change_form(
                ikc, form=Ikc.Form.AREA, special_education=ikc.special_education,
                valid_from=date(2023, 11, 1), source=INVENTED_PLACE, by=leader, at=now,
            )  # fmt: skip
        facts = centres.IkcFacts(
            attention_area=area,
            district=districts.get(code),
            founding=ikc.founding,
            extended_learning_time=ikc.extended_learning_time,
            note=f"{ikc.note} {INVENTED_PLACE}".strip(),
        )
        centres.change_ikc(ikc, facts=facts, by=leader, at=now)


def _review_under_way(world: World, map_year: int, now: datetime) -> None:
    """Analysed and proposed; it stands on the agenda of the next bestuurlijk overleg."""
    leader = world.person("projectleider")
    plan = recalibrations.Plan(
        now.year + 1, map_year, now.year, "Cijfers van vijf bronnen zijn ingelezen."
    )
    recalibration = _planned(world, plan, (now - timedelta(days=50)).date())
    for code, is_area, why in (
        (LEAVES, False, "De cijfers zijn drie peiljaren achter elkaar verbeterd (demonstratie)."),
        (ENTERS, True, "De cijfers zijn drie peiljaren achter elkaar verslechterd (demonstratie)."),
    ):
        designation = recalibration.designations.filter(district__code=code).first()
        if designation is not None:
            recalibrations.designate(
                designation, is_attention_area=is_area, rationale=why, by=leader, at=now - timedelta(days=5)
            )  # fmt: skip
    meeting = (
        Consultation.objects.filter(
            body__kind=BodyKind.BOARD_CONSULTATION, state=ConsultationState.PLANNED
        )
        .order_by("takes_place_on")
        .first()
    )
    if meeting is not None:
        recalibrations.put_on_agenda(recalibration, meeting, by=leader, at=now - timedelta(days=4))
