"""The rounds from before the portal, out of the fact files of a municipality."""

from pathlib import Path

from django.db import transaction

from ikc.importers.facts import FactFile, amount, number, text
from ikc.importers.tables import UnreadableFile
from ikc.models import Ikc
from subsidies.models import EarlierGrant, HistoricalRound

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


EARLIER_GRANTS = FactFile(
    "earlier_grants.csv",
    {"code": text, "year": number, "name": text, "amount": amount, "source": text},
)


@transaction.atomic
def load_earlier_grants(folder: Path) -> tuple[int, int]:
    """Grants per IKC from before the portal, for the check on years in a row (Awb 4:51). As `load_historical_rounds`.

    Raises UnreadableFile for an IKC that is not there.
    """
    rows = EARLIER_GRANTS.read(folder)
    ikcs = dict(Ikc.objects.exclude(brin_location=None).values_list("brin_location", "pk"))
    known = set(EarlierGrant.objects.values_list("ikc", "year", "name"))
    new = []
    for row in rows:
        code = row.pop("code")
        if code not in ikcs:
            raise UnreadableFile(f"{EARLIER_GRANTS.name}: er is geen IKC met code {code}.")
        grant = EarlierGrant(ikc_id=ikcs[code], **row)
        if (grant.ikc_id, grant.year, grant.name) not in known:
            new.append(grant)
    EarlierGrant.objects.bulk_create(new)
    return len(new), len(rows) - len(new)
