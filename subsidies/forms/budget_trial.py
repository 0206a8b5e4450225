"""A budget to try the rules of a scheme on."""

from typing import Any

from crispy_forms.layout import Layout

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, Columns, LinkButton, NldsHelper
from subsidies.forms.fields import AmountField, count


class BudgetTrialForm(NldsForm):
    """Figures to try the limits of a version on; nothing is stored."""

    hourly_rate = AmountField(label="Uurtarief", required=False)
    professional_hours = count("Uren met kinderen of ouders", "", required=False)
    preparation_hours = count("Uren voorbereiding", "", required=False)
    overhead = AmountField(label="Overhead", required=False)
    requested = AmountField(label="Gevraagde subsidie", required=False)

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.one_of = True  # type: ignore[attr-defined]  # any will do
        self.helper = NldsHelper(form_id="proef")
        self.helper.form_method, self.helper.disable_csrf = "get", True
        self.helper.layout = Layout(
            Columns("hourly_rate", "professional_hours", "preparation_hours"),
            Columns("overhead", "requested"),
            Actions(Button("try", "Begroting controleren"), LinkButton(back_url, "Terug")),
        )
