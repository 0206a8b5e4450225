import random

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from agreements.services.programme import seed_programme
from ikc.models import Ikc, User
from monitoring.demo.agreements import make_agreements, make_measurements
from monitoring.demo.areas import make_areas
from monitoring.demo.counts import make_counts
from monitoring.demo.governance import make_governance
from monitoring.demo.ikc_life import make_ikc_life
from monitoring.demo.learning import make_learning
from monitoring.demo.money import make_payments
from monitoring.demo.negotiations import make_negotiations, make_recalibrated
from monitoring.demo.people import populate
from monitoring.demo.plus import make_plus
from monitoring.demo.plus_letters import make_plus_letters
from monitoring.demo.report_life import make_report_life
from monitoring.demo.rounds import make_rounds
from monitoring.demo.support import make_support

SEED = 2021


class Command(BaseCommand):
    help = "Laadt de demonstratiewereld: verzonnen mensen, rondes, afspraken en metingen rond de echte IKC's."

    def handle(self, **options):
        if settings.PRODUCTION:
            raise CommandError("Demonstratiegegevens horen niet in productie.")
        if User.objects.filter(is_demo=True).exists():
            self.stdout.write("De demonstratiegegevens zijn er al.")
            return
        if not Ikc.objects.exists():
            raise CommandError(
                "Laad eerst de gegevens van de gemeente: manage.py load_municipality."
            )
        now = timezone.now()
        dice = random.Random(SEED)  # noqa: S311 - reproducible on purpose, no secret
        with transaction.atomic():
            programme = seed_programme(settings.MUNICIPALITY_DATA)
            world = populate(now)
            make_agreements(world, programme, dice)
            make_measurements(world, programme, now, dice)
            make_learning(world, now)
            make_governance(world, now)
            make_support(world, now)
            make_plus(world, now)
            make_negotiations(world, now)
            make_rounds(world, now, dice)
            make_payments(world, now)
            make_counts(world, now)
            make_areas(world, now)
            make_recalibrated(world, now)
            make_plus_letters(world, now)
            make_ikc_life(world, now)
            make_report_life(world, now)
        self.stdout.write("Demonstratiegegevens geladen.")
