"""A standard letter with invented facts, to see what a text looks like before anybody gets it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from kvk2.core.deadlines import AMSTERDAM
from kvk2.core.documents import Municipality
from subsidies.documents import (
    Addressee,
    ApplicationFacts,
    LegalBasis,
    ObjectionClause,
    Signature,
)
from subsidies.documents_standard import DecisionPart, Remedy, StandardLetterContext
from subsidies.letter_catalogue import FieldKind, letter_types, table
from subsidies.letter_catalogue.kinds import Field, MergeValues
from subsidies.letter_texts import EXAMPLES, LetterTextCode

AMOUNT = Decimal("12500.00")


def example_letter(
    code: str, subject: str, body: str, *, remedy: Remedy, today: date
) -> StandardLetterContext:
    """Letter `code` with this text and invented facts."""
    letter = letter_types()[code]
    municipality = Municipality.from_settings()
    basis = LegalBasis("subsidieverordening (voorbeeld)", "subsidieregeling (voorbeeld)")
    decision = objection = None
    if letter.is_decision:
        decision = DecisionPart(
            legal_basis=LegalBasis(basis.ordinance, basis.scheme, letter.articles),
            motivation=("Hier staat de motivering die bij het besluit is geschreven.",),
            signature=Signature(
                "M. Voorbeeld",
                "ondertekenaar",
                "VOORBEELD-1",
                datetime.combine(today, time(12), AMSTERDAM),
            ),
            remedy=remedy,
            objection_text=EXAMPLES[LetterTextCode.OBJECTION],
        )
        objection = ObjectionClause(today + timedelta(weeks=6), postal_lines=municipality.address)
    return StandardLetterContext(
        code=code,
        municipality=municipality,
        addressee=Addressee("Stichting Voorbeeld", "het bestuur", ("Voorbeeldstraat 1", "1000 AA Voorbeeld")),
        sent_on=today,
        reference=f"VOORBEELD-{code}",
        application=ApplicationFacts(
            "VOORBEELD", "IKC Voorbeeld", today - timedelta(days=60), AMOUNT, "Ronde (voorbeeld)"
        ),
        legal_names=basis,
        subject_text=subject,
        body_text=body,
        required=tuple(sorted(letter.required)),
        values=MergeValues.sort_out(_values(letter.fields, today), letter.fields),
        decision=decision,
        objection=objection,
        url="https://portaal.voorbeeld.example/",
    )  # fmt: skip


def _values(fields: Mapping[str, Field], today: date) -> dict[str, Any]:
    return {name: _value(field, today) for name, field in fields.items()}


def _value(field: Field, today: date) -> Any:
    examples: dict[FieldKind, Any] = {
        FieldKind.TEXT: f"[{field.meaning}]",
        FieldKind.AMOUNT: AMOUNT,
        FieldKind.DATE: today + timedelta(days=30),
        FieldKind.LINES: (f"[{field.meaning}: eerste punt]", f"[{field.meaning}: tweede punt]"),
        FieldKind.TABLE: table(
            field.meaning[0].upper() + field.meaning[1:],
            ("Onderdeel", "Bedrag"),
            [("Eerste regel", "€ 10.000,00"), ("Tweede regel", "€ 2.500,00")],
            total=("Samen", "€ 12.500,00"),
            numeric=(1,),
        ),
    }
    return examples[field.kind]
