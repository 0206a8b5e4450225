"""The rounds from before the portal, out of the fact files of a municipality."""

from pathlib import Path

from django.db import transaction

from ikc.importers.facts import FactFile, amount, number, text
from subsidies.models import HistoricalRound

HISTORICAL_ROUNDS = FactFile(
    "historical_rounds.csv",
    {
        "year": number,
        "amount": amount,
        "ikc_count": number,
        "count_means": text,
        "note": text,
        "source": text,
    },
)


@transaction.atomic
def load_historical_rounds(folder: Path) -> tuple[int, int]:
    """How many rounds were new, and how many were there already; those stay as they are."""
    rows = HISTORICAL_ROUNDS.read(folder)
    known = set(HistoricalRound.objects.values_list("year", flat=True))
    new = [HistoricalRound(**row) for row in rows if row["year"] not in known]
    HistoricalRound.objects.bulk_create(new)
    return len(new), len(rows) - len(new)
