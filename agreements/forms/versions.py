"""The forms around a version: its period and topics, a next version, and the deeds that ask for a reason."""

from typing import Any, cast

from crispy_forms.layout import Layout
from django import forms
from django.core.files.uploadedfile import UploadedFile

from agreements.forms.fields import small_enough
from agreements.models import (
    AgreementTemplate,
    AgreementTopic,
    AgreementVersion,
    Programme,
    ProgrammeYear,
)
from agreements.services.drafting import Frame
from agreements.services.signing import SignedPaper
from ikc.models import AreaRecalibration, Ikc
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    CharacterCount,
    Columns,
    Fieldset,
    FileUpload,
    LinkButton,
    NldsHelper,
)
from subsidies.forms.fields import day, story
from subsidies.forms.fields import text as line

LONGEST_TOPIC = 4000

# What the parties should think about, per topic; shown above the box.
TOPIC_HINTS = {
    AgreementTopic.Code.GOALS: "Wat willen we over acht jaar bereikt hebben, en wat na twee, vier en zes jaar?",
    AgreementTopic.Code.CONTRIBUTIONS: "Wat brengt elke partij in, en wat gebeurt er als dat anders loopt?",
    AgreementTopic.Code.ANALYSIS_TO_OFFER: "Hoe maken we van cijfers en signalen een aanbod dat past bij deze kinderen?",
    AgreementTopic.Code.STEERING: "Wie stuurt het IKC aan, en hoe werken onderwijs en opvang daarin gelijkwaardig samen?",
    AgreementTopic.Code.JOB_FRAMEWORK: "Welke functies horen bij dit IKC, en hoe groeien we daarnaartoe?",
    AgreementTopic.Code.ORGANISATION: "Hoe zijn onderwijs en opvang ingericht, van dagindeling tot gebouw?",
    AgreementTopic.Code.STAFF_EFFICIENCY: "Hoe zetten we het huidige team in, nu er expertise bij komt?",
}


def year_field(label: str, *, help_text: str = "", required: bool = True) -> forms.ModelChoiceField:
    """One of the eight years of the programme; the form sets the queryset."""
    return forms.ModelChoiceField(
        ProgrammeYear.objects.none(),
        label=label,
        help_text=help_text,
        required=required,
        empty_label="Kies een jaar",
        error_messages={"required": f"Kies bij ‘{label}’ een jaar."},
    )


class FrameForm(NldsForm):
    """From when until when, and the first year with targets."""

    period_start = day("Looptijd van", "Vul in wanneer de afspraak begint.")
    period_end = day("Tot en met", "Vul in wanneer de afspraak eindigt.")
    effective_year = year_field(
        "Eerste jaar met streefwaarden",
        help_text="Vanaf dit jaar heeft elke indicator een streefwaarde.",
    )
    notice_months = forms.IntegerField(
        label="Opzegtermijn in maanden",
        min_value=1,
        max_value=24,
        initial=6,
        help_text="Zo lang vóór 1 augustus zegt een partij de afspraak op.",
        error_messages={
            "required": "Vul de opzegtermijn in.",
            "invalid": "Vul de opzegtermijn in als een heel aantal maanden.",
            "min_value": "De opzegtermijn is 1 maand of meer.",
            "max_value": "De opzegtermijn is 24 maanden of minder.",
        },
    )

    def __init__(self, *args: Any, programme: Programme, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(
            forms.ModelChoiceField, self.fields["effective_year"]
        ).queryset = programme.years.in_order()
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            *self.before_period(),
            Columns("period_start", "period_end"),
            "effective_year",
            "notice_months",
            Actions(Button("save", self.button), LinkButton(back_url, "Annuleren")),
        )

    button = "Looptijd bewaren"

    def before_period(self) -> list[Any]:
        return []

    def frame(self) -> Frame:
        return Frame(
            self.cleaned_data["period_start"],
            self.cleaned_data["period_end"],
            self.cleaned_data["effective_year"],
            self.cleaned_data["notice_months"],
        )


