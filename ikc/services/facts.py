"""Fill the register from the portal's own fact files. What is there already stays as it is: nothing is overwritten."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import models, transaction

from ikc.importers import facts
from ikc.importers.duo import PUPILS_SOURCE
from ikc.importers.tables import UnreadableFile
from ikc.models import (
    AreaIndicator,
    AreaIndicatorBand,
    AttentionArea,
    District,
    Ikc,
    IkcName,
    IkcSuccession,
    Organisation,
    PlusStatus,
    PupilCount,
)
from ikc.services.area_facts import keep_district_facts, keep_first_list
from ikc.services.reports import ImportReport
from kvk2.core.audit import record

Row = dict[str, Any]


@transaction.atomic
def load_facts(folder: Path, *, at: datetime) -> dict[str, ImportReport]:
    """Load every fact file of `folder`, all or nothing; the report per file name."""
    steps: list[tuple[facts.FactFile, Callable[[list[Row]], ImportReport]]] = [
        (facts.ORGANISATIONS, _organisations),
        (facts.DISTRICTS, _districts),
        (facts.ATTENTION_AREAS, lambda rows: _attention_areas(rows, at)),
        (facts.AREA_INDICATORS, lambda rows: _area_indicators(rows, at)),
        (facts.AREA_BANDS, _area_bands),
        (facts.LOCATIONS, lambda rows: _locations(rows, at)),
        (facts.NAMES, _names),
        (facts.PUPILS, _pupils),
        (facts.PLUS_STATUSES, _plus_statuses),
        (facts.SUCCESSIONS, _successions),
    ]
    return {file.name: load(file.read(folder)) for file, load in steps}


def _fill(model: type[models.Model], rows: list[Row], *, key: tuple[str, ...]) -> list[Any]:
    """Create the rows whose `key` nobody has yet; the new objects."""
    known = set(model._default_manager.values_list(*key))
    new = [model(**row) for row in rows if tuple(row[name] for name in key) not in known]
    return model._default_manager.bulk_create(new)


def _report(rows: list[Row], created: list) -> ImportReport:
    return ImportReport(created=len(created), unchanged=len(rows) - len(created))


def _organisations(rows: list[Row]) -> ImportReport:
    """A school board is known by its number, any other organisation by its name."""
    created = []
    for row in rows:
        # where the name was found stands in the file, an organisation keeps no source
        organisation = Organisation(**{name: row[name] for name in row if name != "source"})
        known = Organisation.objects.filter(kind=organisation.kind)
        if organisation.board_number:
            known = known.filter(board_number=organisation.board_number)
        else:
            known = known.filter(name__iexact=organisation.name)
        if not known.exists():
            organisation.save(force_insert=True)
            created.append(organisation)
    return _report(rows, created)


def _districts(rows: list[Row]) -> ImportReport:
    return _report(rows, _fill(District, rows, key=("code", "year")))


def _attention_areas(rows: list[Row], at: datetime) -> ImportReport:
    """The first list is one version of the list like any other: that of the programme decision."""
    districts = {(row.code, row.year): row.pk for row in District.objects.all()}
    for row in rows:
        place = (row.pop("district_code"), row.pop("district_year"))
        row["district_id"] = _look_up(districts, place, facts.ATTENTION_AREAS)
    created = _fill(AttentionArea, rows, key=("district_id", "valid_from"))
    if created:
        keep_first_list(created, at=at)
    return _report(rows, created)


def _area_indicators(rows: list[Row], at: datetime) -> ImportReport:
    """With them come the facts of CBS about the districts, as figures of the year of their map."""
    created = _fill(AreaIndicator, rows, key=("code",))
    keep_district_facts(created, at=at)
    return _report(rows, created)


def _area_bands(rows: list[Row]) -> ImportReport:
    indicators = dict(AreaIndicator.objects.values_list("code", "pk"))
    for row in rows:
        row["indicator_id"] = _look_up(indicators, row.pop("indicator"), facts.AREA_BANDS)
    return _report(rows, _fill(AreaIndicatorBand, rows, key=("indicator_id", "lowest")))


def _locations(rows: list[Row], at: datetime) -> ImportReport:
    boards = dict(Organisation.objects.school_boards().values_list("board_number", "pk"))
    for row in rows:
        row["brin_location"] = row.pop("code")
        row["board_id"] = _look_up(boards, row.pop("board_number"), facts.LOCATIONS)
    created = _fill(Ikc, rows, key=("brin_location",))
    for ikc in created:
        record(ikc, "ikc.imported", actor=None, at=at, source=ikc.source, stand_on=ikc.source_on)
    return _report(rows, created)


def _names(rows: list[Row]) -> ImportReport:
    """The history of an IKC that has none; one that was imported since has its own."""
    told = set(IkcName.objects.values_list("ikc__brin_location", flat=True))
    unnamed = [row for row in rows if row["code"] not in told]
    created = _fill(IkcName, _with_ikc(unnamed, facts.NAMES), key=("ikc_id", "valid_from"))
    return _report(rows, created)


def _pupils(rows: list[Row]) -> ImportReport:
    for row in rows:
        row |= {"fewer_than_5": row["pupils"] is None, "source": PUPILS_SOURCE}
    created = _fill(PupilCount, _with_ikc(rows, facts.PUPILS), key=("ikc_id", "year"))
    return _report(rows, created)


def _plus_statuses(rows: list[Row]) -> ImportReport:
    """The first status of an IKC that has none: later ones follow from decisions in the portal."""
    with_status = set(PlusStatus.objects.values_list("ikc__brin_location", flat=True))
    first = [row for row in rows if row["code"] not in with_status]
    created = _fill(PlusStatus, _with_ikc(first, facts.PLUS_STATUSES), key=("ikc_id", "valid_from"))
    return _report(rows, created)


def _successions(rows: list[Row]) -> ImportReport:
    ikcs = _ikcs()
    for row in rows:
        for end in ("predecessor", "successor"):
            row[f"{end}_id"] = _look_up(ikcs, row.pop(end), facts.SUCCESSIONS)
    return _report(rows, _fill(IkcSuccession, rows, key=("predecessor_id", "successor_id")))


def _with_ikc(rows: list[Row], file: facts.FactFile) -> list[Row]:
    """The rows with `ikc_id` in place of the location code."""
    ikcs = _ikcs()
    for row in rows:
        row["ikc_id"] = _look_up(ikcs, row.pop("code"), file)
    return rows


def _ikcs() -> dict[str | None, int]:
    return dict(Ikc.objects.filter(brin_location__isnull=False).values_list("brin_location", "pk"))


def _look_up(known: Mapping[Any, int], key: Any, file: facts.FactFile) -> int:
    try:
        return known[key]
    except KeyError as error:
        raise UnreadableFile(f"{file.name} verwijst naar {key}, en dat is er niet.") from error
