"""The pages of an account: what became of each activity, what each line came to, the files and the signature."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.conf import settings

from kvk2.core.capitals import upper_first
from kvk2.core.money import format_amount
from kvk2.core.uploads import ACCEPT, megabytes
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    CharacterCount,
    Columns,
    Currency,
    Fieldset,
    FileUpload,
    LinkButton,
    NldsHelper,
    ShortChoices,
)
from subsidies.forms.attachments import SeveralFilesField, SeveralFilesInput
from subsidies.forms.fields import AmountField, count, day, story, text
from subsidies.models import ActivityResult, ActualLine, Done, ReportFile
from subsidies.services.accounts import ActivityAnswer, LineAnswer, line_name
from subsidies.services.round_documents import NewFile

WHY = "Alleen als het anders ging dan gepland."


class AccountForm(NldsForm):
    """A page of the account; `version` keeps an older tab from writing over a newer one."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def finish(self, *parts: Any, back_url: str) -> None:
        self.helper = NldsHelper(form_id="verantwoording")
        self.helper.layout = Layout(
            "version",
            *parts,
            Actions(
                Button("next", "Opslaan en verder", icon_end="arrow-right"),
                Button("save", "Opslaan", appearance="secondary"),
                LinkButton(back_url, "Terug naar het overzicht"),
            ),
        )


def asked_to_hand_in(field: forms.Field) -> None:
    """Open while the account is a draft, and needed when it is handed in: the label does not say 'niet verplicht'."""
    field.one_of = True  # type: ignore[attr-defined]