class DraftForm(FrameForm):
    """A first version for one of the IKCs that have none yet."""

    button = "Concept maken"
    ikc = forms.ModelChoiceField(
        Ikc.objects.none(),
        label="IKC",
        empty_label="Kies het IKC",
        help_text="Alleen Plus IKC’s zonder resultaatafspraak staan in de lijst.",
        error_messages={"required": "Kies het IKC waarvoor de afspraak is."},
    )
    template = forms.ModelChoiceField(
        AgreementTemplate.objects.order_by("title"),
        label="Beginnen met een sjabloon?",
        required=False,
        empty_label="Nee, met een lege afspraak",
        help_text="Een sjabloon geeft onderwerpen, resultaten, indicatoren, maatregelen en functies, zonder cijfers.",
    )
    field_order = (
        "ikc",
        "template",
        "period_start",
        "period_end",
        "effective_year",
        "notice_months",
    )

    def __init__(self, *args: Any, ikcs: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["ikc"]).queryset = ikcs

    def before_period(self) -> list[Any]:
        return ["ikc", "template"]


class NewVersionForm(NldsForm):
    """Why the agreement changes, and from which year on."""

    kind = forms.ChoiceField(
        label="Soort wijziging",
        choices=[
            choice
            for choice in AgreementVersion.Kind.choices
            if choice[0] != AgreementVersion.Kind.INITIAL
        ],
        widget=forms.RadioSelect,
        help_text="Een bijstelling verandert jaren die nog komen. Een herijking doet dat na een nieuwe keuze van"
        " aandachtsgebieden. Een correctie herstelt een fout, ook in eerdere jaren.",
        error_messages={"required": "Kies wat voor wijziging dit is."},
    )
    reason = story(
        "Waarom verandert de afspraak?",
        "Schrijf op waarom de afspraak verandert.",
        longest=1000,
        rows=4,
        help_text="In hoogstens 1.000 tekens. De reden staat in de nieuwe versie.",
    )
    recalibration = forms.ModelChoiceField(
        AreaRecalibration.objects.adopted(),
        label="Uit welke herijking volgt de wijziging?",
        required=False,
        empty_label="Niet uit een herijking",
        help_text="Alleen bij een herijking. U kiest uit de herijkingen die het college heeft vastgesteld.",
    )
    effective_year = year_field(
        "Geldt vanaf", help_text="Streefwaarden van eerdere jaren blijven gelijk."
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        named, kind = bool(cleaned.get("recalibration")), cleaned.get("kind")
        if kind == AgreementVersion.Kind.RECALIBRATION and not named:
            self.add_error("recalibration", "Kies uit welke herijking de wijziging volgt.")
        elif kind and kind != AgreementVersion.Kind.RECALIBRATION and named:
            self.add_error("recalibration", "Kies ‘Niet uit een herijking’: dit is geen herijking.")
        return cleaned

    def __init__(self, *args: Any, programme: Programme, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(
            forms.ModelChoiceField, self.fields["effective_year"]
        ).queryset = programme.years.in_order()
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "kind",
            "recalibration",
            CharacterCount("reason"),
            "effective_year",
            Actions(Button("save", "Nieuwe versie maken"), LinkButton(back_url, "Annuleren")),
        )


class TopicsForm(NldsForm):
    """A box for each of the seven topics; they may stay empty until the offer."""

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in AgreementTopic.Code:
            self.fields[code.value] = story(
                code.label,
                "",
                longest=LONGEST_TOPIC,
                rows=5,
                required=False,
                help_text=f"{TOPIC_HINTS[code]} In hoogstens 4.000 tekens.",
            )
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            *(CharacterCount(code.value) for code in AgreementTopic.Code),
            Actions(Button("save", "Onderwerpen bewaren"), LinkButton(back_url, "Annuleren")),
        )

    def texts(self) -> dict[str, str]:
        return {code.value: self.cleaned_data[code.value] for code in AgreementTopic.Code}


