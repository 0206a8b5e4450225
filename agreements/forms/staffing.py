"""The form for what was delivered of a function in a year."""

from datetime import date
from typing import Any, cast

from crispy_forms.layout import Layout
from django import forms

from agreements.forms.fields import FigureField
from agreements.models.means import MOST_HOURS_IN_A_YEAR, WEEKS_IN_A_YEAR
from agreements.staffing import FunctionYear
from kvk2.core.money import format_whole
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, LinkButton, NldsHelper
from subsidies.forms.fields import text

MOST = format_whole(MOST_HOURS_IN_A_YEAR)
WEEKS = f"Een jaar heeft {WEEKS_IN_A_YEAR} weken: vul 0 tot en met {WEEKS_IN_A_YEAR} in."


class HoursForm(NldsForm):
    """Hours and weeks of vacancy of one function; `functions` are its years that have begun, in order."""

    year = forms.TypedChoiceField(
        label="Schooljaar",
        error_messages={
            "required": "Kies het schooljaar.",
            "invalid_choice": "Kies een jaar dat is begonnen en waarvoor deze functie is afgesproken.",
        },
    )
    hours = FigureField(
        label="Geleverde uren",
        decimals=1,
        missing="Vul in hoeveel uur er is geleverd.",
        help_text="Dit telt op bij wat er voor dit jaar al staat. Met een minteken haalt u uren eraf.",
    )
    vacancy_weeks = forms.IntegerField(
        label="Weken vacature",
        required=False,
        min_value=0,
        max_value=WEEKS_IN_A_YEAR,
        help_text="Hoeveel weken had in dit jaar tot nu toe niemand deze functie? Leeg als u het niet weet.",
        error_messages={
            "invalid": "Vul bij de weken een heel getal in, bijvoorbeeld 6.",
            "min_value": WEEKS,
            "max_value": WEEKS,
        },
    )
    reason = text(
        "Reden",
        "",
        longest=200,
        required=False,
        help_text=(
            "Nodig bij minder uren dan afgesproken, bij een vacature en bij een correctie. De reden komt in het"
            " jaarrapport: schrijf er geen naam van een persoon in."
        ),
    )

    def __init__(
        self,
        *args: Any,
        functions: list[FunctionYear],
        today: date,
        back_url: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.functions = {str(one.year.pk): one for one in functions}
        self.today = today
        field = cast(forms.TypedChoiceField, self.fields["year"])
        field.choices = [
            ("", "Kies een jaar"),
            *((key, one.year.label) for key, one in self.functions.items()),
        ]
        field.coerce = self.functions.__getitem__
        self.fields["hours"].error_messages["max_decimal_places"] = (
            "‘Geleverde uren’ heeft hoogstens één cijfer achter de komma, bijvoorbeeld 12,5."
        )
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "year",
            "hours",
            "vacancy_weeks",
            "reason",
            Actions(Button("save", "Uren vastleggen"), LinkButton(back_url, "Annuleren")),
        )

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        own, hours = cleaned.get("year"), cleaned.get("hours")
        if not isinstance(own, FunctionYear) or hours is None:
            return cleaned
        if abs(hours) > MOST_HOURS_IN_A_YEAR:
            self.add_error(
                "hours", f"Vul hoogstens {MOST} uur in: dat is 40 uur in {WEEKS_IN_A_YEAR} weken."
            )
        elif refusal := own.why_not(hours):
            self.add_error("hours", refusal)
        why = own.wants_reason(hours, cleaned.get("vacancy_weeks"), self.today)
        if why and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", why)
        return cleaned
