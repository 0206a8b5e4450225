from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.core.management.base import CommandParser

from ikc.importers.cbs import parse_figures_csv, parse_figures_xlsx, parse_outlines
from ikc.importers.tables import UnreadableFile, read_limited
from ikc.management.imports import ImportCommand, Step, year_in_name
from ikc.services.cbs import import_figures, import_outlines


class Command(ImportCommand):
    help = "Leest de wijkkaart (GeoJSON) en de kerncijfers per wijk (CSV of Excel) van het CBS."
    suffixes = (".geojson", ".csv", ".xlsx")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--year", type=int, help="jaar van kerncijfers zonder jaartal in de bestandsnaam"
        )

    def steps(self, files: list[Path], options: dict) -> Iterator[Step]:
        municipality = options["municipality"]
        for file in files:
            data = read_limited(file)
            suffix = file.suffix.lower()
            if suffix == ".geojson":
                parsed = parse_outlines(data, municipality=municipality)
                yield f"{file.name}: omtrek van de wijken", partial(import_outlines, parsed)
                continue
            parse = parse_figures_xlsx if suffix == ".xlsx" else parse_figures_csv
            try:
                figures = parse(data, municipality=municipality)
            except UnreadableFile:
                if options["named"]:
                    raise
                self.skip(file, options)
                continue
            year = year_in_name(file) or options["year"]
            if year is None:
                raise UnreadableFile(f"{file.name} noemt geen jaar. Geef het met --year.")
            title = f"{file.name}: kerncijfers {year}"
            yield title, partial(import_figures, figures, year=year)
