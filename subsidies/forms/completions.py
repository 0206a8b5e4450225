"""Asking to complete, completing with the questions of the steps themselves, and judging what came in."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any, cast

from crispy_forms.layout import Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    CharacterCount,
    Currency,
    Fieldset,
    FormsetTable,
    LinkButton,
    NldsHelper,
)
from subsidies.correctable import LINES, fields_of, line_as_json
from subsidies.forms.applications import (
    BudgetForm,
    CostFormSet,
    DetailsForm,
    IncomeFormSet,
    PlanForm,
    line_initial,
)
from subsidies.forms.attachments import AttachmentForm
from subsidies.forms.fields import story
from subsidies.models import Attachment, BudgetLine, CompletionItem, Subject
from subsidies.services.completions import LONGEST_TERM_DAYS, Asked

ITEMS, COSTS, INCOME = "items", "costs", "income"
TERM = f"Vul een termijn in van 1 tot en met {LONGEST_TERM_DAYS} dagen."
# The same questions, with the same words and checks, as in the steps of the application.
QUESTIONS: dict[str, forms.Field] = {
    **DetailsForm.base_fields,
    **PlanForm.base_fields,
    **BudgetForm.base_fields,
}


class CompletionRequestForm(NldsForm):
    """Until when, and what to say with it; what is missing is the formset in its layout."""

    term_days = forms.IntegerField(
        label="Hoeveel dagen krijgt de aanvrager?",
        min_value=1,
        max_value=LONGEST_TERM_DAYS,
        help_text="De termijn telt vanaf morgen. Zolang de aanvrager aanvult, staat onze beslistermijn stil.",
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), TERM),
    )
    note = story(
        "Toelichting in de brief",
        "",
        longest=1000,
        rows=3,
        required=False,
        help_text="Alleen als u iets wilt uitleggen. Hoogstens 1.000 tekens.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="aanvulling-vragen")
        self.helper.layout = Layout(
            FormsetTable(ITEMS, "Wat ontbreekt er?", row_name="onderdeel"),
            "term_days",
            CharacterCount("note"),
            Actions(Button("ask", "Aanvulling vragen", icon="send"), LinkButton(back_url, "Terug")),
        )


class AskedForm(NldsForm):
    """One thing that is missing."""

    subject = forms.ChoiceField(
        label="Onderdeel", error_messages={"required": "Kies om welk onderdeel het gaat."}
    )
    text = forms.CharField(
        label="Wat vraagt u precies?",
        max_length=500,
        error_messages={
            "required": "Schrijf op wat er ontbreekt.",
            "max_length": "Dit is te lang: hoogstens 500 tekens.",
        },
    )
    check_code = forms.CharField(widget=forms.HiddenInput, required=False, max_length=30)

    def __init__(self, *args: Any, subjects: Sequence[Subject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = [("", "Kies"), *((subject.value, subject.label) for subject in subjects)]
        cast(forms.ChoiceField, self.fields["subject"]).choices = chosen


class BaseAskedFormSet(forms.BaseFormSet):
    def asked(self) -> list[Asked]:
        """The valid rows that were not taken away."""
        return [
            Asked(**{name: form.cleaned_data[name] for name in ("subject", "text", "check_code")})
            for form in self.forms
            if form.has_changed() and not self._should_delete_form(form)
        ]


AskedFormSet = forms.formset_factory(
    AskedForm, formset=BaseAskedFormSet, extra=0, max_num=20, can_delete=True
)


class CorrectionForm(NldsForm):
    """The questions that were asked again, each under what the municipality wrote about it."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    explanation = story(
        "Toelichting bij uw aanvulling",
        "",
        longest=2000,
        rows=4,
        required=False,
        help_text="Vertel hier wat niet in een vraag hierboven past. Hoogstens 2.000 tekens.",
    )

    def __init__(
        self,
        *args: Any,
        asked: Sequence[CompletionItem],
        subjects: Sequence[Subject],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        groups = []
        for subject in subjects:
            parts = [part for name in fields_of(subject) for part in self._add(name)]
            texts = " ".join(item.text for item in asked if item.subject == subject)
            if parts:
                groups.append(Fieldset(subject.label, *parts, description=texts))
        self.helper = NldsHelper(form_id="aanvullen")
        self.helper.layout = Layout(
            "version",
            *groups,
            Fieldset("Toelichting", CharacterCount("explanation")),
            Actions(
                Button("next", "Opslaan en verder", icon_end="arrow-right"),
                Button("later", "Opslaan en later verder", appearance="secondary"),
            ),
        )

    def _add(self, name: str) -> Iterable[Any]:
        """Add question `name`, and say how it looks."""
        if name == LINES:
            yield FormsetTable(
                COSTS, "Wat gaat het kosten?", total="amount", currency=("rate", "amount")
            )
            yield FormsetTable(INCOME, "Wie betaalt mee?", total="amount", currency=("amount",))
            return
        field = self.fields[name] = deepcopy(QUESTIONS[name])
        if name == "requested_amount":
            yield Currency(name)
        elif isinstance(field.widget, forms.Textarea):
            yield CharacterCount(name)
        else:
            yield name

    def values(self) -> dict[str, Any]:
        """The valid answers, as a correction keeps them."""
        names = [name for name in self.cleaned_data if name in QUESTIONS and name != "version"]
        return {name: _as_json(self.cleaned_data[name]) for name in names}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("applied_elsewhere") and not cleaned["applied_elsewhere_note"].strip():
            self.add_error("applied_elsewhere_note", "Licht toe waar u ook subsidie vraagt.")
        return cleaned


def _as_json(value: Any) -> Any:
    return format(value, ".2f") if isinstance(value, Decimal) else value


def budget_formsets(
    lines: Sequence[BudgetLine], data: Any, *, activities: Sequence[tuple[str, str]]
) -> list[Any]:
    """The rows of the budget as the step has them; of `lines`, or of what was posted."""
    extra = {"activities": activities}
    if data is not None:
        return [
            CostFormSet(data, prefix=COSTS, form_kwargs=extra),
            IncomeFormSet(data, prefix=INCOME),
        ]
    costs = [line for line in lines if line.side == BudgetLine.Side.EXPENDITURE]
    income = [line for line in lines if line.side == BudgetLine.Side.INCOME]
    return [
        CostFormSet(initial=line_initial(costs, ()), prefix=COSTS, form_kwargs=extra),
        IncomeFormSet(initial=line_initial(income, ()), prefix=INCOME),
    ]


def lines_as_json(formsets: Sequence[Any]) -> list[dict[str, Any]]:
    """The rows that can be stored, as a correction keeps them: in the order in which lines are read."""
    rows = [line_as_json(line) for formset in formsets for line in formset.contents()]
    return sorted(rows, key=lambda row: (row["side"], row["order"]))


class CorrectionFileForm(AttachmentForm):
    """A file that was asked for; only of the kinds that were asked."""

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind, Attachment.Kind(kind).label) for kind in kinds]
        cast(forms.ChoiceField, self.fields["kind"]).choices = choices
        if len(choices) == 1:
            self.fields["kind"].initial = choices[0][0]


class JudgeForm(NldsForm):
    """Take a correction over, or say why not."""

    judgement = story(
        "Toelichting voor de aanvrager",
        "",
        longest=1000,
        rows=3,
        required=False,
        help_text="Verplicht als u de aanvulling niet overneemt. Hoogstens 1.000 tekens.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="oordeel")
        self.helper.layout = Layout(
            CharacterCount("judgement"),
            Actions(
                Button("accept", "Overnemen in de aanvraag", icon="check"),
                Button("reject", "Niet overnemen", appearance="secondary", negative=True),
            ),
        )


class NotProcessingForm(NldsForm):
    """Why the application stays unprocessed; the letter names by itself what was asked and until when."""

    motivation = story(
        "Motivering",
        "Schrijf op waarom de aanvraag niet wordt behandeld.",
        longest=3000,
        rows=6,
        help_text="Wat er werd gevraagd en tot wanneer, staat al in de brief. Hoogstens 3.000 tekens.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="niet-behandelen")
        self.helper.layout = Layout(
            CharacterCount("motivation"),
            Actions(Button("draft", "Concept ter toetsing geven"), LinkButton(back_url, "Terug")),
        )
