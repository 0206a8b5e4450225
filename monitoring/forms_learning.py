"""The forms of learning: a practice card, a question and its answer, a meeting, and the search above the cards."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.db.models import Q

from agreements.models import Goal
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, Columns, Fieldset, LinkButton, NldsHelper
from monitoring.models import Practice
from monitoring.services.learning import Card
from monitoring.services.learning_meetings import NewMeeting
from monitoring.states_pdca import AgeGroup, MeetingKind
from subsidies.forms.fields import clock, count, day, story, text


class PracticeForm(NldsForm):
    """What stands on a card; careful about cause and effect."""

    title = text("Titel", "Geef de kaart een titel.")
    goal = forms.ModelChoiceField(
        label="Doel",
        queryset=Goal.objects.none(),
        empty_label="Kies een doel",
        error_messages={"required": "Kies bij welk doel de kaart hoort."},
    )
    age_group = forms.ChoiceField(
        label="Leeftijd",
        choices=[("", "Kies een leeftijd"), *AgeGroup.choices],
        error_messages={"required": "Kies om welke leeftijd het gaat."},
    )
    for_whom = text("Voor wie?", "Schrijf op voor wie u het deed.", longest=200)
    what = story("Wat deed u?", "Schrijf op wat u deed.", longest=1200, rows=5)
    took = story(
        "Wat vroeg het?",
        "Schrijf op wat het vroeg.",
        longest=800,
        rows=3,
        help_text="Tijd, mensen, geld, een ruimte: wat een ander IKC wil weten om te beginnen.",
    )
    seen = story(
        "Wat was er te zien?",
        "Schrijf op wat er te zien was.",
        longest=1200,
        rows=4,
        help_text="Schrijf ‘draagt bij aan’ en niet ‘komt door’: er speelt meestal meer mee. Noem geen namen van kinderen of ouders.",
    )

    def __init__(self, *args: Any, programme_id: int, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["goal"].queryset = Goal.objects.filter(programme=programme_id).order_by("order")
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            Fieldset("De kaart", "title", Columns("goal", "age_group"), "for_whom"),
            Fieldset("Het verhaal", "what", "took", "seen"),
            Actions(Button("save", "Kaart bewaren"), LinkButton(back, "Annuleren")),
        )

    def card(self) -> Card:
        return Card(**self.cleaned_data)


class QuestionForm(NldsForm):
    """A question about a card, or its answer."""

    text = story("Uw vraag", "Schrijf uw vraag op.", longest=800, rows=3)

    def __init__(self, *args: Any, back: str, answers: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if answers:
            self.fields["text"].label = "Uw antwoord"
            self.fields["text"].error_messages["required"] = "Schrijf uw antwoord op."
        button = "Antwoord plaatsen" if answers else "Vraag stellen"
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            "text", Actions(Button("send", button), LinkButton(back, "Annuleren"))
        )


class MeetingForm(NldsForm):
    """A training or a meeting, with the cards that it is about."""

    title = text("Titel", "Geef de bijeenkomst een titel.")
    kind = forms.ChoiceField(label="Soort", choices=MeetingKind.choices)
    takes_place_on = day("Datum", "Vul in op welke dag het is.")
    starts_at = clock("Begin", "Vul in hoe laat het begint.")
    location = text("Plaats", "Vul in waar het is.")
    places = count("Aantal plaatsen", "Vul in hoeveel mensen er kunnen komen.")
    about = story("Waar gaat het over?", "Schrijf op waar het over gaat.", longest=1200, rows=4)
    practices = forms.ModelMultipleChoiceField(
        label="Over deze praktijkkaarten",
        queryset=Practice.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practices"].queryset = Practice.objects.published().order_by("title", "pk")
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            "title",
            Columns("kind", "places"),
            Columns("takes_place_on", "starts_at"),
            "location",
            "about",
            "practices",
            Actions(Button("plan", "Bijeenkomst plannen"), LinkButton(back, "Annuleren")),
        )

    def clean_places(self) -> int:
        places = self.cleaned_data["places"]
        if not 1 <= places <= 500:
            raise forms.ValidationError("Er zijn 1 tot en met 500 plaatsen.")
        return places

    def meeting(self) -> NewMeeting:
        return NewMeeting(
            **{name: value for name, value in self.cleaned_data.items() if name != "practices"}
        )


class CancelForm(NldsForm):
    """Why a meeting does not take place."""

    reason = text("Waarom gaat het niet door?", "Schrijf op waarom het niet doorgaat.", longest=300)

    def __init__(self, *args: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            "reason", Actions(Button("cancel", "Afzeggen"), LinkButton(back, "Terug"))
        )


class PracticeFilterForm(NldsForm):
    """Above the cards."""

    ORDERS = {
        "nieuw": ("-published_at", "-pk"),
        "gevolgd": ("-adoption_count", "-published_at", "-pk"),
        "titel": ("title", "pk"),
    }

    q = forms.CharField(label="Zoek op woord of IKC", required=False)
    doel = forms.ModelChoiceField(
        label="Doel", queryset=Goal.objects.none(), required=False, empty_label="Alle doelen"
    )
    leeftijd = forms.ChoiceField(
        label="Leeftijd", required=False, choices=[("", "Alle leeftijden"), *AgeGroup.choices]
    )
    sorteer = forms.ChoiceField(
        label="Sorteer op",
        required=False,
        choices=[
            ("nieuw", "nieuwste eerst"),
            ("gevolgd", "meest nagevolgd"),
            ("titel", "titel"),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["doel"].queryset = Goal.objects.order_by("order", "pk")

    def matching(self, practices: Any) -> Any:
        """Those of `practices` that fit what was typed, in the order that was asked for."""
        if not (self.is_bound and self.is_valid()):
            return practices.order_by(*self.ORDERS["nieuw"])
        asked = self.cleaned_data
        for word in asked["q"].split():
            practices = practices.filter(
                Q(title__icontains=word)
                | Q(what__icontains=word)
                | Q(for_whom__icontains=word)
                | Q(seen__icontains=word)
                | Q(ikc__name__icontains=word)
            )
        if asked["doel"]:
            practices = practices.filter(goal=asked["doel"])
        if asked["leeftijd"]:
            practices = practices.filter(age_group=asked["leeftijd"])
        return practices.order_by(*self.ORDERS[asked["sorteer"] or "nieuw"])
