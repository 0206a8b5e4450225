"""The questions that were asked again, with the words and checks of the steps of the application."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms

from kvk2.nlds.layout import (
    Actions,
    Button,
    CharacterCount,
    Columns,
    Currency,
    Fieldset,
    FormsetCards,
    FormsetTable,
    NldsHelper,
)
from subsidies.correctable import LINES, fields_of, line_as_json
from subsidies.correctable_rows import (
    ACTIVITIES,
    STATE_AID,
    SUB_APPLICATION,
    activity_as_json,
    aid_as_json,
    sub_as_json,
)
from subsidies.forms.activities import ActivityFormSet, activity_initial
from subsidies.forms.applications import (
    BudgetForm,
    CostFormSet,
    DetailsForm,
    IncomeFormSet,
    PlanForm,
    StepForm,
    line_initial,
)
from subsidies.forms.content_steps import (
    StateAidForm,
    SubApplicationForm,
    answer_of,
    asked_after_yes,
)
from subsidies.forms.fields import AmountField, story
from subsidies.models import BudgetLine, CompletionItem, StateAidStatement, SubApplication, Subject

COSTS, INCOME = "costs", "income"
QUESTIONS: dict[str, forms.Field] = {
    name: field
    for form in (DetailsForm, PlanForm, BudgetForm)
    for name, field in form.base_fields.items()
    if name not in StepForm.TRAVELLING
}
# Before the names of the questions of a step that is kept as one value: its 'title' is not that of the plan.
SUB, AID = "deel_", "steun_"
STEPS: dict[str, type[Any]] = {SUB: SubApplicationForm, AID: StateAidForm}


class CorrectionForm(StepForm):
    """The questions that were asked again, each under what the municipality wrote about it."""

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
        years: Sequence[int] = (),
        sub_name: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.subjects, self.years, self.sub_name = subjects, years, sub_name
        groups = []
        for subject in subjects:
            parts = [part for name in fields_of(subject) for part in self._add(name)]
            texts = " ".join(item.text for item in asked if item.subject == subject)
            if parts:
                groups.append(Fieldset(subject.label, *parts, description=texts))
        self.helper = NldsHelper(form_tag=False)
        self.helper.layout = Layout(
            *self.TRAVELLING,
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
        elif name == ACTIVITIES:
            yield FormsetCards(ACTIVITIES, "Activiteiten", row_name="activiteit")
        elif name == SUB_APPLICATION:
            yield from self._add_sub()
        elif name == STATE_AID:
            yield from self._add_aid()
        else:
            yield self._add_question(name)

    def _add_question(self, name: str) -> Any:
        field = self.fields[name] = deepcopy(QUESTIONS[name])
        if name == "requested_amount":
            return Currency(name)
        return CharacterCount(name) if isinstance(field.widget, forms.Textarea) else name

    def _add_step(self, prefix: str) -> None:
        """The questions of a whole step, under names of their own."""
        step = STEPS[prefix]
        for name, field in step.base_fields.items():
            if name not in StepForm.TRAVELLING:
                self.fields[f"{prefix}{name}"] = deepcopy(field)
        for name in step.after_yes:
            asked_after_yes(self.fields[f"{prefix}{name}"])

    def _add_sub(self) -> Iterable[Any]:
        self._add_step(SUB)
        self.fields[f"{SUB}wanted"].label = f"Doet u ook de deelaanvraag ‘{self.sub_name}’?"
        yield f"{SUB}wanted"
        yield Div(
            f"{SUB}title",
            CharacterCount(f"{SUB}description"),
            Currency(f"{SUB}amount"),
            f"{SUB}young_child",
            data_kvk2_when=f"{SUB}wanted=true",
        )

    def _add_aid(self) -> Iterable[Any]:
        self._add_step(AID)
        names = [f"{AID}year_{year}" for year in self.years]
        for name, year in zip(names, self.years, strict=True):
            self.fields[name] = AmountField(label=f"In {year}", required=False)
            asked_after_yes(self.fields[name])
        yield f"{AID}reaches_undertaking"
        yield Div(
            f"{AID}undertaking",
            f"{AID}purpose",
            f"{AID}received_before",
            Div(
                Columns(*(Currency(name) for name in names)),
                data_kvk2_when=f"{AID}received_before=true",
            ),
            data_kvk2_when=f"{AID}reaches_undertaking=true",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("applied_elsewhere") and not cleaned.get("applied_elsewhere_note", ""):
            self.add_error("applied_elsewhere_note", "Licht toe waar u ook subsidie vraagt.")
        for prefix, step in STEPS.items():
            if cleaned.get(f"{prefix}{step.asks}"):
                for name, sentence in step.after_yes.items():
                    self._require(f"{prefix}{name}", sentence)
        if cleaned.get(f"{AID}reaches_undertaking") and cleaned.get(f"{AID}received_before"):
            for year in self.years:
                sentence = f"Vul in hoeveel steun er in {year} was. Mag ook 0 zijn."
                self._require(f"{AID}year_{year}", sentence)
        return cleaned

    def _require(self, name: str, sentence: str) -> None:
        if self.cleaned_data.get(name) in (None, "") and name not in self.errors:
            self.add_error(name, sentence)

    def values(self) -> dict[str, Any]:
        """The valid answers, as a correction keeps them; those of the formsets are `rows_as_json`."""
        values = {
            name: _as_json(value) for name, value in self.cleaned_data.items() if name in QUESTIONS
        }
        if Subject.SUB_APPLICATION in self.subjects:
            values[SUB_APPLICATION] = self._sub_value()
        if Subject.STATE_AID in self.subjects:
            values[STATE_AID] = self._aid_value()
        return values

    def _sub_value(self) -> dict[str, Any]:
        """A 'no' lets what depends on it go."""
        answers = self._answers(SUB)
        return sub_as_json(
            SubApplication(**answers) if answers["wanted"] else SubApplication(wanted=False)
        )

    def _aid_value(self) -> dict[str, Any]:
        answers = self._answers(AID)
        if not answers["reaches_undertaking"]:
            return aid_as_json(StateAidStatement(reaches_undertaking=False), {})
        amounts = {year: self.cleaned_data[f"{AID}year_{year}"] for year in self.years}
        return aid_as_json(
            StateAidStatement(**answers), amounts if answers["received_before"] else {}
        )

    def _answers(self, prefix: str) -> dict[str, Any]:
        names = [name for name in STEPS[prefix].base_fields if name not in StepForm.TRAVELLING]
        return {name: self.cleaned_data[f"{prefix}{name}"] for name in names}


def _as_json(value: Any) -> Any:
    return format(value, ".2f") if isinstance(value, Decimal) else value


def step_initial(value: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """What a correction keeps of a whole step, as its questions on the page show it."""
    amounts = value.get("amounts", {})
    shown = {name: answer for name, answer in value.items() if name != "amounts"}
    shown |= {f"year_{year}": amount for year, amount in amounts.items()}
    return {f"{prefix}{name}": _as_shown(name, answer) for name, answer in shown.items()}


def _as_shown(name: str, answer: Any) -> Any:
    if isinstance(answer, bool):
        return answer_of(answer)
    is_amount = name == "amount" or name.startswith("year_")
    return Decimal(answer) if is_amount and answer is not None else answer


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


def activity_formset(rows: Iterable[Any], data: Any) -> Any:
    """The cards of the step; of `rows`, or of what was posted."""
    if data is not None:
        return ActivityFormSet(data, prefix=ACTIVITIES)
    return ActivityFormSet(initial=activity_initial(rows, {}), prefix=ACTIVITIES)


def rows_as_json(formsets: Sequence[Any], page: str) -> dict[str, Any]:
    """The rows that can be stored, as a correction keeps them: in the order in which they are read."""
    values: dict[str, Any] = {}
    for formset in formsets:
        if formset.prefix == ACTIVITIES:
            values[ACTIVITIES] = [activity_as_json(row) for row in formset.contents_of(page)]
        else:
            lines = [line_as_json(line) for line in formset.contents()]
            values[LINES] = values.get(LINES, []) + lines
    if LINES in values:
        values[LINES].sort(key=lambda row: (row["side"], row["order"]))
    return values
