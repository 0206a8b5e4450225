"""The forms with which a round is written, adopted, published and given up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.text import slugify

from ikc.models import Ikc
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Affixed,
    Button,
    CharacterCount,
    Columns,
    Currency,
    Fieldset,
    FormsetTable,
    LinkButton,
    NldsHelper,
)
from subsidies.forms.budget_rules import BUDGET_RULES, BaseBudgetRuleFormSet
from subsidies.forms.fields import AmountField, clock, count, day, share, story, text
from subsidies.models import AmountFormula, PriorityTier, SchemeVersion, SubsidyRound
from subsidies.services.round_content import (
    CriterionContent,
    FormulaContent,
    RoundContent,
)
from subsidies.states import SchemeState

NO_PRIORITY = ("", "geen verdere voorrang")
TIER_FIELDS = ("tier_1", "tier_2", "tier_3")
FIRST_YEAR, LAST_YEAR = 2021, 2028


class RoundForm(NldsForm):
    """Everything of a round but its criteria, which are the formset beside it."""

    scheme_version = forms.ModelChoiceField(
        SchemeVersion.objects.exclude(state=SchemeState.SUPERSEDED).order_by("-valid_from", "pk"),
        label="Regeling",
        empty_label="Kies de regeling",
        help_text="Zonder regeling geen subsidie (Awb 4:23).",
        error_messages={"required": "Kies de regeling waarop de ronde rust."},
    )
    name = text("Naam van de ronde", "Geef de ronde een naam.")
    year = forms.TypedChoiceField(
        label="Jaar",
        coerce=int,
        choices=[(year, str(year)) for year in range(FIRST_YEAR, LAST_YEAR + 1)],
        error_messages={"required": "Kies het jaar van de ronde."},
    )
    description = story(
        "Doel en doelgroep",
        "Beschrijf waarvoor en voor wie de ronde is.",
        longest=2000,
        rows=4,
        help_text="In hoogstens 2.000 tekens. Aanvragers lezen dit.",
    )
    eligible_forms = forms.MultipleChoiceField(
        label="Wie mogen meedoen?",
        choices=Ikc.Form.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Kies welke vormen van IKC’s mogen meedoen."},
    )
    founding_allowed = forms.BooleanField(
        label="IKC’s in oprichting mogen ook meedoen", required=False
    )

    opens_on = day("Opent op", "Vul in op welke dag de ronde opengaat.")
    opens_time = clock("Om", "Vul in hoe laat de ronde opengaat.")
    closes_on = day("Sluit op", "Vul in op welke dag de ronde sluit.")
    closes_time = clock("Om", "Vul in hoe laat de ronde sluit.")
    period_start = day("Subsidieperiode van", "Vul in wanneer de subsidieperiode begint.")
    period_end = day("Tot en met", "Vul in wanneer de subsidieperiode eindigt.")
    reference_date = day(
        "Peildatum kinderen",
        "Vul de peildatum voor het aantal kinderen in.",
        help_text="Op deze dag tellen we de kinderen.",
    )

    ceiling = AmountField(label="Subsidieplafond", missing="Vul het subsidieplafond in.")
    marginal_policy = forms.ChoiceField(
        label="Als er te weinig over is voor de laatste aanvraag",
        choices=SubsidyRound.MarginalPolicy.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat er met de laatste aanvraag gebeurt."},
    )
    floor = AmountField(
        label="Kleinste zinvolle bedrag",
        required=False,
        help_text="Is er minder over, dan verlenen we niets meer.",
    )
    min_score = share(
        "Minimumscore",
        "",
        required=False,
        help_text="Van 0 tot en met 100. Onder deze score weigeren we.",
    )
    min_reviews = count(
        "Beoordelingen per aanvraag", "Vul in hoeveel beoordelingen een aanvraag ten minste krijgt."
    )
    spread_limit = share(
        "Bespreken bij meer verschil dan",
        "Vul in bij hoeveel verschil tussen beoordelaars de commissie overlegt.",
        help_text="In punten op de schaal van 0 tot en met 100.",
    )
    lottery_seed = text(
        "Tekst voor de loting",
        "Vul de tekst voor de loting in.",
        help_text="Bijvoorbeeld de vindplaats van de publicatie. Zo kan iedereen de loting narekenen.",
    )
    tier_1 = forms.ChoiceField(
        label="Eerst", required=False, choices=[NO_PRIORITY, *PriorityTier.Rule.choices]
    )
    tier_2 = forms.ChoiceField(
        label="Daarna", required=False, choices=[NO_PRIORITY, *PriorityTier.Rule.choices]
    )
    tier_3 = forms.ChoiceField(
        label="En dan", required=False, choices=[NO_PRIORITY, *PriorityTier.Rule.choices]
    )

    plus_base = AmountField(label="Plus IKC: vast bedrag", required=False)
    plus_per_child = AmountField(label="Plus IKC: bedrag per kind", required=False)
    regular_base = AmountField(label="Ander IKC: vast bedrag", required=False)
    regular_per_child = AmountField(label="Ander IKC: bedrag per kind", required=False)

    def __init__(self, *args: Any, back_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="ronde")
        self.helper.layout = Layout(
            Fieldset(
                "Over de ronde",
                "scheme_version",
                "name",
                "year",
                CharacterCount("description"),
                "eligible_forms",
                "founding_allowed",
            ),
            Fieldset(
                "Data",
                Columns("opens_on", "opens_time"),
                Columns("closes_on", "closes_time"),
                Columns("period_start", "period_end"),
                "reference_date",
                description="De ronde gaat vanzelf open en dicht, op de minuut. Na sluiting telt een aanvraag niet meer mee.",
            ),
            Fieldset(
                "Geld en verdeling",
                Columns(Currency("ceiling"), Currency("floor")),
                "marginal_policy",
                Columns(
                    Affixed("min_score", after="punten"),
                    "min_reviews",
                    Affixed("spread_limit", after="punten"),
                ),
                "lottery_seed",
                description="De verdeelwijze is rangschikking op score (tender). Bij gelijke score telt eerst het zwaarste criterium, daarna de volgende, en als laatste het lot.",
            ),
            Fieldset(
                "Voorrang",
                Columns(*TIER_FIELDS),
                description="Wie voorrang heeft, komt op de lijst vóór alle anderen, ook met een lagere score.",
            ),
            Fieldset(
                "Criteria",
                FormsetTable(
                    "criteria", "Criteria en gewichten", total="weight", row_name="criterium"
                ),
                css_id="criteria-sectie",
                description="De gewichten zijn samen 100%. De commissie scoort elk criterium met 1 tot en met 5.",
            ),
            Fieldset(
                "Hoogste bedrag en begrotingsregels",
                Columns(Currency("plus_base"), Currency("plus_per_child")),
                Columns(Currency("regular_base"), Currency("regular_per_child")),
                FormsetTable(BUDGET_RULES, "Begrotingsregels", row_name="begrotingsregel"),
                description="Het hoogste bedrag is het vaste bedrag plus het bedrag per kind van 2 jaar en ouder. Laat u de begrotingsregels leeg, dan gelden die van de regeling.",
            ),
            Actions(
                Button("save", "Ronde bewaren"),
                LinkButton(back_url, "Annuleren"),
            ),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for moment in ("opens", "closes"):
            cleaned[f"{moment}_at"] = _moment(cleaned, moment)
        self._require_order(
            "opens_at", "closes_at", "closes_on", "De ronde sluit vóórdat zij opengaat."
        )
        self._require_order(
            "period_start",
            "period_end",
            "period_end",
            "De subsidieperiode eindigt vóórdat zij begint.",
        )
        if cleaned.get("ceiling") == 0:
            self.add_error("ceiling", "Het subsidieplafond is hoger dan nul.")
        self._clean_tiers(cleaned)
        return cleaned

    def _require_order(self, first: str, last: str, field: str, sentence: str) -> None:
        start, end = self.cleaned_data.get(first), self.cleaned_data.get(last)
        if start and end and end <= start:
            self.add_error(field, sentence)

    def _clean_tiers(self, cleaned: dict[str, Any]) -> None:
        chosen = [cleaned.get(name) for name in TIER_FIELDS if cleaned.get(name)]
        for name in TIER_FIELDS:
            if cleaned.get(name) and chosen.count(cleaned[name]) > 1:
                self.add_error(name, "Kies elke voorrang maar één keer.")
                return

    def content(
        self, criteria: "BaseCriterionFormSet", rules: BaseBudgetRuleFormSet
    ) -> RoundContent:
        """The valid form and its valid formsets as the services want it; no limits typed: those of the scheme."""
        values = dict(self.cleaned_data)
        formulas = []
        for group in AmountFormula.NEEDED:
            base, per_child = values.pop(f"{group}_base"), values.pop(f"{group}_per_child")
            if base is not None and per_child is not None:
                formulas.append(FormulaContent(group, base, per_child))
        tiers = [values.pop(name) for name in TIER_FIELDS]
        for name in ("opens_on", "opens_time", "closes_on", "closes_time"):
            del values[name]
        return RoundContent(
            **values,
            criteria=criteria.content(),
            formulas=formulas,
            tiers=[tier for tier in tiers if tier],
            budget_rules=rules.content() or None,
        )


def _moment(cleaned: Mapping[str, Any], prefix: str) -> datetime | None:
    on, at = cleaned.get(f"{prefix}_on"), cleaned.get(f"{prefix}_time")
    if on is None or at is None:
        return None
    return timezone.make_aware(datetime.combine(on, at))


def round_initial(round_: SubsidyRound) -> dict[str, Any]:
    """The values of a round for its form."""
    values = {
        name: getattr(round_, name) for name in RoundForm.base_fields if hasattr(round_, name)
    }
    for moment in ("opens", "closes"):
        local = timezone.localtime(getattr(round_, f"{moment}_at"))
        values[f"{moment}_on"], values[f"{moment}_time"] = local.date(), local.time()
    for formula in round_.formulas.all():
        values[f"{formula.group}_base"] = formula.base
        values[f"{formula.group}_per_child"] = formula.per_child
    tiers = sorted(round_.tiers.all(), key=lambda tier: tier.rank)
    values.update(zip(TIER_FIELDS, (tier.rule for tier in tiers), strict=False))
    return values


class CriterionForm(NldsForm):
    """One criterion; its code stays what it was, however the name changes."""

    code = forms.SlugField(required=False, max_length=30, widget=forms.HiddenInput)
    name = text("Criterium", "Geef het criterium een naam.", longest=100)
    question = forms.CharField(
        label="Vraag aan de commissie",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Schrijf de vraag op die de commissie beantwoordt.",
            "max_length": "De vraag is te lang: hoogstens 500 tekens.",
        },
    )
    weight = forms.IntegerField(
        label="Gewicht in %",
        min_value=1,
        max_value=100,
        error_messages={
            "required": "Vul het gewicht in.",
            **dict.fromkeys(
                ("invalid", "min_value", "max_value"),
                "Vul als gewicht een heel getal van 1 tot en met 100 in.",
            ),
        },
    )


class BaseCriterionFormSet(BaseFormSet):
    """Rows that were left empty or taken away do not count; weights need not fit before adoption."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.empty_permitted = True

    def _rows(self) -> list[dict[str, Any]]:
        return [
            form.cleaned_data
            for form in self.forms
            if form.has_changed() and not self._should_delete_form(form)
        ]

    def clean(self) -> None:
        names = [row["name"].casefold() for row in self._rows() if row.get("name")]
        if len(names) != len(set(names)):
            raise forms.ValidationError("Twee criteria hebben dezelfde naam.")

    def content(self) -> list[CriterionContent]:
        """The criteria in the order of the page; a new one gets a code out of its name."""
        taken: set[str] = {row["code"] for row in self._rows() if row["code"]}
        criteria = []
        for row in self._rows():
            code = row["code"] or _free_code(row["name"], taken)
            taken.add(code)
            criteria.append(CriterionContent(code, row["name"], row["question"], row["weight"]))
        return criteria


