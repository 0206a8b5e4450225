"""What this app holds for an IKC that closes, as sentences."""

from collections.abc import Iterable

from agreements.models import ResultAgreement
from ikc.models import Ikc


def agreements_of(ikc: Ikc) -> Iterable[str]:
    for agreement in ResultAgreement.objects.filter(ikc=ikc).order_by("pk"):
        yield f"Resultaatafspraak {agreement.reference} blijft staan. Spreek met de partijen af hoe het verder gaat."
