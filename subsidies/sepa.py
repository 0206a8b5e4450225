"""A payment order as the file that a bank takes: SEPA credit transfer, ISO 20022 pain.001.001.09.

The library makes and validates it against the schema that comes with it; what it would make up (the identification, the
moment) is given here, so that the same order gives the same file. Nothing of the ORM, no clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError

from kvk2.core.errors import DomainError
from kvk2.core.money import cents

SCHEMA = "pain.001.001.09"
CONTENT_TYPE = "application/xml"
_AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_NAMES = 70  # what the scheme has room for
_WORDS = 140


class SepaInvalid(DomainError):
    """The file does not keep to the schema; nothing was made."""

    code = "SEPA_INVALID"


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who pays, and from which account."""

    name: str
    iban: str
    bic: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment. `reference` comes back from the bank; `words` are what the receiver reads."""

    reference: str
    name: str
    iban: str
    amount: Decimal
    words: str


class _Order(SepaTransfer):
    """The library's order, with identifications that are ours."""

    def __init__(self, config: dict[str, Any], *, reference: str, made_at: datetime) -> None:
        self._reference, self._made_at = reference, made_at
        super().__init__(config, schema=SCHEMA, clean=True)

    def _create_header(self) -> None:
        self.msg_id = self._reference
        super()._create_header()
        made = self._made_at.astimezone(_AMSTERDAM)
        header = self._xml.find("CstmrCdtTrfInitn/GrpHdr")
        header.find("CreDtTm").text = made.replace(microsecond=0, tzinfo=None).isoformat()

    def _finalize_batch(self) -> None:
        super()._finalize_batch()
        for number, part in enumerate(self._xml.iter("PmtInfId"), 1):
            part.text = f"{self._reference}-{number}"


def pain001(
    debtor: Debtor,
    transfers: Sequence[Transfer],
    *,
    reference: str,
    execute_on: date,
    made_at: datetime,
) -> bytes:
    """The file for the bank, valid against its schema; names without signs that SEPA does not know. Refusal: `SepaInvalid`."""
    config = {
        "name": debtor.name[:_NAMES],
        "IBAN": debtor.iban,
        "BIC": debtor.bic,
        "batch": True,
        "currency": "EUR",
    }
    order = _Order(config, reference=reference, made_at=made_at)
    for transfer in transfers:
        order.add_payment(
            {
                "name": transfer.name[:_NAMES],
                "IBAN": transfer.iban,
                "amount": cents(transfer.amount),
                "execution_date": execute_on,
                "description": transfer.words[:_WORDS],
                "endtoend_id": transfer.reference,
            }
        )
    try:
        content: bytes = order.export(validate=True)
    except ValidationError as error:
        raise SepaInvalid(
            "Het SEPA-bestand voldoet niet aan het schema. Er is niets gemaakt."
        ) from error
    return content
