from datetime import date
from decimal import Decimal

from django import forms

from ikc.forms.fields import day, text
from ikc.models import Ikc, Organisation, SupportWorker
from ikc.services.support import AllocationTerms
from ikc.states_support import SupportKind, SupportRequestKind
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Columns, saving

# What the programme calls usual (domain reference 5.5); somebody may type another number.
USUAL_HOURS = {SupportKind.YOUTH: Decimal(22), SupportKind.VVE: Decimal(16)}


def hours(label: str, missing: str, **options) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal("0.5"),
        max_value=Decimal(40),
        max_digits=4,
        decimal_places=1,
        localize=True,
        error_messages={
            "required": missing,
            "invalid": "Vul een getal in, bijvoorbeeld 16 of 16,5.",
            "min_value": "Vul minstens een half uur in.",
            "max_value": "Meer dan 40 uur per week kan niet.",
            "max_decimal_places": "Gebruik hoogstens één cijfer achter de komma.",
            "max_digits": "Meer dan 40 uur per week kan niet.",
        },
        **options,
    )


class AllocationForm(NldsForm):
    kind = forms.ChoiceField(
        label="Soort ondersteuning",
        choices=SupportKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies de soort ondersteuning."},
    )
    worker = forms.ModelChoiceField(
        SupportWorker.objects.none(),
        label="Wie",
        required=False,
        empty_label="Nog niet bekend",
    )
    hours_per_week = hours(
        "Uren per week",
        "Vul in hoeveel uren per week.",
        help_text="Gebruikelijk: 22 uur (0-12 jaar) of 16 uur (VVE).",
    )
    valid_from = day("Vanaf", "Vul in vanaf wanneer.")
    valid_until = day("Tot en met", "Vul in tot en met wanneer.")
    source = text(
        "Waar is dit afgesproken?",
        "Vul in waar dit is afgesproken.",
        longest=200,
        help_text="Bijvoorbeeld: resultaatafspraak, of besluit van het college van 12 mei 2026.",
    )

    def __init__(self, *args, back: str, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        workers = SupportWorker.objects.exclude(left_on__lt=today).order_by("label")
        self.fields["worker"].queryset = workers  # type: ignore[attr-defined]
        self.helper = saving(
            "kind", "worker", "hours_per_week", Columns("valid_from", "valid_until"), "source",
            back=back, label="Inzet vastleggen",
        )  # fmt: skip

    def terms(self) -> AllocationTerms:
        return AllocationTerms(**self.cleaned_data)


class EndForm(NldsForm):
    last_day = day("Laatste dag", "Vul de laatste dag in.")
    reason = text("Waarom?", "Schrijf op waarom de inzet stopt.", longest=300)


class PoolForm(NldsForm):
    kind = forms.ChoiceField(
        label="Soort ondersteuning",
        choices=SupportKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies de soort ondersteuning."},
    )
    year = forms.IntegerField(
        label="Jaar",
        min_value=2021,
        max_value=2099,
        localize=False,
        error_messages={
            "required": "Vul het jaar in.",
            "invalid": "Vul een jaar in, bijvoorbeeld 2027.",
            "min_value": "Vul een jaar vanaf 2021 in.",
            "max_value": "Vul een jaar in, bijvoorbeeld 2027.",
        },
    )
    workers = forms.IntegerField(
        label="Hoeveel mensen?",
        min_value=0,
        max_value=999,
        error_messages={
            "required": "Vul in hoeveel mensen er zijn.",
            "invalid": "Vul een heel getal in.",
            "min_value": "Vul 0 of meer in.",
            "max_value": "Vul hoogstens 999 in.",
        },
    )
    hours_each = hours("Uren per week per persoon", "Vul in hoeveel uren per week.")
    source = text(
        "Waar staat dit?",
        "Vul in waar dit is besloten.",
        longest=200,
        help_text="Bijvoorbeeld: collegebesluit van 6 december 2025.",
    )

    def __init__(self, *args, back: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = saving(
            "kind", "year", Columns("workers", "hours_each"), "source", back=back, label="Opslaan"
        )


class WorkerForm(NldsForm):
    label = text(
        "Aanduiding",
        "Vul in hoe wij deze medewerker aanduiden.",
        longest=80,
        help_text="Bijvoorbeeld: jeugdondersteuner 3. Een naam is niet nodig.",
    )
    name = text("Naam", longest=120)
    employer = forms.ModelChoiceField(
        Organisation.objects.order_by("name", "pk"),
        label="Werkgever",
        empty_label="Kies een organisatie",
        help_text="Bij voorkeur niet het schoolbestuur of de kinderopvang van het IKC zelf.",
        error_messages={"required": "Kies de werkgever."},
    )

    def __init__(self, *args, back: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = saving("label", "name", "employer", back=back, label="Medewerker toevoegen")


class SupportRequestForm(NldsForm):
    kind = forms.ChoiceField(
        label="Waar vraagt u om?",
        choices=SupportRequestKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies waar u om vraagt."},
    )
    wanted_kind = forms.ChoiceField(
        label="Van wie wilt u advies?",
        choices=[
            (SupportKind.PEDAGOGUE, "een pedagoog"),
            (SupportKind.YOUTH, "een jeugdondersteuner"),
            (SupportKind.PROCESS_COACH, "een procesbegeleider"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies van wie u advies wilt."},
    )
    question = text(
        "Uw vraag",
        "Schrijf op wat u wilt bespreken.",
        longest=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Noem geen namen van kinderen of ouders, en niets waaraan zij te herkennen zijn.",
    )
    wanted_by = day("Graag vóór")
    both_motivated = forms.BooleanField(
        label="School en kinderopvang willen dit allebei",
        required=False,
        help_text="Alleen nodig bij een procesbegeleider voor een IKC in een dorp.",
    )

    def __init__(self, *args, ikc: Ikc, back: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        fields = ["kind", "wanted_kind", "question", "wanted_by"]
        if ikc.form == Ikc.Form.VILLAGE:
            fields.append("both_motivated")
        else:
            del self.fields["both_motivated"]
        self.helper = saving(*fields, back=back, label="Verzoek versturen")


class AnswerForm(NldsForm):
    answer = text(
        "Uw antwoord aan het IKC",
        "Schrijf een antwoord aan het IKC.",
        longest=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class OutcomeForm(NldsForm):
    hours_spent = forms.DecimalField(
        label="Bestede uren",
        min_value=Decimal("0.5"),
        max_value=Decimal(999),
        max_digits=5,
        decimal_places=1,
        localize=True,
        error_messages={
            "required": "Vul in hoeveel uren het kostte.",
            "invalid": "Vul een getal in, bijvoorbeeld 3 of 3,5.",
            "min_value": "Vul minstens een half uur in.",
            "max_value": "Vul hoogstens 999 uur in.",
        },
    )
    outcome = text(
        "Wat leverde het op?",
        "Schrijf kort op wat het opleverde.",
        longest=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Noem geen namen van kinderen of ouders.",
    )
