"""The steps of the form of a round about its division: the method with what goes with it, and the criteria."""

from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.forms.formsets import formset_factory
from django.utils.text import slugify

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Affixed, Columns, Currency, Fieldset, FormsetTable
from subsidies.forms.fields import AmountField, count, share, text
from subsidies.forms.round_steps import StepForm
from subsidies.forms.rows import BaseRowFormSet
from subsidies.models import SubsidyRound
from subsidies.round_steps import RoundStep
from subsidies.services.round_content import CriterionContent, RoundContent

CRITERIA = "criteria"
Method, Mode, TieBreak = SubsidyRound.Method, SubsidyRound.LotteryMode, SubsidyRound.TieBreak
ORDERED = "|".join(SubsidyRound.ORDERED)


class DivisionForm(StepForm):
    """How the ceiling is divided. What belongs to another method is kept as it was, and not judged."""

    step = RoundStep.DIVISION

    allocation_method = forms.ChoiceField(
        label="Hoe verdelen we het geld?",
        choices=[
            (Method.TENDER, "Rangschikking op score (tender)"),
            (Method.FIRST_COME, "Op volgorde van de dag waarop de aanvraag volledig is"),
            (Method.PRO_RATA, "Naar verhouding van het gevraagde bedrag"),
            (Method.PER_CHILD, "Een gelijk bedrag per kind"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies hoe het geld wordt verdeeld."},
    )
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
    tie = forms.ChoiceField(
        label="Bij een gelijke score beslist",
        choices=[
            (TieBreak.CRITERIA, "De score per criterium, het zwaarste eerst; daarna het lot"),
            (TieBreak.LOTTERY, "Meteen het lot"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat er beslist bij een gelijke score."},
    )
    lottery_mode = forms.ChoiceField(
        label="Als er geloot wordt",
        choices=[
            (Mode.SEEDED, "Het portaal loot; iedereen kan de uitslag narekenen"),
            (Mode.MANUAL, "Met de hand, met een proces-verbaal"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies hoe er wordt geloot."},
    )
    lottery_seed = text(
        "Tekst voor de loting",
        "",
        required=False,
        help_text="Nodig als het portaal loot. Bijvoorbeeld de naam van de ronde en de datum. Wie deze tekst en de aanvraagnummers heeft, kan de loting narekenen.",
    )
    lottery_drawn_by = text(
        "Wie doet de loting?",
        "",
        longest=200,
        required=False,
        help_text="Nodig bij een loting met de hand. Bijvoorbeeld een notaris, of twee ambtenaren die er niet bij betrokken zijn.",
    )
    # Each is asked with its own way to draw, and then there is no choice: the label does not say 'niet verplicht'.
    lottery_seed.one_of = lottery_drawn_by.one_of = True  # type: ignore[attr-defined]
    fallback_on_outage = forms.ChoiceField(
        label="Als het portaal op de openingsdag niet bereikbaar is",
        choices=[
            (SubsidyRound.OutageFallback.EXTEND, "Alleen de sluiting schuift op"),
            (SubsidyRound.OutageFallback.LOTTERY, "We loten onder iedereen die die dag aanvroeg"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat er gebeurt bij een storing."},
    )

    def parts(self) -> list[Any]:
        return [
            "allocation_method",
            Div(
                Fieldset("De laatste aanvraag", "marginal_policy"),
                data_kvk2_when=f"allocation_method={ORDERED}",
            ),
            Fieldset(
                "Ondergrens",
                Columns(Currency("floor"), Affixed("min_score", after="punten")),
            ),
            Fieldset(
                "Beoordeling door de commissie",
                Columns("min_reviews", Affixed("spread_limit", after="punten")),
            ),
            Div(
                Fieldset(
                    "Gelijke stand",
                    Div("tie", data_kvk2_when=f"allocation_method={Method.TENDER}"),
                    "lottery_mode",
                    Div("lottery_seed", data_kvk2_when=f"lottery_mode={Mode.SEEDED}"),
                    Div("lottery_drawn_by", data_kvk2_when=f"lottery_mode={Mode.MANUAL}"),
                    Div(
                        "fallback_on_outage",
                        data_kvk2_when=f"allocation_method={Method.FIRST_COME}",
                    ),
                    description="Het tijdstip van indienen telt nooit mee bij een gelijke stand.",
                ),
                data_kvk2_when=f"allocation_method={ORDERED}",
            ),
        ]

    @classmethod
    def initial_from(cls, content: RoundContent) -> dict[str, Any]:
        values = super().initial_from(content)
        return {**values, "tie": content.tie_chain[0] if content.tie_chain else TieBreak.CRITERIA}

    def changes(self, rows: Any) -> dict[str, Any]:
        changes = super().changes(rows)
        by_criteria = (
            changes.pop("tie") == TieBreak.CRITERIA
            and changes["allocation_method"] == Method.TENDER
        )
        changes["tie_chain"] = [TieBreak.CRITERIA] * by_criteria + [TieBreak.LOTTERY]
        return changes


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


class BaseCriterionFormSet(BaseRowFormSet):
    """Rows that were left empty or taken away do not count; weights need not fit before adoption."""

    def clean(self) -> None:
        names = [row["name"].casefold() for row in self.rows() if row.get("name")]
        if len(names) != len(set(names)):
            raise forms.ValidationError("Twee criteria hebben dezelfde naam.")

    def content(self) -> list[CriterionContent]:
        """The criteria in the order of the page; a new one gets a code out of its name."""
        taken: set[str] = {row["code"] for row in self.rows() if row["code"]}
        criteria = []
        for row in self.rows():
            code = row["code"] or free_code(row["name"], taken, "criterium")
            taken.add(code)
            criteria.append(CriterionContent(code, row["name"], row["question"], row["weight"]))
        return criteria


def free_code(name: str, taken: set[str], otherwise: str) -> str:
    """A code out of `name` that is not among `taken`; `otherwise` when nothing of the name can be used."""
    base = slugify(name)[:26] or otherwise
    return next(
        code
        for code in (base, *(f"{base}-{number}" for number in range(2, 100)))
        if code not in taken
    )


CriterionFormSet = formset_factory(
    CriterionForm, formset=BaseCriterionFormSet, extra=0, max_num=20, can_delete=True
)


class CriteriaForm(StepForm):
    """What the commission scores, and how heavy each criterion is."""

    step = RoundStep.CRITERIA
    formset = CriterionFormSet
    formset_prefix = CRITERIA

    def parts(self) -> list[Any]:
        return [
            Fieldset(
                "Criteria en gewichten",
                FormsetTable(
                    CRITERIA,
                    "Criteria en gewichten",
                    total="weight",
                    row_name="criterium",
                    titled=True,
                ),
                description="De gewichten zijn samen 100%. De commissie scoort elk criterium met 1 tot en met 5.",
            )
        ]

    @classmethod
    def rows_from(cls, content: RoundContent) -> list[dict[str, Any]]:
        rows = [
            {"code": row.code, "name": row.name, "question": row.question, "weight": row.weight}
            for row in content.criteria
        ]
        return rows or [{}]

    def changes(self, rows: Any) -> dict[str, Any]:
        return {CRITERIA: rows.content()}
