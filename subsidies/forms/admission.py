"""The checklist of the project leader."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.layout import Layout, LayoutObject
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, CharacterCount, NldsHelper, ShortChoices
from subsidies.models import CheckAnswer
from subsidies.services.admission import Given, Question


class CheckForm(NldsForm):
    """Every question with its answer and a note; it may be kept half-way."""

    note = forms.CharField(
        label="Opmerking voor het dossier",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "De opmerking is te lang: hoogstens 1.000 tekens."},
    )

    def __init__(
        self,
        *args: Any,
        questions: Sequence[Question],
        given: Mapping[str, CheckAnswer],
        automatic: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        parts: list[LayoutObject | str] = []
        for question in questions:
            row = given.get(question.code)
            answer = forms.ChoiceField(
                label=question.text,
                help_text=automatic.get(question.code, ""),
                required=False,
                choices=CheckAnswer.Answer.choices,
                widget=forms.RadioSelect,
                initial=row.answer if row else None,
            )
            answer.one_of = True  # type: ignore[attr-defined]  # open for now, but needed to admit
            self.fields[f"answer_{question.code}"] = answer
            self.fields[f"note_{question.code}"] = forms.CharField(
                label="Opmerking",
                required=False,
                max_length=500,
                initial=row.note if row else "",
                error_messages={"max_length": "De opmerking is te lang: hoogstens 500 tekens."},
            )
            parts += [ShortChoices(f"answer_{question.code}"), f"note_{question.code}"]
        self.helper = NldsHelper(form_id="controle")
        self.helper.layout = Layout(
            *parts,
            CharacterCount("note"),
            Actions(
                Button("admit", "Toelaten tot de beoordeling", icon="check"),
                Button("save", "Bewaren", appearance="secondary"),
            ),
        )

    def point_at_what_is_open(self) -> None:
        """Say beside each question why the application cannot be admitted yet."""
        open_words = {
            "": "Beantwoord dit punt.",
            CheckAnswer.Answer.NO: "Dit punt klopt niet. Vraag de aanvrager om een aanvulling.",
        }
        for question in self.questions:
            name = f"answer_{question.code}"
            if words := open_words.get(self.cleaned_data[name]):
                self.add_error(name, words)

    def answers(self) -> dict[str, Given]:
        """What was answered; a question that is still open is left out."""
        return {
            question.code: Given(answer, self.cleaned_data[f"note_{question.code}"])
            for question in self.questions
            if (answer := self.cleaned_data[f"answer_{question.code}"])
        }
