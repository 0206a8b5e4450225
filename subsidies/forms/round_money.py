"""The steps of the form of a round about its money: the ceiling with its parts, and the maximum of an IKC."""

from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.forms.formsets import formset_factory
from django.utils.functional import cached_property

from ikc.models import Ikc
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Columns, Currency, Fieldset, FormsetTable
from subsidies.forms.fields import AmountField, count
from subsidies.forms.round_steps import StepForm
from subsidies.forms.rows import BaseRowFormSet
from subsidies.models import AmountFormula, SubCeiling
from subsidies.round_steps import RoundStep
from subsidies.services.round_content import FormulaContent, RoundContent, SubCeilingContent

PARTS, OWN_FORMULAS = "deelplafonds", "eigen-formules"
STAYS = ("", "niemand: het blijft over")
Group, Kind = AmountFormula.Group, AmountFormula.Kind
GROUPS = (
    (Group.PLUS, "Plus IKC’s"),
    (Group.REGULAR, "Overige IKC’s"),
    (Group.SPECIAL_EDUCATION, "IKC’s speciaal onderwijs"),
)
NO_FORMULA = ("", "Geen eigen formule")


class PartForm(NldsForm):
    """One part of the ceiling."""

    rule = forms.ChoiceField(
        label="Voor",
        choices=[("", "Kies een groep"), *SubCeiling.Rule.choices],
        error_messages={"required": "Kies voor welke IKC’s het deelplafond is."},
    )
    amount = AmountField(label="Bedrag", missing="Vul het bedrag van het deelplafond in.")
    overflow_to = forms.ChoiceField(
        label="Wat overblijft gaat naar",
        choices=[STAYS, *SubCeiling.Rule.choices],
        required=False,
    )

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        if amount is not None and amount <= 0:
            raise forms.ValidationError("Een deelplafond is hoger dan nul.")
        return amount


class BasePartFormSet(BaseRowFormSet):
    """A group has one part, and what it leaves over goes to a later row."""

    def clean(self) -> None:
        rules = [row.get("rule") for row in self.rows()]
        if len([rule for rule in rules if rule]) != len({rule for rule in rules if rule}):
            raise forms.ValidationError("Elke groep heeft hoogstens één deelplafond.")
        for place, row in enumerate(self.rows()):
            target = row.get("overflow_to")
            if target and target not in rules[place + 1 :]:
                label = SubCeiling.Rule(target).label
                raise forms.ValidationError(
                    f"Wat overblijft kan alleen naar een deelplafond dat lager in de lijst staat. ‘{label}’ staat daar niet."
                )

    def content(self) -> list[SubCeilingContent]:
        return [
            SubCeilingContent(
                code=_code(row["rule"]),
                name=SubCeiling.Rule(row["rule"]).label,
                rule=row["rule"],
                amount=row["amount"],
                overflow_to=_code(row["overflow_to"]),
            )
            for row in self.rows()
        ]


def _code(rule: str) -> str:
    return rule.replace("_", "-")


PartFormSet = formset_factory(
    PartForm, formset=BasePartFormSet, extra=0, max_num=len(SubCeiling.Rule), can_delete=True
)


class MoneyForm(StepForm):
    """The ceiling of the round, and the parts that it may have."""

    step = RoundStep.MONEY
    formset = PartFormSet
    formset_prefix = PARTS

    ceiling = AmountField(label="Subsidieplafond", missing="Vul het subsidieplafond in.")

    def parts(self) -> list[Any]:
        return [
            Currency("ceiling"),
            Fieldset(
                "Deelplafonds",
                FormsetTable(
                    PARTS,
                    "Deelplafonds",
                    total="amount",
                    row_name="deelplafond",
                    titled=True,
                    currency=["amount"],
                ),
                description="Niet verplicht. Een aanvraag valt onder het eerste deelplafond waar het IKC bij hoort. "
                "De deelplafonds worden van boven naar beneden verdeeld.",
            ),
        ]

    @classmethod
    def initial_from(cls, content: RoundContent) -> dict[str, Any]:
        return {"ceiling": content.ceiling or None}

    @classmethod
    def rows_from(cls, content: RoundContent) -> list[dict[str, Any]]:
        rules = {part.code: part.rule for part in content.sub_ceilings}
        return [
            {
                "rule": part.rule,
                "amount": part.amount,
                "overflow_to": rules.get(part.overflow_to, ""),
            }
            for part in content.sub_ceilings
        ]

    def clean_ceiling(self):
        ceiling = self.cleaned_data["ceiling"]
        if ceiling == 0:
            raise forms.ValidationError("Het subsidieplafond is hoger dan nul.")
        return ceiling

    def changes(self, rows: Any) -> dict[str, Any]:
        return {"ceiling": self.cleaned_data["ceiling"], "sub_ceilings": rows.content()}


