"""The forms of the area analysis: an indicator, and the year that is looked at."""

from decimal import Decimal

from crispy_forms.layout import Layout
from django import forms

from ikc.forms.fields import text
from ikc.models import AreaIndicator
from ikc.services.area_indicators import IndicatorFacts
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, Columns, Fieldset, LinkButton, NldsHelper


class YearForm(NldsForm):
    """Up to which reference year figures count."""

    year = forms.TypedChoiceField(label="Cijfers tot en met", coerce=int, required=False)

    def __init__(self, *args, years: list[int], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, str(year)) for year in reversed(years)]


class IndicatorForm(NldsForm):
    """What an indicator is; the direction has no default on purpose."""

    code = forms.SlugField(
        label="Code",
        max_length=40,
        help_text="Kort, in kleine letters, zonder spaties: bijvoorbeeld jm-gezondheid. De code verandert niet meer.",
        error_messages={
            "required": "Vul een code in.",
            "invalid": "Gebruik alleen letters, cijfers en streepjes.",
        },
    )
    name = text("Naam", "Vul de naam van de indicator in.", longest=120)
    family = forms.ChoiceField(
        label="Bron",
        choices=AreaIndicator.Family.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies uit welke bron de indicator komt."},
    )
    unit = text("Eenheid", "Vul de eenheid in.", longest=30, help_text="Bijvoorbeeld % of punten.")
    decimals = forms.IntegerField(
        label="Decimalen",
        min_value=0,
        max_value=3,
        error_messages={
            "required": "Vul in hoeveel decimalen het cijfer heeft.",
            "invalid": "Vul een heel getal in.",
            "min_value": "Vul 0, 1, 2 of 3 in.",
            "max_value": "Vul 0, 1, 2 of 3 in.",
        },
    )
    direction = forms.ChoiceField(
        label="Wanneer is een wijk kwetsbaarder?",
        choices=AreaIndicator.Direction.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wanneer een wijk kwetsbaarder is."},
    )
    weight = forms.DecimalField(
        label="Gewicht",
        min_value=Decimal(0),
        max_digits=5,
        decimal_places=2,
        help_text="Hoe zwaar de indicator meetelt in de score. 0 als hij niet meetelt.",
        error_messages={
            "required": "Vul het gewicht in.",
            "invalid": "Vul een getal in, bijvoorbeeld 1 of 1,5.",
            "min_value": "Het gewicht is 0 of meer.",
            "max_decimal_places": "Gebruik hoogstens 2 decimalen.",
            "max_digits": "Het gewicht is te groot.",
            "max_whole_digits": "Het gewicht is te groot.",
        },
    )
    explanation = text(
        "Uitleg",
        longest=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="In gewone taal.",
    )
    source = text(
        "Vindplaats",
        "Vul in waar deze indicator vandaan komt.",
        longest=300,
        help_text="Bijvoorbeeld: Jeugdmonitor 2025, tabel 4.",
    )

    def __init__(
        self, *args, back_url: str, indicator: AreaIndicator | None = None, **kwargs
    ) -> None:
        if indicator is not None:
            kwargs["initial"] = {
                name: getattr(indicator, name) for name in IndicatorFacts.__dataclass_fields__
            }
        super().__init__(*args, **kwargs)
        if indicator is not None:
            del self.fields["code"]
        own = ["code"] if indicator is None else []
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            Fieldset("Wat is het?", *own, "name", "family", "explanation", "source"),
            Fieldset("Hoe telt het mee?", "direction", "weight", Columns("unit", "decimals")),
            Actions(Button("save", "Opslaan"), LinkButton(back_url, "Annuleren")),
        )

    def facts(self) -> IndicatorFacts:
        return IndicatorFacts(
            **{name: self.cleaned_data[name] for name in IndicatorFacts.__dataclass_fields__}
        )
