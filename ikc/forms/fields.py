"""Fields that ask one thing and say in one Dutch sentence what is missing."""

from django import forms

from kvk2.core.identifiers import (
    IdentifierKind,
    InvalidIdentifier,
    display_identifier,
    validate_identifier,
)


def text(label: str, missing: str = "", *, longest: int, **options) -> forms.CharField:
    """A line of text; required when there is a sentence for its absence."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=bool(missing),
        error_messages={
            "required": missing,
            "max_length": f"Gebruik hoogstens {longest} tekens.",
        },
        **options,
    )


EXAMPLE = "Bijvoorbeeld 1-8-2026."


def day(label: str, missing: str = "", **options) -> forms.DateField:
    options.setdefault("help_text", EXAMPLE)
    return forms.DateField(
        label=label,
        required=bool(missing),
        error_messages={
            "required": missing,
            "invalid": "Vul een datum in als dag-maand-jaar, bijvoorbeeld 1-8-2026.",
        },
        **options,
    )


class IdentifierField(forms.CharField):
    """A number or code by the rules of `kvk2.core.identifiers`; the compact form comes out."""

    def __init__(self, kind: IdentifierKind, *, display: bool = False, **options) -> None:
        super().__init__(**options)
        self.kind, self.display = kind, display

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return ""
        try:
            compact = validate_identifier(self.kind, value).value
        except InvalidIdentifier as error:
            raise forms.ValidationError(error.message) from error
        return display_identifier(self.kind, compact) if self.display else compact