class ActivitiesForm(AccountForm):
    summary = story(
        "Wat is er bereikt?",
        "",
        longest=4000,
        rows=7,
        required=False,
        help_text="In het kort: wat merken kinderen en ouders ervan? Hoogstens 4.000 tekens. Noem geen namen.",
    )

    def __init__(
        self, *args: Any, rows: Sequence[ActivityResult], back_url: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        asked_to_hand_in(self.fields["summary"])
        groups = []
        for row in rows:
            key = row.pk
            self.fields[f"outcome_{key}"] = forms.ChoiceField(
                label="Is de activiteit uitgevoerd?",
                choices=[(value, upper_first(str(label))) for value, label in Done.choices],
                widget=forms.RadioSelect,
                required=False,
                initial=row.outcome,
            )
            self.fields[f"reach_{key}"] = count(
                "Hoeveel kinderen of ouders deden mee?",
                "",
                required=False,
                initial=row.reach,
                help_text="" if row.activity.reach is None else f"Gepland: {row.activity.reach}.",
            )
            self.fields[f"explanation_{key}"] = story(
                "Wat ging er anders, en waarom?",
                "",
                longest=2000,
                rows=3,
                required=False,
                initial=row.explanation,
                help_text=WHY,
            )
            for name in ("outcome", "reach", "explanation"):
                asked_to_hand_in(self.fields[f"{name}_{key}"])
            groups.append(
                Fieldset(
                    str(row),
                    ShortChoices(f"outcome_{key}"),
                    f"reach_{key}",
                    f"explanation_{key}",
                    description=row.activity.description[:300],
                )
            )
        self.finish(*groups, CharacterCount("summary"), back_url=back_url)

    def answers(self) -> dict[int, ActivityAnswer]:
        found = self.cleaned_data
        return {
            row.pk: ActivityAnswer(
                found[f"outcome_{row.pk}"],
                found[f"reach_{row.pk}"],
                found[f"explanation_{row.pk}"],
            )
            for row in self.rows
        }


class LinesForm(AccountForm):
    def __init__(
        self, *args: Any, rows: Sequence[ActualLine], back_url: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        groups = []
        for row in rows:
            self.fields[f"actual_{row.pk}"] = AmountField(
                label="Werkelijk bedrag",
                missing=f"Vul het werkelijke bedrag in bij ‘{line_name(row)}’.",
                initial=row.actual,
            )
            self.fields[f"explanation_{row.pk}"] = text(
                "Waarom is het anders?",
                "",
                longest=500,
                required=False,
                initial=row.explanation,
                help_text="",
            )
            asked_to_hand_in(self.fields[f"explanation_{row.pk}"])
            groups.append(
                Fieldset(
                    line_name(row),
                    Columns(Currency(f"actual_{row.pk}"), f"explanation_{row.pk}"),
                    description=(
                        f"{upper_first(row.budget_line.get_kind_display())} · begroot {format_amount(row.planned)}"
                    ),
                )
            )
        self.finish(*groups, back_url=back_url)

    def answers(self) -> dict[int, LineAnswer]:
        found = self.cleaned_data
        return {
            row.pk: LineAnswer(found[f"actual_{row.pk}"], found[f"explanation_{row.pk}"])
            for row in self.rows
        }


class FilesForm(NldsForm):
    document = forms.ChoiceField(
        label="Wat voor stuk is het?",
        widget=forms.RadioSelect,
        error_messages={"required": "Kies wat voor stuk het is."},
    )
    files = SeveralFilesField(
        label="Bestanden",
        allow_empty_file=True,  # the service refuses it, in its own words
        widget=SeveralFilesInput(attrs={"accept": ACCEPT}),
        error_messages={"required": "Kies een bestand.", "invalid": "Kies een bestand."},
    )

    def __init__(self, *args: Any, documents: Sequence[str], next_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(ReportFile._meta.get_field("document").flatchoices)
        self.fields["document"].choices = [  # type: ignore[attr-defined]
            (name, upper_first(str(labels[name]))) for name in [*documents, "other"]
        ]
        self.fields["files"].help_text = (
            f"PDF, DOCX, XLSX, JPG of PNG, hoogstens {megabytes(settings.UPLOAD_MAX_BYTES)} per bestand. "
            "Stuur geen gegevens over afzonderlijke kinderen mee."
        )
        self.helper = NldsHelper(form_id="stukken")
        self.helper.layout = Layout(
            "document",
            FileUpload("files"),
            Actions(
                Button("upload", "Bestanden toevoegen", appearance="secondary", icon="upload"),
                LinkButton(next_url, "Verder", appearance="primary"),
            ),
        )

    def uploads(self) -> list[NewFile]:
        found = self.cleaned_data["files"]
        return [NewFile(file.name or "", file.read()) for file in found if file is not None]


class SignForm(NldsForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    signed_name = text("Uw naam", "Vul uw naam in.")
    signed_job_title = text("Uw functie", "Vul uw functie in.")
    declared = forms.BooleanField(
        label="Ik verklaar wat hierboven staat",
        error_messages={"required": "Zet een vinkje om te verklaren dat dit klopt."},
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="ondertekenen")
        self.helper.layout = Layout(
            "version",
            "signed_name",
            "signed_job_title",
            "declared",
            Actions(
                Button("sign", "Ondertekenen en indienen"),
                LinkButton(back_url, "Terug naar het overzicht"),
            ),
        )


class AskCompletionForm(NldsForm):
    asked = story(
        "Wat ontbreekt er?",
        "Schrijf op wat er ontbreekt.",
        longest=3000,
        rows=5,
        help_text="Elk punt op een eigen regel. Dit komt in de brief.",
    )
    due_on = day(
        "Tot en met welke dag?", "Vul in tot en met welke dag de aanvulling binnen mag komen."
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="aanvulling")
        self.helper.layout = Layout(
            CharacterCount("asked"),
            "due_on",
            Actions(Button("ask", "Aanvulling vragen"), LinkButton(back_url, "Terug")),
        )


class TermForm(NldsForm):
    due_on = day("Nieuwe laatste dag", "Vul de nieuwe laatste dag in.")

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="termijn")
        self.helper.layout = Layout(
            "due_on",
            Actions(Button("set", "Termijn geven"), LinkButton(back_url, "Terug")),
        )
