"""The step of a round in which the questions of the completeness check are written."""

from typing import Any

from django import forms
from django.forms.formsets import formset_factory

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Fieldset, FormsetTable
from subsidies.forms.fields import text
from subsidies.forms.round_division import free_code
from subsidies.forms.round_steps import StepForm
from subsidies.forms.rows import BaseRowFormSet
from subsidies.models import Subject
from subsidies.round_steps import RoundStep
from subsidies.services.admission import USUAL, Question
from subsidies.services.round_content import RoundContent

CHECKLIST = "checklist"
PLACE = "Vul als plaats een heel getal in, bijvoorbeeld 3."


class QuestionForm(NldsForm):
    """One question; its code stays what it was, however its words change."""

    code = forms.SlugField(required=False, max_length=30, widget=forms.HiddenInput)
    place = forms.IntegerField(
        label="Plaats",
        min_value=1,
        max_value=99,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), PLACE),
    )
    text = text(
        "Wat kijken we na?",
        "Schrijf op wat we nakijken.",
        longest=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    subject = forms.ChoiceField(
        label="Vragen we anders om",
        required=False,
        choices=[("", "Niets in het bijzonder"), *Subject.choices],
    )


class BaseQuestionFormSet(BaseRowFormSet):
    """Rows that were left empty or taken away do not count; a row without a place comes last."""

    def clean(self) -> None:
        texts = [row["text"].casefold() for row in self.rows() if row.get("text")]
        if len(texts) != len(set(texts)):
            raise forms.ValidationError("Twee vragen zijn gelijk.")
        if not texts:
            raise forms.ValidationError("Houd ten minste één vraag over.")

    def content(self) -> list[Question]:
        """The questions by their place; a new one gets a code out of its words."""
        rows = sorted(self.rows(), key=lambda row: row.get("place") or 100)
        taken = {row["code"] for row in rows if row["code"]}
        questions = []
        for row in rows:
            code = row["code"] or free_code(row["text"], taken, "vraag")
            taken.add(code)
            questions.append(Question(code, row["text"], row["subject"]))
        return questions


QuestionFormSet = formset_factory(
    QuestionForm, formset=BaseQuestionFormSet, extra=0, max_num=40, can_delete=True
)


class CheckForm(StepForm):
    """What the project leader checks of each application that comes in."""

    step = RoundStep.CHECK
    formset = QuestionFormSet
    formset_prefix = CHECKLIST

    def parts(self) -> list[Any]:
        return [
            Fieldset(
                "Vragen bij elke aanvraag",
                FormsetTable(CHECKLIST, "Controlelijst", row_name="vraag", titled=True),
                description="De projectleider beantwoordt elke vraag met ja, nee of niet van toepassing. De plaats bepaalt de volgorde.",
            )
        ]

    @classmethod
    def rows_from(cls, content: RoundContent) -> list[dict[str, Any]]:
        return [
            {"place": place, **question._asdict()}
            for place, question in enumerate(content.checklist or USUAL, 1)
        ]

    def changes(self, rows: Any) -> dict[str, Any]:
        questions = rows.content()
        if not self.round_content.checklist and questions == list(USUAL):
            return {}
        return {CHECKLIST: questions}
