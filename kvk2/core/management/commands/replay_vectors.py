"""`manage.py replay_vectors [--strict] DIR`: check the calculation rules against worked cases."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kvk2.core import replay
from kvk2.core.replay import CaseResult, MalformedVectors, Outcome, printable


class Command(BaseCommand):
    help = (
        "Run every *.json vector file of a folder against the portal's own functions. "
        "Exit code 1 on a mismatch; with --strict also on a case that is not implemented."
    )
    # The rules are pure functions: no database, no Redis.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help="folder with *.json files")
        parser.add_argument(
            "--strict", action="store_true", help="fail on cases that are not implemented as well"
        )

    def handle(self, *args: Any, folder: Path, strict: bool, **options: Any) -> None:
        try:
            files = replay.vector_files(folder)
        except MalformedVectors as error:
            raise CommandError(printable(str(error))) from None
        functions = replay.collect_functions()
        bad = sum(self._replay_file(path, functions, strict) for path in files)
        if bad:
            raise CommandError(f"{bad} problem(s) found.")

    def _replay_file(self, path: Path, functions: dict[str, replay.Adapter], strict: bool) -> int:
        """Prints one line for the file and one per problem; returns the number of problems."""
        name = printable(path.name)
        try:
            results = list(replay.run(replay.read_cases(path), functions))
        except (MalformedVectors, OSError) as error:
            self.stdout.write(f"{name}: {printable(str(error))}")
            return 1
        self.stdout.write(f"{name}: {replay.tally(results)}")
        problems = [line for result in results if (line := self._problem(result, strict))]
        for line in problems:
            self.stdout.write(f"  {line}")
        return len(problems)

    def _problem(self, result: CaseResult, strict: bool) -> str:
        case = printable(f"{result.case.id} ({result.case.function})")
        if result.outcome is Outcome.NOT_IMPLEMENTED:
            return f"{case}: not implemented" if strict else ""
        if result.outcome is Outcome.PASSED:
            return ""
        if result.problem:
            return f"{case}: {printable(result.problem)}"
        expected = printable(replay.canonical(result.case.expect))
        return f"{case}: expected {expected}, got {printable(replay.canonical(result.got))}"
