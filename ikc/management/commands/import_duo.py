from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.formats import date_format

from ikc.importers.duo import is_locations, is_pupils, parse_locations, parse_pupils
from ikc.importers.tables import read_limited, read_table
from ikc.management.imports import ImportCommand, Step, date_in_name
from ikc.services.duo import import_locations, import_pupils


class Command(ImportCommand):
    help = "Leest schoolvestigingen en leerlingentallen uit de open data van DUO."
    suffixes = (".csv",)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--date",
            type=date.fromisoformat,
            help="stand van een lijst met vestigingen die geen datum in de naam heeft (JJJJ-MM-DD)",
        )

    def steps(self, files: list[Path], options: dict) -> Iterator[Step]:
        """Lists of locations by date, so that the name history grows from old to new; then the pupils."""
        at, municipality = timezone.now(), options["municipality"]
        locations, pupil_files = [], []
        for file in files:
            data = read_limited(file)
            columns, _ = read_table(data)
            if is_locations(columns):
                stand_on = date_in_name(file) or options["date"] or timezone.localdate(at)
                locations.append((stand_on, file, data))
            elif is_pupils(columns):
                pupil_files.append((file, data))
            else:
                self.skip(file, options)
        for stand_on, file, data in sorted(locations, key=lambda found: found[:2]):
            parsed = parse_locations(data, municipality=municipality)
            title = f"{file.name}: schoolvestigingen, stand {date_format(stand_on, 'j F Y')}"
            yield title, partial(import_locations, parsed, stand_on=stand_on, at=at)
        for file, data in pupil_files:
            pupils = parse_pupils(data, municipality=municipality)
            yield f"{file.name}: leerlingen per jaar", partial(import_pupils, pupils, at=at)
