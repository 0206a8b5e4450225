from django.core.management.base import BaseCommand, CommandError

from kvk2.core.money import format_number
from subsidies.services.totals import differences

WHAT = {"review": "beoordeling", "advice": "advies over aanvraag"}


class Command(BaseCommand):
    help = "Reken alle totalen opnieuw uit en meld wat afwijkt van wat is bewaard. Er wordt niets overschreven."

    def handle(self, *args, **options):
        found = differences()
        for row in found:
            stored, computed = (
                "geen totaal" if value is None else format_number(value, 2)
                for value in (row.stored, row.computed)
            )
            self.stdout.write(f"{WHAT[row.kind]} {row.pk}: bewaard {stored}, berekend {computed}")
        if found:
            raise CommandError(f"{len(found)} totalen wijken af van de scores.")
        self.stdout.write("Alle totalen kloppen met de scores.")
