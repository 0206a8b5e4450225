"""The form with which a board says whether its letters may come through the portal."""

from typing import Any

from django import forms

from ikc.models import Organisation
from kvk2.nlds.forms import NldsForm


class ConsentForm(NldsForm):
    """A board agrees itself; for who records it for a board, how the board told us."""

    agreed = forms.BooleanField(label="Dit zeg ik namens de organisatie")
    source = forms.CharField(
        label="Hoe de organisatie dit liet weten",
        max_length=300,
        help_text="Bijvoorbeeld: brief van 12 maart 2026.",
        error_messages={"required": "Schrijf op hoe de organisatie dit liet weten."},
    )

    def __init__(self, *args: Any, organisation: Organisation, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own:
            del self.fields["source"]
            self.fields["agreed"].error_messages["required"] = (
                "Vink aan dat u dit namens de organisatie zegt."
            )
        else:
            del self.fields["agreed"]

    def source_text(self) -> str:
        return self.cleaned_data.get("source", "zelf gezegd in het portaal")
