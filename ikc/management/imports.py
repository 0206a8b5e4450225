"""What the import commands share: which files, which municipality, a dry run, and the summary."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from ikc.importers.tables import UnreadableFile
from ikc.services.reports import ImportReport

_DATE = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})-([0-9]{2})-([0-9]{2})(?![0-9])")
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")

Step = tuple[str, Callable[[], ImportReport]]


class ImportCommand(BaseCommand):
    """A command that reads official files in one transaction; a dry run shows all and keeps nothing."""

    suffixes: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="een bestand of een map met bestanden")
        parser.add_argument(
            "--municipality",
            default=str(settings.MUNICIPALITY["code"]).removeprefix("GM"),
            help="gemeentenummer van vier cijfers (standaard: dat van dit portaal)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="laat zien wat er zou gebeuren, bewaar niets"
        )

    def steps(self, files: list[Path], options: dict) -> Iterator[Step]:
        """One step per file that this command knows, in the order in which they must run."""
        raise NotImplementedError

    def handle(self, *, path: Path, municipality: str, dry_run: bool, **options: object) -> None:
        if not re.fullmatch(r"[0-9]{4}", municipality):
            raise CommandError("Een gemeentenummer heeft vier cijfers, bijvoorbeeld 0344.")
        options |= {"municipality": municipality, "named": path.is_file()}
        errors = 0
        try:
            with transaction.atomic():
                for title, run in self.steps(self._files(path), options):
                    report = run()
                    errors += len(report.errors)
                    self._tell(title, report)
                if dry_run:
                    transaction.set_rollback(True)
        except UnreadableFile as error:
            raise CommandError(f"{error.message} Er is niets bewaard.") from error
        if dry_run:
            self.stdout.write("Dit was een proef: er is niets bewaard.")
        if errors:
            raise CommandError(f"{errors} regels zijn overgeslagen, de rest is verwerkt.")

    def _files(self, path: Path) -> list[Path]:
        if path.is_file():
            return [path]
        if not path.is_dir():
            raise CommandError(f"{path} bestaat niet.")
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in self.suffixes)
        if not files:
            raise CommandError(f"In {path} staat geen bestand op {' of '.join(self.suffixes)}.")
        return files

    def _tell(self, title: str, report: ImportReport) -> None:
        self.stdout.write(title)
        for line in report.lines():
            self.stdout.write(f"  {line}")

    def skip(self, file: Path, options: dict) -> None:
        """A file of another kind: fine in a folder, an error when it was asked for by name."""
        if options["named"]:
            raise UnreadableFile(f"{file.name} is geen bestand dat dit commando kent.")
        self.stdout.write(f"{file.name}: overgeslagen, dit is een ander soort bestand")


def date_in_name(file: Path) -> date | None:
    """2021-10-01 out of 'vestigingen_2021-10-01.csv', or None."""
    if match := _DATE.search(file.name):
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            return None
    return None


def year_in_name(file: Path) -> int | None:
    """2024 out of 'kwb-2024.xlsx' or 'kwb2024_wijken.csv', or None."""
    match = _YEAR.search(re.sub(r"[a-zA-Z]", " ", file.name))
    return int(match[1]) if match else None
