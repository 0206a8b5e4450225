"""The steps of an application. A draft keeps whatever was typed, so each form can hand over its invalid part too."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crispy_forms.layout import HTML, Div, Layout
from django import forms

from ikc.models import CountSource
from kvk2.core.money import format_amount, round_half_up
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    CharacterCount,
    Columns,
    Currency,
    Fieldset,
    FormsetTable,
    LinkButton,
    NldsHelper,
)
from subsidies.forms.fields import AmountField, count, story, text
from subsidies.forms.rows import BaseRowFormSet
from subsidies.models import BudgetLine
from subsidies.models.child_statements import OWN_SOURCES
from subsidies.services.applications import LineContent, Typed

EMPTY = (None, "", [], ())


def new_page() -> str:
    """A name for one opened page, so that its own earlier saves are no conflict."""
    return secrets.token_hex(8)


class StepForm(NldsForm):
    """One step. `version`, `page` and `turn` travel along, to notice that somebody else saved in between."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    page = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)
    turn = forms.IntegerField(widget=forms.HiddenInput, required=False)
    TRAVELLING = ("version", "page", "turn")

    def typed(self) -> Typed:
        """What can be stored, and the text of what cannot; call it after validation."""
        values: dict[str, Any] = {}
        unparsed: dict[str, Any] = {}
        for name, field in self.fields.items():
            if name in self.TRAVELLING:
                continue
            if name in self.cleaned_data:
                values[name] = self.cleaned_data[name]
                continue
            raw = self[name].data
            values[name] = getattr(field, "empty_value", field.to_python(None))
            if raw not in EMPTY:
                unparsed[name] = raw
        return Typed(
            values=values,
            unparsed=unparsed,
            version=self.cleaned_data.get("version") or 0,
            page=self.cleaned_data.get("page") or "",
            turn=self.cleaned_data.get("turn") or 0,
        )


def _source(label: str, usual: CountSource) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=OWN_SOURCES,
        initial=usual,
        error_messages={
            "required": f"Kies bij ‘{label}’ waar het aantal vandaan komt.",
            "invalid_choice": f"Kies bij ‘{label}’ een bron uit de lijst.",
        },
    )


