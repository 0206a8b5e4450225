from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Vult het portaal met de feiten van Leeuwarden uit data/leeuwarden."

    def handle(self, **options: object) -> None:
        call_command(
            "load_municipality", settings.BASE_DIR / "data" / "leeuwarden", stdout=self.stdout
        )
