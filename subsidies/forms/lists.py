"""The filter bar of lists that are not made by django-filter: search, one choice, and an order."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kvk2.nlds.forms import NldsForm

Choices = Sequence[tuple[str, str]]
NAMES = ("zoek", "status", "sorteer")


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


def filter_bar(
    wishes: Mapping[str, str], *, states: Choices, sorts: Choices, label: str, reset_url: str
) -> SafeString:
    """The form as HTML; written once for the same choices and the same typed values."""
    typed = tuple((name, wishes[name]) for name in NAMES if name in wishes)
    return _filter_bar(typed, tuple(states), tuple(sorts), label, reset_url)


@lru_cache(maxsize=128)
def _filter_bar(
    typed: tuple[tuple[str, str], ...], states: Choices, sorts: Choices, label: str, reset_url: str
) -> SafeString:
    form = ListFilter(dict(typed), states=states, sorts=sorts)
    context = {"filter_form": form, "label": label, "reset_url": reset_url}
    return render_to_string("components/filter_bar.html", context)
