"""The filter bar of lists that are not made by django-filter: search, one choice, and an order."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from kvk2.nlds.forms import NldsForm

Choices = Sequence[tuple[str, str]]


class ListFilter(NldsForm):
    """`zoek`, and when there are choices for them `status` and `sorteer`."""

    zoek = forms.CharField(label="Zoeken", required=False, max_length=100)

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        search: str = "Zoek op IKC of nummer",
        states: Choices = (),
        sorts: Choices = (),
        state_label: str = "Status",
    ) -> None:
        super().__init__(data)
        self.fields["zoek"].label = search
        if states:
            self.fields["status"] = forms.ChoiceField(
                label=state_label, choices=[("", "Alles"), *states], required=False
            )
        if sorts:
            self.fields["sorteer"] = forms.ChoiceField(
                label="Volgorde", choices=sorts, required=False
            )
