from django.core.management.base import BaseCommand, CommandError

from monitoring.services.rejudging import rejudge_all


class Command(BaseCommand):
    help = "Beoordeel alle cijfers opnieuw en meld wat afwijkt van wat is bewaard. Er wordt niets overschreven."

    def handle(self, *args, **options):
        judged = different = 0
        for recount in rejudge_all():
            judged += recount.judged
            different += len(recount.differences)
            for row, fields in recount.differences:
                self.stdout.write(
                    f"oordeel {row.pk} (aanlevering {row.of_return_id}): {', '.join(fields)} wijkt af"
                )
        if different:
            raise CommandError(f"{different} van {judged} oordelen wijken af van de rekenregels.")
        self.stdout.write(f"Alle {judged} oordelen kloppen met de cijfers en de rekenregels.")
