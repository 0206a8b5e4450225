"""The step 'Activiteiten': one card per activity, as many as the plan has."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms

from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import CharacterCount, Columns, Currency, FormsetCards, NldsHelper
from subsidies.forms.applications import EMPTY, StepForm, step_actions
from subsidies.forms.content_steps import asked_after_yes
from subsidies.forms.fields import AmountField, count, day, story, text
from subsidies.forms.rows import BaseRowFormSet
from subsidies.models import Activity
from subsidies.plan_domains import AgeGroup, Domain, ProgrammeGoal
from subsidies.services.activities import ActivityContent

ROWS = "activities"
FIELDS = (
    "title",
    "description",
    "age_groups",
    "target_group",
    "domains",
    "goals",
    "finding",
    "starts_on",
    "ends_on",
    "reach",
    "paid_otherwise",
    "paid_by",
    "paid_amount",
)
PAID = ("paid_by", "paid_amount")


def _boxes(label: str, choices: Any, missing: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="U kunt meer dan één antwoord kiezen.",
        error_messages={"required": missing},
    )


class ActivitiesForm(StepForm):
    """What travels along with the cards, and the buttons under them."""

    def __init__(self, *args: Any, back_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_tag=False)
        self.helper.layout = Layout(
            *self.TRAVELLING,
            FormsetCards(ROWS, "Activiteiten", row_name="activiteit"),
            step_actions(back_url),
        )


class ActivityForm(NldsForm):
    """One activity. A gap is reported and kept: the row is stored as far as it goes."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=48)
    title = text("Naam van de activiteit", "Geef de activiteit een naam.")
    description = story(
        "Wat gaat u doen?",
        "Beschrijf wat u gaat doen.",
        longest=1500,
        rows=4,
        help_text="Wie doet wat, en hoe vaak? Hoogstens 1.500 tekens.",
    )
    age_groups = _boxes("Voor wie?", AgeGroup.choices, "Kies voor wie de activiteit is.")
    target_group = forms.CharField(
        label="Welke groep precies?",
        required=False,
        max_length=200,
        help_text="Bijvoorbeeld: peuters die thuis weinig Nederlands horen.",
        error_messages={
            "max_length": "De omschrijving van de groep is te lang: hoogstens 200 tekens."
        },
    )
    starts_on = day("Van", "Vul in wanneer de activiteit begint.")
    ends_on = day("Tot en met", "Vul in wanneer de activiteit eindigt.")
    reach = count(
        "Hoeveel kinderen of ouders bereikt u?", "Vul in hoeveel kinderen of ouders u bereikt."
    )
    domains = _boxes(
        "Welke ontwikkelgebieden?", Domain.choices, "Kies ten minste één ontwikkelgebied."
    )
    goals = _boxes(
        "Aan welk doel van het programma draagt dit bij?",
        ProgrammeGoal.choices,
        "Kies ten minste één doel.",
    )
    finding = story(
        "Op welke bevinding uit uw analyse is dit een antwoord?",
        "Schrijf op welke bevinding uit uw analyse dit een antwoord is.",
        longest=500,
        rows=2,
        help_text="Hoogstens 500 tekens.",
    )
    paid_otherwise = forms.TypedChoiceField(
        label="Wordt deze activiteit ook op een andere manier betaald?",
        choices=[("true", "Ja"), ("false", "Nee")],
        coerce=lambda value: value == "true",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Geef aan of deze activiteit ook op een andere manier wordt betaald."
        },
    )
    paid_by = forms.CharField(
        label="Door wie?",
        required=False,
        max_length=120,
        error_messages={"max_length": "Deze naam is te lang: hoogstens 120 tekens."},
    )
    paid_amount = AmountField(label="Hoeveel?", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_tag=False)
        asked = f"{self.prefix}-paid_otherwise=true"
        for name in PAID:
            asked_after_yes(self.fields[name])
        self.helper.layout = Layout(
            "key",
            "title",
            CharacterCount("description"),
            "age_groups",
            "target_group",
            Columns("starts_on", "ends_on", "reach"),
            "domains",
            "goals",
            CharacterCount("finding"),
            "paid_otherwise",
            Div(Columns("paid_by", Currency("paid_amount")), data_kvk2_when=asked),
        )

    @property
    def heading(self) -> str:
        """The name of the activity as far as it was typed."""
        return str(self["title"].value() or "")

    @property
    def is_open(self) -> bool:
        """A card that needs attention, or is new, is shown open."""
        return bool(not self.heading or (self.is_bound and self.errors))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", "De activiteit eindigt voordat zij begint.")
        if cleaned.get("paid_otherwise"):
            if not cleaned.get("paid_by", "").strip():
                self.add_error("paid_by", "Vul in wie er ook betaalt.")
            if cleaned.get("paid_amount") is None and "paid_amount" not in self.errors:
                self.add_error("paid_amount", "Vul in hoeveel een ander betaalt.")
        return cleaned

    def content(self, page: str, index: int) -> ActivityContent:
        """The row as far as it can be stored; `page` and `index` name a row that is new."""
        cleaned = getattr(self, "cleaned_data", {})
        values: dict[str, Any] = {}
        unparsed: dict[str, str] = {}
        asked = cleaned.get("paid_otherwise") is True
        for name in FIELDS:
            if name in PAID and not asked:
                continue
            if name in cleaned:
                values[name] = cleaned[name]
            elif self[name].data not in EMPTY:
                unparsed[name] = self[name].data
        key = cleaned.get("key") or f"{page}-{index}"
        return ActivityContent(key=key, unparsed=unparsed, **values)


class BaseActivityFormSet(BaseRowFormSet):
    """The cards; those left empty or taken away do not count."""

    def contents_of(self, page: str) -> list[ActivityContent]:
        return [
            form.content(page, index) for index, form in enumerate(self.forms) if self.counts(form)
        ]

    @property
    def adds_a_card(self) -> bool:
        """Whether one was filled in on this page that was not on it when it opened."""
        return any(not form["key"].value() for form in self.kept())

    def new_ones(self, *, known: Collection[str]) -> list[tuple[str, str]]:
        """(key, name) of the cards that have a name and are not stored, for the costs to choose from.

        One that was taken away stays among them: a cost may still name it while its page is open.
        """
        page = self.data.get("page", "")
        keys = [
            (form["key"].value() or f"{page}-{index}", form.heading)
            for index, form in enumerate(self.forms)
        ]
        return [(key, name) for key, name in keys if name and key not in known]


ActivityFormSet = forms.formset_factory(
    ActivityForm, formset=BaseActivityFormSet, extra=0, max_num=30, can_delete=True
)


def activity_initial(
    activities: Iterable[Activity], unparsed: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    """The stored rows with what was typed over them; one empty card when there are none."""
    answers = {None: None, True: "true", False: "false"}
    rows = [
        {
            **{name: getattr(activity, name) for name in FIELDS},
            "paid_otherwise": answers[activity.paid_otherwise],
            "key": activity.key,
            **unparsed.get(activity.key, {}),
        }
        for activity in activities
    ]
    return rows or [{}]