def _free_code(name: str, taken: set[str]) -> str:
    base = slugify(name)[:26] or "criterium"
    return next(
        code
        for code in (base, *(f"{base}-{number}" for number in range(2, 100)))
        if code not in taken
    )


CriterionFormSet = formset_factory(
    CriterionForm, formset=BaseCriterionFormSet, extra=0, max_num=20, can_delete=True
)


def criterion_initial(round_: SubsidyRound) -> list[dict[str, Any]]:
    return list(round_.criteria.order_by("order").values("code", "name", "question", "weight"))


class AdoptForm(NldsForm):
    """The decision of the college with which a round is adopted."""

    decision_number = text(
        "Nummer van het collegebesluit",
        "Vul het nummer van het collegebesluit in.",
        longest=60,
        help_text="Bijvoorbeeld B&amp;W 2026-017.",
    )
    decided_on = day("Datum van het collegebesluit", "Vul de datum van het collegebesluit in.")

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="vaststellen")
        self.helper.layout = Layout(
            "decision_number",
            "decided_on",
            Actions(Button("adopt", "Ronde vaststellen"), LinkButton(back_url, "Annuleren")),
        )


class PublishForm(NldsForm):
    """Where the round was published (Awb 3:42, 4:27)."""

    reference = text(
        "Vindplaats in het Gemeenteblad",
        "Vul de vindplaats in het Gemeenteblad in.",
        help_text="Bijvoorbeeld Gemeenteblad 2026, 12345.",
    )
    published_on = day("Datum van publicatie", "Vul de datum van publicatie in.")
    budget_warning = forms.BooleanField(
        label="De publicatie waarschuwt dat het plafond lager kan worden bij de begroting (Awb 4:28)",
        required=False,
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="publiceren")
        self.helper.layout = Layout(
            "reference",
            "published_on",
            "budget_warning",
            Actions(Button("publish", "Publicatie vastleggen"), LinkButton(back_url, "Annuleren")),
        )


class CancelForm(NldsForm):
    """Why a round does not go on."""

    reason = story(
        "Waarom gaat de ronde niet door?",
        "Schrijf op waarom de ronde niet doorgaat.",
        longest=500,
        rows=3,
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="annuleren")
        self.helper.layout = Layout(
            CharacterCount("reason"),
            Actions(
                Button("cancel", "Ronde annuleren", negative=True),
                LinkButton(back_url, "Terug naar de ronde"),
            ),
        )