class DetailsForm(StepForm):
    """Step 1: who applies, and for how many children."""

    contact_name = text(
        "Naam contactpersoon",
        "Vul de naam van de contactpersoon in.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact_email = forms.EmailField(
        label="E-mailadres",
        max_length=254,
        help_text="Hier sturen we een melding heen als er een bericht klaarstaat.",
        error_messages={
            "required": "Vul het e-mailadres van de contactpersoon in.",
            "invalid": "Vul een e-mailadres in, bijvoorbeeld naam@school.nl.",
            "max_length": "Dit e-mailadres is te lang: hoogstens 254 tekens.",
        },
    )
    contact_phone = text(
        "Telefoonnummer",
        "Vul het telefoonnummer van de contactpersoon in.",
        longest=20,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    mandate_reference = text(
        "Kenmerk van de machtiging",
        "Vul het kenmerk van de machtiging in.",
        help_text="Het schoolbestuur is de aanvrager. Met dit besluit mag u namens het bestuur aanvragen.",
    )
    children_0_1 = count("0 en 1 jaar", "Vul het aantal kinderen van 0 en 1 jaar in.")
    children_2_3 = count("2 en 3 jaar", "Vul het aantal kinderen van 2 en 3 jaar in.")
    children_4_12 = count(
        "4 tot en met 12 jaar", "Vul het aantal kinderen van 4 tot en met 12 jaar in."
    )

    young_source = _source("Bron voor 0 tot en met 3 jaar", CountSource.CHILDCARE)
    pupil_source = _source("Bron voor 4 tot en met 12 jaar", CountSource.SCHOOL)
    dispute_note = forms.CharField(
        label="Klopt het aantal van DUO niet? Leg uit waarom",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Alleen als uw aantal anders is. De gemeente beslist erover. Geen namen van kinderen.",
        error_messages={"max_length": "De uitleg is te lang: hoogstens 1.000 tekens."},
    )

    def __init__(
        self,
        *args: Any,
        reference_date: str = "",
        back_url: str = "",
        duo: str = "",
        warning: str = "",
        disputable: bool = False,
        **kwargs: Any,
    ) -> None:
        """`duo` tells what DUO counted, or that it did not; `disputable` when there is a number to differ from."""
        super().__init__(*args, **kwargs)
        self.duo, self.warning = duo, warning
        if not disputable:
            del self.fields["dispute_note"]
        self.helper = NldsHelper(form_tag=False)
        self.helper.layout = Layout(
            *self.TRAVELLING,
            Fieldset("Contactpersoon", "contact_name", "contact_email", "contact_phone"),
            Fieldset("Machtiging", "mandate_reference"),
            Fieldset(
                "Aantal kinderen",
                Columns("children_0_1", "children_2_3", "children_4_12"),
                HTML(
                    '{% if form.warning %}{% include "components/alert.html" with kind="warning" heading="" text=form.warning only %}{% endif %}'
                    '{% if form.duo %}{% include "components/alert.html" with kind="info" heading="" text=form.duo only %}{% endif %}'
                ),
                *(["dispute_note"] if disputable else []),
                "young_source",
                "pupil_source",
                description=f"Hoeveel kinderen kwamen op {reference_date} naar uw IKC? Kinderen van 2 jaar en ouder tellen mee voor het hoogste bedrag. Wie de aanvraag ondertekent, bevestigt deze aantallen.",
            ),
            step_actions(back_url),
        )


class PlanForm(StepForm):
    """Step 2: what the IKC will do, and why (Awb 4:62)."""

    title = text("Titel van het plan", "Geef uw plan een titel.", longest=120)
    summary = story(
        "Vat uw plan samen",
        "Vat uw plan samen.",
        longest=800,
        rows=4,
        help_text="In hoogstens 800 tekens.",
    )
    analysis = story(
        "Wat blijkt uit de gegevens over uw kinderen, ouders en wijk?",
        "Beschrijf wat blijkt uit de gegevens over uw kinderen en wijk.",
        help_text="Noem de gegevens en waar ze vandaan komen. Geen gegevens over afzonderlijke kinderen. Hoogstens 3.000 tekens.",
    )
    integrated_offer = story(
        "Hoe werken onderwijs en opvang samen?",
        "Beschrijf hoe onderwijs en opvang samenwerken.",
        help_text="Hoogstens 3.000 tekens.",
    )
    parent_involvement = story(
        "Hoe betrekt u ouders?",
        "Beschrijf hoe u ouders betrekt.",
        longest=2000,
        rows=5,
        help_text="Hoogstens 2.000 tekens.",
    )
    support = story(
        "Wat vinden team, ouders en raad ervan?",
        "Beschrijf het draagvlak bij team, ouders en raad.",
        longest=2000,
        rows=4,
        help_text="Het bewijs voegt u toe bij de bijlagen. Hoogstens 2.000 tekens.",
    )

    def __init__(self, *args: Any, back_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_tag=False)
        self.helper.layout = Layout(
            *self.TRAVELLING,
            Fieldset("Het plan in het kort", "title", CharacterCount("summary")),
            Fieldset("Aanleiding", CharacterCount("analysis")),
            Fieldset(
                "Samen met opvang en ouders",
                CharacterCount("integrated_offer"),
                CharacterCount("parent_involvement"),
            ),
            Fieldset("Draagvlak", CharacterCount("support")),
            step_actions(back_url),
        )


class BudgetForm(StepForm):
    """Step 3: the requested amount; the lines are the two formsets in its layout."""

    requested_amount = AmountField(
        label="Welk bedrag vraagt u?", missing="Vul in hoeveel subsidie u vraagt."
    )
    applied_elsewhere = forms.TypedChoiceField(
        label="Vraagt u voor dezelfde kosten ook ergens anders geld?",
        choices=[("true", "Ja"), ("false", "Nee")],
        coerce=lambda value: value == "true",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Beantwoord de vraag of u voor dezelfde kosten ook ergens anders geld vraagt."
        },
    )
    applied_elsewhere_note = forms.CharField(
        label="Waar, hoeveel, en hoe staat het ermee?",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Alleen als u ‘Ja’ koos.",
        error_messages={"max_length": "De toelichting is te lang: hoogstens 1.000 tekens."},
    )

    def __init__(self, *args: Any, back_url: str = "", maximum: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_tag=False)
        self.helper.layout = Layout(
            *self.TRAVELLING,
            Fieldset(
                "Uitgaven",
                FormsetTable(
                    "costs", "Wat gaat het kosten?", total="amount", currency=("rate", "amount")
                ),
                description="Vul bij uren ook het uurtarief in. Het bedrag rekenen we dan voor u uit.",
            ),
            Fieldset(
                "Andere inkomsten",
                FormsetTable("income", "Wie betaalt mee?", total="amount", currency=("amount",)),
                description="Bijdragen van uw bestuur, de kinderopvang of een fonds. De subsidie die u hieronder vraagt, hoort hier niet bij.",
            ),
            Fieldset(
                "Subsidie",
                Currency("requested_amount"),
                "applied_elsewhere",
                Div("applied_elsewhere_note", data_kvk2_when="applied_elsewhere=true"),
                description=maximum,
            ),
            HTML('{% include "subsidies/_budget_check.html" %}'),
            step_actions(back_url),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (
            cleaned.get("applied_elsewhere")
            and not cleaned.get("applied_elsewhere_note", "").strip()
        ):
            self.add_error("applied_elsewhere_note", "Licht toe waar u ook subsidie vraagt.")
        return cleaned


class LineForm(NldsForm):
    """One row of the budget."""

    side: str = ""
    kind = forms.ChoiceField(label="Soort")
    description = forms.CharField(
        label="Omschrijving en toelichting",
        max_length=200,
        error_messages={
            "required": "Licht de regel toe.",
            "max_length": "De toelichting is te lang: hoogstens 200 tekens.",
        },
    )
    amount = AmountField(label="Bedrag", missing="Vul het bedrag in.")

    def content(self, order: int) -> LineContent | None:
        """The row as it can be stored, or None while its amount or kind is no value yet."""
        cleaned = getattr(self, "cleaned_data", {})
        if cleaned.get("amount") is None or not cleaned.get("kind"):
            return None
        if any(self[name].data not in EMPTY and name not in cleaned for name in self.fields):
            return None
        activity = cleaned.get("activity") or ""
        return LineContent(
            order=order,
            side=self.side,
            kind=cleaned["kind"],
            description=cleaned.get("description", ""),
            amount=cleaned["amount"],
            hours=cleaned.get("hours"),
            rate=cleaned.get("rate"),
            activity_id=int(activity) if activity.isdecimal() else None,
            activity_key="" if activity.isdecimal() else activity,
        )

    def raw(self) -> dict[str, str]:
        """What was typed in the row, for a row that cannot be stored."""
        return {name: self[name].data or "" for name in self.fields if name != "DELETE"}


def _kinds(kinds: Iterable[BudgetLine.Kind], missing: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Soort",
        choices=[("", "Kies"), *((kind.value, kind.label) for kind in kinds)],
        error_messages={"required": missing, "invalid_choice": missing},
    )


class CostForm(LineForm):
    """Expenditure: a fixed amount, or hours against a rate."""

    side = BudgetLine.Side.EXPENDITURE
    kind = _kinds(BudgetLine.EXPENDITURE_KINDS, "Kies het soort kosten.")
    hours = forms.DecimalField(
        label="Uren",
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=2,
        localize=True,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_digits", "max_decimal_places", "max_whole_digits"),
            "Vul het aantal uren in met cijfers, bijvoorbeeld 40 of 12,5.",
        ),
    )
    rate = AmountField(label="Uurtarief", required=False)
    amount = AmountField(label="Bedrag", missing="Vul het bedrag in.")
    activity = forms.ChoiceField(
        label="Activiteit",
        required=False,
        error_messages={"invalid_choice": "Kies een activiteit uit de lijst."},
    )
    field_order = ["activity", "kind", "description", "hours", "rate", "amount"]

    def __init__(
        self, *args: Any, activities: Sequence[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].required = False
        if activities:
            self.fields["activity"].choices = [("", "Alle"), *activities]
            self.fields["activity"].typed_labels = True
        else:
            del self.fields["activity"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        hours, rate = cleaned.get("hours"), cleaned.get("rate")
        amount = cleaned.get("amount")
        if hours is not None and rate is not None:
            product = round_half_up(hours * rate, 2)
            if amount is None and "amount" not in self.errors:
                cleaned["amount"] = product
            elif amount is not None and amount != product:
                self.add_error(
                    "amount",
                    f"Uren × uurtarief is {format_amount(product)}. Pas het bedrag aan of maak het leeg.",
                )
        elif amount is None and "amount" not in self.errors:
            self.add_error("amount", "Vul het bedrag in, of de uren en het uurtarief.")
        return cleaned


class IncomeForm(LineForm):
    """Income other than the requested subsidy."""

    side = BudgetLine.Side.INCOME
    kind = _kinds(BudgetLine.INCOME_KINDS, "Kies wie er meebetaalt.")
    field_order = ["kind", "description", "amount"]


class BaseLineFormSet(BaseRowFormSet):
    """The rows of one side of the budget."""

    def contents(self) -> list[LineContent]:
        """The rows that can be stored; `order` is the place in the table."""
        lines = (form.content(order) for order, form in enumerate(self.kept(), 1))
        return [line for line in lines if line is not None]

    def unparsed(self) -> list[dict[str, Any]]:
        """The other rows as they were typed, with their place."""
        return [
            {"order": order, **form.raw()}
            for order, form in enumerate(self.kept(), 1)
            if form.content(order) is None
        ]


CostFormSet = forms.formset_factory(
    CostForm, formset=BaseLineFormSet, extra=0, max_num=60, can_delete=True
)
IncomeFormSet = forms.formset_factory(
    IncomeForm, formset=BaseLineFormSet, extra=0, max_num=20, can_delete=True
)


def line_initial(
    lines: Iterable[BudgetLine], unparsed: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Stored and half-typed rows together, in the order of the table; one empty row when there are none."""
    rows: list[dict[str, Any]] = [
        {
            "order": line.order,
            "kind": line.kind,
            "description": line.description,
            "hours": line.hours,
            "rate": line.rate,
            "amount": line.amount,
            "activity": line.activity_key or line.activity_id or "",
        }
        for line in lines
    ]
    rows += [dict(row) for row in unparsed]
    return sorted(rows, key=lambda row: row["order"]) or [{}]


class SignForm(NldsForm):
    """The signature (Awb 2:18): who signs, in which function, with the declarations ticked."""

    signed_name = text(
        "Uw naam", "Vul uw naam in.", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    signed_job_title = text("Uw functie", "Vul uw functie in.")
    declared = forms.BooleanField(
        label="Ik verklaar dat dit klopt en onderteken de aanvraag namens het schoolbestuur",
        error_messages={
            "required": "Bevestig de verklaring. Zonder verklaring kunt u niet indienen."
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="ondertekenen")
        self.helper.layout = Layout(
            HTML('<input type="hidden" name="typed_by" value="{{ typed_by }}">'),
            Columns("signed_name", "signed_job_title"),
            "declared",
            Actions(Button("submit_application", "Ondertekenen en indienen", icon="pencil")),
        )


class WithdrawForm(NldsForm):
    """Why an application is taken back."""

    reason = story(
        "Waarom trekt u de aanvraag in?",
        "Schrijf kort op waarom u de aanvraag intrekt.",
        longest=500,
        rows=3,
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="intrekken")
        self.helper.layout = Layout(
            CharacterCount("reason"),
            Actions(
                Button("withdraw", "Aanvraag intrekken", negative=True),
                LinkButton(back_url, "Terug naar de aanvraag"),
            ),
        )


def step_actions(back_url: str) -> Actions:
    """The buttons under a step: go on, or stop for today."""
    return Actions(
        Button("next", "Opslaan en verder", icon_end="arrow-right"),
        Button("later", "Opslaan en later verder", appearance="secondary"),
        LinkButton(back_url, "Alle stappen", icon="arrow-left"),
    )
