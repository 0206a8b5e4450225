"""The merge fields that every letter of the catalogue knows: filled in from the case, never by who orders the letter."""

from collections.abc import Mapping
from types import MappingProxyType

from subsidies.letter_catalogue.kinds import Field, FieldKind

COMMON: Mapping[str, Field] = MappingProxyType(
    {
        "ikc": Field("naam van het IKC"),
        "bestuur": Field("naam van het bestuur"),
        "ronde": Field("naam van de ronde"),
        "regeling": Field("citeertitel van de subsidieregeling"),
        "verordening": Field("naam van de subsidieverordening"),
        "aanvraagnummer": Field("nummer van de aanvraag"),
        "aanvraagdatum": Field("datum van de aanvraag", FieldKind.DATE),
        "gevraagd": Field("gevraagd bedrag", FieldKind.AMOUNT),
        "kenmerk": Field("kenmerk van de brief"),
        "college": Field("het college van burgemeester en wethouders"),
        "gemeente": Field("naam van de gemeente"),
        "telefoon": Field("telefoonnummer van de gemeente"),
        "rechtbank": Field("naam van de rechtbank"),
        "portaal": Field("internetadres van de aanvraag in het portaal"),
    }
)
