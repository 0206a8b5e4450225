"""Take files that belong to no row out of the private storage; beat does the same every night."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from kvk2.core import orphans


class Command(BaseCommand):
    help = "Verwijder bestanden die bij geen enkele rij horen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--hours", type=int, default=24, help="alleen wat ouder is (24)")
        parser.add_argument("--dry-run", action="store_true", help="noem ze alleen")

    def handle(self, **options: Any) -> None:
        now, age = timezone.now(), timedelta(hours=options["hours"])
        if options["dry_run"]:
            paths = list(orphans.orphans(at=now, age=age))
            self.stdout.write("\n".join([*paths, f"{len(paths)} bestanden horen nergens bij."]))
            return
        count = orphans.remove_orphans(at=now, age=age)
        self.stdout.write(f"{count} bestanden verwijderd.")