class ClausesForm(NldsForm):
    """A box for each standing clause of this version."""

    def __init__(self, *args: Any, clauses: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [clause.code for clause in clauses]
        for clause in clauses:
            name = clause.get_code_display()
            self.fields[clause.code] = story(
                name, f"Schrijf op wat bij ‘{name}’ is afgesproken.", longest=2000, rows=5
            )
            self.fields[clause.code].initial = clause.text
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            *(CharacterCount(code) for code in self.codes),
            Actions(Button("save", "Bepalingen bewaren"), LinkButton(back_url, "Annuleren")),
        )

    def texts(self) -> dict[str, str]:
        return {code: self.cleaned_data[code] for code in self.codes}


class ReasonForm(NldsForm):
    """A deed that is only done with a reason."""

    reason = story(
        "Reden",
        "Schrijf op waarom u dit doet.",
        longest=500,
        rows=3,
        help_text="In hoogstens 500 tekens. De reden komt in de tijdlijn.",
    )

    def __init__(self, *args: Any, button: str, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            CharacterCount("reason"),
            Actions(Button("confirm", button, negative=True), LinkButton(back_url, "Annuleren")),
        )


class TemplateForm(NldsForm):
    """The name under which others find a template."""

    title = line(
        "Naam van het sjabloon",
        "Geef het sjabloon een naam.",
        longest=120,
        help_text="Bijvoorbeeld: Plus IKC in de stad.",
    )
    note = line("Waarvoor is het bedoeld?", "", longest=300, required=False)

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "title",
            "note",
            Actions(Button("save", "Sjabloon maken"), LinkButton(back_url, "Annuleren")),
        )


class SignForm(NldsForm):
    """Whether the reader has read it; the signature itself is the button."""

    read = forms.BooleanField(
        error_messages={"required": "Bevestig dat u de hele afspraak hebt gelezen."}
    )

    def __init__(self, *args: Any, organisation: str, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "read"
        ].label = f"Ik heb de hele afspraak gelezen en onderteken haar namens {organisation}"
        self.helper = NldsHelper(form_id="ondertekenen")
        self.helper.layout = Layout(
            Fieldset(
                "Ondertekenen",
                "read",
                description="Uw naam, het tijdstip en de vingerafdruk van de tekst worden vastgelegd. Een handtekening kunt u niet zelf intrekken.",
            ),
            Actions(Button("sign", "Ondertekenen", icon="check"), LinkButton(back_url, "Niet nu")),
        )


class SignedPaperForm(NldsForm):
    """A signed PDF of the agreement, and what the uploader says about the signature on it."""

    file = forms.FileField(
        label="De ondertekende afspraak",
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
        allow_empty_file=True,  # the service refuses it, in its own words
        help_text="De PDF uit het portaal met de handtekening erop. Het portaal controleert of de tekst dezelfde is.",
        error_messages={"required": "Kies de ondertekende PDF."},
    )
    name = line("Naam van wie tekende", "Vul in wie tekende.", longest=160)
    function = line("Functie", "Vul de functie in van wie tekende.", longest=120)
    signed_on = day("Getekend op", "Vul in op welke dag is getekend.")
    mandate = line(
        "Statuten, volmacht of mandaat",
        "Vul in op grond waarvan deze persoon tekende.",
        longest=120,
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            FileUpload("file"),
            Columns("name", "function"),
            "signed_on",
            "mandate",
            Actions(Button("save", "Handtekening vastleggen"), LinkButton(back_url, "Annuleren")),
        )

    def clean_file(self) -> UploadedFile:
        return small_enough(self.cleaned_data["file"])

    def paper(self) -> SignedPaper:
        return SignedPaper(
            **{
                name: self.cleaned_data[name]
                for name in ("name", "function", "signed_on", "mandate")
            }
        )
