from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from ikc.importers.tables import UnreadableFile
from ikc.services.facts import load_facts
from subsidies.services.history import (
    EARLIER_GRANTS,
    HISTORICAL_ROUNDS,
    load_earlier_grants,
    load_historical_rounds,
)
from subsidies.services.retention import RETENTION, load_retention
from subsidies.services.scheme_facts import SCHEME_FILE, load_scheme


class Command(BaseCommand):
    help = "Vult een portaal met de feiten van één gemeente (data/<gemeente>); overschrijft niets."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="map met organisations.csv, locations.csv …")

    def handle(self, *, folder: Path, **options: object) -> None:
        if not (folder / "organisations.csv").is_file():
            raise CommandError(f"In {folder} staat geen organisations.csv.")
        try:
            with transaction.atomic():
                reports = load_facts(folder, at=timezone.now())
                counts = {name: (row.created, row.unchanged) for name, row in reports.items()}
                counts[HISTORICAL_ROUNDS.name] = load_historical_rounds(folder)
                counts[EARLIER_GRANTS.name] = load_earlier_grants(folder)
                counts[RETENTION.name] = load_retention(folder)
                counts[SCHEME_FILE] = load_scheme(folder, at=timezone.now())
        except UnreadableFile as error:
            raise CommandError(f"{error.message} Er is niets bewaard.") from error
        for name, (created, known) in counts.items():
            self.stdout.write(f"{name}: {created} nieuw, {known} al aanwezig")
