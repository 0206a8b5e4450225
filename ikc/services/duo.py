"""What the files of DUO do to the register: new locations, new facts, new names, and never a deletion."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from ikc.importers.duo import LOCATIONS_SOURCE, PUPILS_SOURCE, Location, Pupils
from ikc.importers.tables import Parsed, RowError
from ikc.models import Ikc, IkcName, Organisation, PupilCount
from ikc.services.boards import follow_board
from ikc.services.centres import ChangeRefused
from ikc.services.names import NameConflict, observe_name
from ikc.services.reports import ImportReport
from kvk2.core.audit import record

_FACTS = ("board_id", "street", "postcode", "city")


@transaction.atomic
def import_locations(
    parsed: Parsed[Location], *, stand_on: date, at: datetime, source: str = LOCATIONS_SOURCE
) -> ImportReport:
    """Bring the register to what a list of `stand_on` says; an older list only adds to the name history."""
    report = ImportReport.of(parsed)
    known = _by_code(row.code for row in parsed.rows)
    names = _names_of(known.values())
    boards = _boards(parsed.rows, report)
    for row in parsed.rows:
        ikc = known.get(row.code)
        if ikc is None:
            _create(row, boards[row.board_number], stand_on=stand_on, at=at, source=source)
            report.created += 1
            continue
        try:
            changed = _update(
                ikc, row, boards, names[ikc.pk], stand_on=stand_on, at=at, source=source
            )
        except NameConflict as error:
            report.errors.append(RowError(row.line, "VESTIGINGSNAAM", error.message))
            continue
        report.changed += changed
        report.unchanged += not changed
    report.notes += _missing({row.code for row in parsed.rows}, stand_on)
    return report


@transaction.atomic
def import_pupils(
    parsed: Parsed[Pupils], *, at: datetime, source: str = PUPILS_SOURCE
) -> ImportReport:
    """The pupils per year of the locations in the register; counted in figures (one location, one year).

    A year with 0 pupils is one in which the location did not exist: it is only stored where it
    corrects a figure that an earlier file gave.
    """
    report = ImportReport.of(parsed)
    known = _by_code(row.code for row in parsed.rows)
    stored = {
        (count.ikc_id, count.year): count
        for count in PupilCount.objects.filter(ikc__in=[ikc.pk for ikc in known.values()])
    }
    strangers = []
    for row in parsed.rows:
        ikc = known.get(row.code)
        if ikc is None:
            strangers.append(f"{row.code} {row.name}")
            continue
        figures = _merge_pupils(ikc, row, stored, source)
        figures.store()
        report.created += len(figures.new)
        report.changed += len(figures.corrected)
        report.unchanged += figures.same
        if figures.new or figures.corrected:
            record(
                ikc, "ikc.imported", actor=None, at=at,
                source=source, new_years=len(figures.new), corrected_years=len(figures.corrected),
            )  # fmt: skip
    if strangers:
        report.notes.append(
            f"{len(strangers)} vestigingen staan niet in het register en zijn overgeslagen: "
            + ", ".join(strangers)
        )
    return report


class _PupilFigures:
    """What one row means for the stored figures of one IKC."""

    def __init__(self) -> None:
        self.new: list[PupilCount] = []
        self.corrected: list[PupilCount] = []
        self.same = 0

    def store(self) -> None:
        PupilCount.objects.bulk_create(self.new)
        PupilCount.objects.bulk_update(self.corrected, ["pupils", "fewer_than_5", "source"])


def _merge_pupils(
    ikc: Ikc, row: Pupils, stored: dict[tuple[int, int], PupilCount], source: str
) -> _PupilFigures:
    figures = _PupilFigures()
    for year, pupils in row.by_year.items():
        count = stored.get((ikc.pk, year))
        if count is None:
            if pupils != 0:
                figures.new.append(
                    PupilCount(
                        ikc=ikc,
                        year=year,
                        pupils=pupils,
                        fewer_than_5=pupils is None,
                        source=source,
                    )
                )
        elif count.pupils == pupils:
            figures.same += 1
        else:
            count.pupils, count.fewer_than_5, count.source = pupils, pupils is None, source
            figures.corrected.append(count)
    return figures


def _by_code(codes: Iterable[str]) -> dict[str, Ikc]:
    """The IKCs with these location codes, locked for the rest of the transaction."""
    ikcs = (
        Ikc.objects.select_for_update(of=("self",))
        .filter(brin_location__in=list(codes))
        .order_by("pk")
    )
    return {ikc.brin_location or "": ikc for ikc in ikcs}


def _names_of(ikcs: Iterable[Ikc]) -> dict[int, list[IkcName]]:
    names: dict[int, list[IkcName]] = defaultdict(list)
    history = IkcName.objects.filter(ikc__in=[ikc.pk for ikc in ikcs])
    for name in history.order_by("ikc", F("valid_from").asc(nulls_first=True)):
        names[name.ikc_id].append(name)
    return names


def _boards(rows: Iterable[Location], report: ImportReport) -> dict[str, Organisation]:
    """The school boards by number; an unknown one is made under its number, DUO gives no name here."""
    numbers = sorted({row.board_number for row in rows})
    boards = {
        board.board_number: board for board in Organisation.objects.filter(board_number__in=numbers)
    }
    for number in numbers:
        if number not in boards:
            boards[number] = Organisation.objects.create(
                kind=Organisation.Kind.SCHOOL_BOARD,
                name=f"Schoolbestuur {number}",
                short_name=f"Bestuur {number}",
                board_number=number,
            )
            report.notes.append(f"nieuw schoolbestuur {number}; vul de naam nog in")
    return boards


def _create(
    row: Location, board: Organisation, *, stand_on: date, at: datetime, source: str
) -> None:
    ikc = Ikc.objects.create(
        brin_location=row.code,
        name=row.name,
        # Which IKC lies in an attention area is for the municipality to say.
        form=Ikc.Form.REGULAR if row.in_town else Ikc.Form.VILLAGE,
        board=board,
        street=row.street,
        postcode=row.postcode,
        city=row.city,
        source=source,
        source_on=stand_on,
    )
    observe_name(ikc, [], name=row.name, on=stand_on, source=source)
    record(ikc, "ikc.imported", actor=None, at=at, source=source, stand_on=stand_on)


def _update(
    ikc: Ikc,
    row: Location,
    boards: dict[str, Organisation],
    names: list[IkcName],
    *,
    stand_on: date,
    at: datetime,
    source: str,
) -> bool:
    """Whether the list told anything new."""
    seen = observe_name(ikc, names, name=row.name, on=stand_on, source=source)
    former = ikc.name
    ikc.name = names[-1].name
    if ikc.name != former:
        record(
            ikc,
            "ikc.renamed",
            actor=None,
            at=at,
            before="",
            source=source,
            was=former,
            now=ikc.name,
        )
    changes = {}
    if ikc.source_on is None or stand_on >= ikc.source_on:
        board = _board_by(ikc, boards[row.board_number], stand_on=stand_on, at=at, source=source)
        facts = (board, row.street, row.postcode, row.city)
        changes = _set_facts(ikc, facts)
        ikc.source, ikc.source_on = source, stand_on
    if changes:
        record(ikc, "ikc.imported", actor=None, at=at, source=source, changes=changes)
    ikc.save(update_fields=["name", *_FACTS, "source", "source_on"])
    return bool(seen or changes)


def _board_by(ikc: Ikc, board: Organisation, *, stand_on: date, at: datetime, source: str) -> int:
    """The key of the board from now on; another one ends the former. What was recorded after `stand_on` stays."""
    former = ikc.board_id
    if board.pk == former:
        return former
    try:
        before, _ = follow_board(ikc, board, valid_from=stand_on, source=source)
    except ChangeRefused:
        return former
    ikc.board_id = former  # what changed is told by whoever compares
    reason = f"{before.organisation} → {board}. {source}"
    record(ikc, "ikc.board_changed", actor=None, at=at, reason=reason)
    return board.pk


def _set_facts(ikc: Ikc, facts: tuple) -> dict[str, list]:
    """Set the facts that a list gives; what was and what is now, of those that differ."""
    changes = {}
    for field, value in zip(_FACTS, facts, strict=True):
        if getattr(ikc, field) != value:
            changes[field] = [getattr(ikc, field), value]
            setattr(ikc, field, value)
    return changes


def _missing(codes: set[str], stand_on: date) -> list[str]:
    """Locations of the register that a newer list no longer has; they stay, and somebody has to look."""
    gone = (
        Ikc.objects.filter(brin_location__isnull=False, closed_on=None, source_on__lt=stand_on)
        .exclude(brin_location__in=codes)
        .order_by("brin_location")
    )
    return [
        f"{ikc.brin_location} {ikc.name} staat in het register en niet in dit bestand"
        for ikc in gone
    ]