class OwnFormulaForm(NldsForm):
    """The formula of one IKC that differs from its group."""

    ikc = forms.ModelChoiceField(
        Ikc.objects.order_by("name", "pk"),
        label="IKC",
        empty_label="Kies een IKC",
        error_messages={"required": "Kies voor welk IKC de formule is."},
    )
    base = AmountField(label="Vast bedrag", missing="Vul het vaste bedrag in.")
    per_child = AmountField(label="Bedrag per kind", missing="Vul het bedrag per kind in.")

    def __init__(self, *args: Any, ikcs: list[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ikc"].choices = ikcs


class BaseOwnFormulaFormSet(BaseRowFormSet):
    """An IKC has one formula of its own; the list of IKCs is read once for all rows."""

    @cached_property
    def ikcs(self) -> list[tuple[Any, str]]:
        ikcs = Ikc.objects.order_by("name", "pk")
        return [("", "Kies een IKC"), *((ikc.pk, str(ikc)) for ikc in ikcs)]

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "ikcs": self.ikcs}

    def clean(self) -> None:
        ikcs = [row["ikc"].pk for row in self.rows() if row.get("ikc")]
        if len(ikcs) != len(set(ikcs)):
            raise forms.ValidationError("Een IKC heeft hoogstens één eigen formule.")


OwnFormulaFormSet = formset_factory(
    OwnFormulaForm, formset=BaseOwnFormulaFormSet, extra=0, max_num=20, can_delete=True
)


class FormulasForm(StepForm):
    """How much an IKC may ask for at most: one formula for each group, and for an IKC with its own."""

    step = RoundStep.FORMULAS
    formset = OwnFormulaFormSet
    formset_prefix = OWN_FORMULAS

    plus_kind = forms.ChoiceField(
        label="Formule", required=False, choices=[NO_FORMULA, *Kind.choices]
    )
    plus_base = AmountField(label="Vast bedrag", required=False)
    plus_per_child = AmountField(label="Bedrag per kind", required=False)
    plus_amount = AmountField(label="Bedrag", required=False)
    plus_per_children = count("Voor zoveel kinderen", "", required=False)
    regular_kind = forms.ChoiceField(
        label="Formule", required=False, choices=[NO_FORMULA, *Kind.choices]
    )
    regular_base = AmountField(label="Vast bedrag", required=False)
    regular_per_child = AmountField(label="Bedrag per kind", required=False)
    regular_amount = AmountField(label="Bedrag", required=False)
    regular_per_children = count("Voor zoveel kinderen", "", required=False)
    special_kind = forms.ChoiceField(
        label="Formule", required=False, choices=[NO_FORMULA, *Kind.choices]
    )
    special_base = AmountField(label="Vast bedrag", required=False)
    special_per_child = AmountField(label="Bedrag per kind", required=False)
    special_amount = AmountField(label="Bedrag", required=False)
    special_per_children = count("Voor zoveel kinderen", "", required=False)

    def parts(self) -> list[Any]:
        return [
            *(
                Fieldset(
                    label,
                    f"{group}_kind",
                    Div(
                        Columns(Currency(f"{group}_base"), Currency(f"{group}_per_child")),
                        data_kvk2_when=f"{group}_kind={Kind.BASE_PER_CHILD}",
                    ),
                    Div(
                        Columns(Currency(f"{group}_amount"), f"{group}_per_children"),
                        data_kvk2_when=f"{group}_kind={Kind.LINEAR}",
                    ),
                )
                for group, label in GROUPS
            ),
            Fieldset(
                "Een eigen formule voor één IKC",
                FormsetTable(
                    OWN_FORMULAS,
                    "Eigen formules",
                    row_name="eigen formule",
                    titled=True,
                    currency=["base", "per_child"],
                ),
                description="Niet verplicht. Deze formule gaat voor die van de groep.",
            ),
        ]

    @classmethod
    def initial_from(cls, content: RoundContent) -> dict[str, Any]:
        values = {}
        for formula in content.formulas:
            if formula.group == Group.IKC:
                continue
            values[f"{formula.group}_kind"] = formula.kind
            names = _needed(formula.kind)
            values |= {f"{formula.group}_{name}": getattr(formula, name) for name in names}
        return values

    @classmethod
    def rows_from(cls, content: RoundContent) -> list[dict[str, Any]]:
        return [
            {"ikc": formula.ikc, "base": formula.base, "per_child": formula.per_child}
            for formula in content.formulas
            if formula.group == Group.IKC
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for group, label in GROUPS:
            for name in _needed(cleaned.get(f"{group}_kind", "")):
                field = f"{group}_{name}"
                missing = cleaned.get(field) is None or (
                    name in ("amount", "per_children") and not cleaned[field]
                )
                if missing and field not in self.errors:
                    self.add_error(
                        field, f"Vul bij ‘{label}’ in: {self.fields[field].label.lower()}."
                    )
        return cleaned

    def changes(self, rows: Any) -> dict[str, Any]:
        formulas = [
            FormulaContent(
                group=group,
                kind=kind,
                **{name: self.cleaned_data[f"{group}_{name}"] for name in _needed(kind)},
            )
            for group, _ in GROUPS
            if (kind := self.cleaned_data[f"{group}_kind"])
        ]
        formulas += [
            FormulaContent(
                group=Group.IKC, ikc=row["ikc"], base=row["base"], per_child=row["per_child"]
            )
            for row in rows.rows()
        ]
        return {"formulas": formulas}


def _needed(kind: str) -> tuple[str, ...]:
    """The figures of a kind of formula."""
    return {
        Kind.BASE_PER_CHILD.value: ("base", "per_child"),
        Kind.LINEAR.value: ("amount", "per_children"),
    }.get(kind, ())
