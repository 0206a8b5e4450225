"""The limits of a budget as rows of a form: for a version of a scheme, and for a round that departs from it.

Put `FormsetTable(BUDGET_RULES, "Begrotingsregels", row_name="begrotingsregel")` in the layout of the form, and hand
`render_form` the formset beside it; `content()` is what the services want.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.formsets import formset_factory

from kvk2.nlds.forms import NldsForm
from subsidies.forms.rows import BaseRowFormSet
from subsidies.models import LimitRow
from subsidies.services.budget_rules import BudgetRuleContent

BUDGET_RULES = "budget_rules"
_FIGURE = "Vul een getal in, bijvoorbeeld 80 of 12,5."


class BudgetRuleForm(NldsForm):
    """One limit: euros an hour, or a percentage."""

    kind = forms.ChoiceField(
        label="Regel",
        choices=LimitRow.Kind.choices,
        error_messages={"required": "Kies welke regel u bedoelt."},
    )
    limit = forms.DecimalField(
        label="Hoogstens",
        max_digits=8,
        decimal_places=2,
        min_value=0,
        localize=True,
        error_messages={
            "required": "Vul in hoeveel hoogstens mag.",
            **dict.fromkeys(
                ("invalid", "min_value", "max_digits", "max_decimal_places", "max_whole_digits"),
                _FIGURE,
            ),
        },
    )
    severity = forms.ChoiceField(
        label="Wat als het meer is?",
        choices=LimitRow.Severity.choices,
        initial=LimitRow.Severity.ERROR,
        error_messages={"required": "Kies wat er gebeurt als het meer is."},
    )
    text = forms.CharField(
        label="Uitleg voor de aanvrager",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "De uitleg is te lang: hoogstens 300 tekens."},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, limit = cleaned.get("kind"), cleaned.get("limit")
        if limit is None:
            return cleaned
        if kind == LimitRow.Kind.HOURLY_RATE and not 0 < limit <= 1000:
            self.add_error("limit", "Een uurtarief is hoger dan 0 en hoogstens € 1.000.")
        if kind != LimitRow.Kind.HOURLY_RATE and limit > 100:
            self.add_error("limit", "Een percentage is hoogstens 100.")
        return cleaned


class BaseBudgetRuleFormSet(BaseRowFormSet):
    """Rows that were left empty or taken away do not count; no rows at all means no limits."""

    def clean(self) -> None:
        kinds = [row["kind"] for row in self.rows() if row.get("kind")]
        if len(kinds) != len(set(kinds)):
            raise forms.ValidationError("Elke begrotingsregel staat er één keer.")

    def content(self) -> list[BudgetRuleContent]:
        return [
            BudgetRuleContent(row["kind"], row["limit"], row["severity"], row["text"].strip())
            for row in self.rows()
        ]


BudgetRuleFormSet = formset_factory(
    BudgetRuleForm, formset=BaseBudgetRuleFormSet, extra=0, max_num=3, can_delete=True
)


def budget_rule_initial(rules: Iterable[LimitRow]) -> list[dict[str, Any]]:
    """The rows of a scheme or a round for the formset, in their order."""
    return [rule.content() for rule in sorted(rules, key=lambda rule: (rule.order, rule.pk))]
