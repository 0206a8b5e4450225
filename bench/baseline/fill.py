from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

from bench.baseline.models import Item

STATES = ("ingediend", "in beoordeling", "besloten")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def fill(rows: int) -> str:
    """Tables, rows and one account; the key of its session."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    Item.objects.bulk_create(
        (
            Item(
                title=f"Aanvraag nummer {n} voor het programma",
                organisation=f"Stichting Scholen {n % 40}",
                state=STATES[n % 3],
                amount=Decimal(5000 + n % 20000),
                created_at=BEGIN + timedelta(minutes=n),
            )
            for n in range(rows)
        ),
        batch_size=2000,
    )
    user = get_user_model().objects.create_user("meter")
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value
