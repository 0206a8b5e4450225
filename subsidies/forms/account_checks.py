"""What the municipality finds of an account: each activity, each duty, and costs that were not needed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from kvk2.core.capitals import upper_first
from kvk2.core.money import format_amount
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    CharacterCount,
    Columns,
    Currency,
    Fieldset,
    LinkButton,
    NldsHelper,
    ShortChoices,
)
from subsidies.forms.fields import AmountField, story, text
from subsidies.models import ActivityResult, ActualLine, Done, DutyVerdict, Obligation
from subsidies.services.account_checks import Unnecessary, Verdict
from subsidies.services.accounts import line_name

REASON = "Nodig als het niet (helemaal) goed is. De ontvanger leest dit."


class JudgeForm(NldsForm):
    assessment = story(
        "Wat vindt u van de verantwoording als geheel?",
        "",
        longest=4000,
        rows=5,
        required=False,
        help_text="Dit komt terug bij de vaststelling.",
    )

    def __init__(
        self,
        *args: Any,
        results: Sequence[ActivityResult],
        duties: Sequence[Obligation],
        verdicts: dict[int, DutyVerdict],
        lines: Sequence[ActualLine],
        back_url: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.results, self.duties, self.lines = results, duties, lines
        parts = [self._activity(row) for row in results]
        parts += [self._duty(duty, verdicts.get(duty.pk)) for duty in duties]
        parts += [self._line(line) for line in lines]
        self.helper = NldsHelper(form_id="beoordeling")
        self.helper.layout = Layout(
            *parts,
            CharacterCount("assessment"),
            Actions(
                Button("save", "Oordeel opslaan", appearance="secondary"),
                Button("accept", "Opslaan en akkoord geven"),
                LinkButton(back_url, "Terug"),
            ),
        )

    def _choice(self, name: str, label: str, choices: Any, initial: str) -> None:
        self.fields[name] = forms.ChoiceField(
            label=label,
            choices=[(value, upper_first(str(words))) for value, words in choices],
            widget=forms.RadioSelect,
            required=False,
            initial=initial,
        )

    def _reason(self, name: str, initial: str) -> None:
        self.fields[name] = text(
            "Waarom?", "", longest=1000, required=False, initial=initial, help_text=REASON
        )

    def _activity(self, row: ActivityResult) -> Fieldset:
        verdict, note = f"activity_{row.pk}", f"activity_note_{row.pk}"
        self._choice(verdict, "Is de activiteit uitgevoerd?", Done.choices, row.verdict)
        self._reason(note, row.verdict_note)
        said = upper_first(row.get_outcome_display())
        reach = (
            ""
            if row.reach is None
            else f", bereik {row.reach} (gepland {row.activity.reach or '–'})"
        )
        why = f" {row.explanation}" if row.explanation else ""
        return Fieldset(
            str(row),
            ShortChoices(verdict),
            note,
            description=f"De ontvanger zegt: {said}{reach}.{why}",
        )

    def _duty(self, duty: Obligation, given: DutyVerdict | None) -> Fieldset:
        verdict, note = f"duty_{duty.pk}", f"duty_note_{duty.pk}"
        self._choice(
            verdict,
            "Is de verplichting nagekomen?",
            DutyVerdict.Verdict.choices,
            given.verdict if given else "",
        )
        self._reason(note, given.note if given else "")
        return Fieldset("Verplichting", ShortChoices(verdict), note, description=duty.text)

    def _line(self, line: ActualLine) -> Fieldset:
        amount, reason = f"line_{line.pk}", f"line_reason_{line.pk}"
        self.fields[amount] = AmountField(
            label="Waarvan niet noodzakelijk", required=False, initial=line.unnecessary
        )
        self.fields[reason] = text(
            "Waarom niet?", "", longest=500, required=False, initial=line.unnecessary_reason
        )
        return Fieldset(
            f"Kosten: {line_name(line)}",
            Columns(Currency(amount), reason),
            description=f"Begroot {format_amount(line.planned)}, werkelijk {format_amount(line.actual)}. "
            f"{line.explanation}".strip(),
        )

    def activities(self) -> dict[int, Verdict]:
        found = self.cleaned_data
        return {
            row.pk: Verdict(found[f"activity_{row.pk}"], found[f"activity_note_{row.pk}"])
            for row in self.results
        }

    def duty_verdicts(self) -> dict[int, Verdict]:
        found = self.cleaned_data
        return {
            duty.pk: Verdict(found[f"duty_{duty.pk}"], found[f"duty_note_{duty.pk}"])
            for duty in self.duties
        }

    def unnecessary(self) -> dict[int, Unnecessary]:
        found = self.cleaned_data
        return {
            line.pk: Unnecessary(
                found[f"line_{line.pk}"] or Decimal(0), found[f"line_reason_{line.pk}"]
            )
            for line in self.lines
        }
