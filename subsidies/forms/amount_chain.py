"""The filter above the chain of amounts."""

from collections.abc import Mapping
from typing import Any

from django import forms

from ikc.models import User
from kvk2.nlds.forms import NldsForm
from subsidies.amount_chain import GROUPS
from subsidies.models import SubsidyRound


class ChainFilter(NldsForm):
    """By what the sums are made, and of which year and round."""

    per = forms.ChoiceField(
        label="Optellen per", choices=[(key, label) for key, (_, label) in GROUPS.items()]
    )
    jaar = forms.ChoiceField(label="Jaar", required=False)
    ronde = forms.ChoiceField(label="Ronde", required=False)

    def __init__(self, data: Mapping[str, Any], *, user: User) -> None:
        super().__init__(data)
        rounds = list(
            SubsidyRound.objects.visible_to(user)
            .order_by("-year", "name")
            .values_list("pk", "name", "year")
        )
        years = sorted({str(year) for _, _, year in rounds}, reverse=True)
        self.fields["jaar"].choices = [("", "Alle jaren"), *((year, year) for year in years)]
        self.fields["ronde"].choices = [
            ("", "Alle rondes"),
            *((str(pk), name) for pk, name, _ in rounds),
        ]
