"""The letter about an application that the applicant takes back (L22)."""

from collections.abc import Mapping
from types import MappingProxyType

from subsidies.letter_catalogue.kinds import Field, FieldKind, LetterType

LETTERS: Mapping[str, LetterType] = MappingProxyType(
    {
        "L22": LetterType(
            title="Bevestiging intrekking aanvraag",
            is_decision=False,
            fields={
                "ingetrokken_op": Field("datum van de intrekking", FieldKind.DATE),
                "reden": Field("reden die de aanvrager gaf"),
                "door": Field("wie de aanvraag introk"),
            },
            required=frozenset({"ingetrokken_op"}),
            subject="U trok uw aanvraag voor {ikc} in",
            body="""
Op {ingetrokken_op} trok u uw aanvraag {aanvraagnummer} voor {ikc} in. Wij behandelen de aanvraag niet verder. U krijgt
van ons dus geen besluit.

## Wat u ons liet weten

De aanvraag is ingetrokken door {door}.

## De reden die daarbij staat

{reden}

## Wat er nu gebeurt

- Wij bewaren uw aanvraag nog één jaar en vernietigen haar daarna.
- De aanvraag doet niet meer mee bij het verdelen van het geld in de ronde ‘{ronde}’.
- Wilt u toch subsidie? Dan kunt u opnieuw aanvragen zolang de ronde open is. De dag van die nieuwe aanvraag telt dan.

## Klopt dit niet?

Heeft u de aanvraag niet zelf ingetrokken, of is het een vergissing? Bel ons dan meteen op {telefoon}.
""",
        ),
    }
)
