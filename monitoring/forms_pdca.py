"""The forms after measuring: four questions, a verdict, an action, its effect, a yearly plan."""

from datetime import date
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.db.models import Q

from agreements.models import Measure, ProgrammeYear
from ikc.models import Ikc, Organisation, User
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, Columns, Fieldset, LinkButton, NldsHelper
from monitoring.models import MOST_WORDS, Action, Conclusion, YearPlanItem
from monitoring.pdca_page import ASKED
from monitoring.services.acting import Plan
from monitoring.services.reviewing import words_in
from monitoring.states_pdca import ActionState, Effect, Verdict
from subsidies.forms.fields import day, story, text


class ReviewForm(NldsForm):
    """The four questions, each in at most 120 words; a draft may leave some open."""

    def __init__(self, *args: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, title, question in ASKED:
            self.fields[name] = forms.CharField(
                label=title,
                required=False,
                max_length=1500,
                help_text=f"{question} Hoogstens {MOST_WORDS} woorden.",
                widget=forms.Textarea(attrs={"rows": 5}),
            )
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            *self.fields,
            Actions(
                Button("finish", "Terugblik afronden"),
                Button("save", "Bewaren als concept", appearance="secondary"),
                LinkButton(back, "Annuleren"),
            ),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, title, _ in ASKED:
            count = words_in(cleaned.get(name, ""))
            if count > MOST_WORDS:
                self.add_error(
                    name,
                    f"Uw antwoord bij ‘{title}’ telt {count} woorden. Maak er hoogstens {MOST_WORDS} van.",
                )
            if "finish" in self.data and not cleaned.get(name, "").strip():
                self.add_error(name, f"Beantwoord de vraag bij ‘{title}’, of bewaar als concept.")
        return cleaned


class ConclusionForm(NldsForm):
    """A verdict; another than that of the rules says why."""

    verdict = forms.ChoiceField(
        label="Wat concludeert u?",
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies uw conclusie."},
    )
    override_reason = forms.CharField(
        label="Waarom oordeelt u anders dan de rekenregels?",
        required=False,
        max_length=1000,
        help_text="Alleen nodig als uw conclusie afwijkt van het rekenoordeel.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, suggested: str, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggested = suggested
        self.fields["override_reason"].one_of = True
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            "verdict",
            "override_reason",
            Actions(Button("conclude", "Conclusie bewaren"), LinkButton(back, "Annuleren")),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        differs = cleaned.get("verdict") not in (None, self.suggested)
        if differs and not cleaned.get("override_reason", "").strip():
            self.add_error(
                "override_reason", "Schrijf op waarom u anders oordeelt dan de rekenregels."
            )
        return cleaned


class ReplyForm(NldsForm):
    """What a board says to a conclusion."""

    organisation = forms.ModelChoiceField(
        label="Namens",
        queryset=Organisation.objects.none(),
        empty_label=None,
        error_messages={"required": "Kies namens wie u reageert."},
    )
    text = story("Uw reactie", "Schrijf uw reactie op.", longest=1500, rows=5)

    def __init__(self, *args: Any, organisations: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations
        # read once: the page asks for the choices twice
        self.fields["organisation"].choices = [(row.pk, str(row)) for row in organisations]
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            "organisation",
            "text",
            Actions(Button("reply", "Reactie plaatsen"), LinkButton(back, "Annuleren")),
        )


class NoActionForm(NldsForm):
    """Why nothing is done about a core indicator that is off course."""

    reason = story(
        "Waarom komt er geen actie?",
        "Schrijf op waarom er geen actie komt.",
        longest=1000,
        rows=4,
        help_text="Bijvoorbeeld: een actie van vorig jaar loopt nog, of het verschil gaat over één kind.",
    )

    def __init__(self, *args: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            "reason", Actions(Button("explain", "Reden bewaren"), LinkButton(back, "Annuleren"))
        )


class PlanItemField(forms.ModelChoiceField):
    def label_from_instance(self, obj: YearPlanItem) -> str:
        return f"{obj.plan.year}: {obj.title}"


class ActionForm(NldsForm):
    """What somebody will do, until when, and when its effect is looked at."""

    title = text("Wat gaat er gebeuren?", "Schrijf op wat er gaat gebeuren.", longest=200)
    owner = forms.ModelChoiceField(
        label="Wie doet het?",
        queryset=User.objects.none(),
        empty_label="Kies een persoon",
        error_messages={"required": "Kies wie het doet.", "invalid_choice": "Kies wie het doet."},
    )
    due_on = day("Klaar op", "Vul in wanneer de actie klaar is.")
    effect_check_on = day(
        "Effect bekijken op",
        "Vul in wanneer iemand naar het effect kijkt.",
        help_text="Iemand anders dan de eigenaar kijkt dan of het werkt. Bijvoorbeeld 1-3-2026.",
    )
    plan_item = PlanItemField(
        label="Plek in het IKC-jaarplan",
        queryset=YearPlanItem.objects.none(),
        required=False,
        empty_label="Nog geen plek",
    )

    def __init__(
        self, *args: Any, owners: list[User], ikc: Ikc, as_proposal: bool, back: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = User.objects.filter(
            pk__in=[owner.pk for owner in owners]
        ).order_by("last_name", "first_name", "pk")
        self.fields["plan_item"].queryset = items_of(ikc)
        button = "Actie voorstellen" if as_proposal else "Actie afspreken"
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            "title",
            "owner",
            Columns("due_on", "effect_check_on"),
            "plan_item",
            Actions(Button("agree", button), LinkButton(back, "Annuleren")),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        due, check = cleaned.get("due_on"), cleaned.get("effect_check_on")
        if due and check and check < due:
            self.add_error(
                "effect_check_on",
                "Bekijk het effect niet eerder dan de dag waarop de actie klaar is.",
            )
        return cleaned

    def plan(self) -> Plan:
        return Plan(**self.cleaned_data)


def items_of(ikc: Ikc) -> Any:
    """The subjects of the plans of an IKC, the newest year first."""
    return (
        YearPlanItem.objects.filter(plan__ikc=ikc)
        .select_related("plan__year")
        .order_by("-plan__year__index", "pk")
    )


class CloseActionForm(NldsForm):
    """What was done, or why nothing was."""

    result = story("Wat is er gedaan?", "Schrijf op wat er is gedaan.", longest=1000, rows=4)

    def __init__(self, *args: Any, drops: bool, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if drops:
            self.fields["result"].label = "Waarom vervalt de actie?"
            self.fields["result"].error_messages["required"] = "Schrijf op waarom de actie vervalt."
        button = "Laten vervallen" if drops else "Afronden"
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            "result", Actions(Button("close", button), LinkButton(back, "Annuleren"))
        )


class EffectForm(NldsForm):
    """Whether an action works, as somebody other than its owner sees it."""

    effect = forms.ChoiceField(
        label="Werkt het?",
        choices=Effect.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies of de actie werkt."},
    )
    note = story(
        "Wat is er te zien?",
        "Schrijf op wat er te zien is.",
        longest=1000,
        rows=4,
        help_text="Noem wat u zag of telde. Schrijf ‘draagt bij aan’: er speelt meestal meer mee.",
    )
    check_again_on = day(
        "Opnieuw bekijken op",
        "",
        required=False,
        help_text="Alleen als het nog te vroeg is. Bijvoorbeeld 1-3-2026.",
    )

    def __init__(self, *args: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["check_again_on"].one_of = True
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            "effect",
            "note",
            "check_again_on",
            Actions(Button("judge", "Oordeel bewaren"), LinkButton(back, "Annuleren")),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        early = cleaned.get("effect") == Effect.TOO_EARLY
        if early and not cleaned.get("check_again_on"):
            self.add_error("check_again_on", "Vul in wanneer iemand opnieuw kijkt.")
        return cleaned


class PlaceForm(NldsForm):
    """Where in the yearly plan an action has its place."""

    plan_item = PlanItemField(
        label="Plek in het IKC-jaarplan",
        queryset=YearPlanItem.objects.none(),
        required=False,
        empty_label="Geen plek",
    )

    def __init__(self, *args: Any, action: Action, back: str, **kwargs: Any) -> None:
        super().__init__(*args, initial={"plan_item": action.plan_item_id}, **kwargs)
        self.fields["plan_item"].queryset = items_of(action.conclusion.of_return.agreement.ikc)
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            "plan_item", Actions(Button("place", "Bewaren"), LinkButton(back, "Annuleren"))
        )


class AmendmentForm(NldsForm):
    """From which year on the targets will be others, and why."""

    effective_year = forms.ModelChoiceField(
        label="Vanaf welk schooljaar?",
        queryset=ProgrammeYear.objects.none(),
        empty_label="Kies een schooljaar",
        error_messages={"required": "Kies vanaf welk schooljaar de nieuwe afspraak geldt."},
    )
    reason = story(
        "Waarom verandert de afspraak?",
        "Schrijf op waarom de afspraak verandert.",
        longest=1500,
        rows=5,
        help_text="Deze reden komt in de nieuwe versie te staan.",
    )

    def __init__(self, *args: Any, conclusion: Conclusion, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = conclusion.of_return.cycle.year
        self.fields["effective_year"].queryset = ProgrammeYear.objects.filter(
            programme=year.programme_id, index__gt=year.index
        ).order_by("index")
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            "effective_year",
            "reason",
            Actions(Button("amend", "Bijstelling starten"), LinkButton(back, "Annuleren")),
        )


class YearPlanForm(NldsForm):
    """A new yearly plan: for which IKC, which year, and what it is about."""

    ikc = forms.ModelChoiceField(
        label="IKC",
        queryset=Ikc.objects.none(),
        empty_label=None,
        error_messages={"required": "Kies het IKC."},
    )
    year = forms.ModelChoiceField(
        label="Schooljaar",
        queryset=ProgrammeYear.objects.none(),
        empty_label="Kies een schooljaar",
        error_messages={"required": "Kies het schooljaar."},
    )
    focus = story(
        "Waar gaat het dit jaar om?",
        "Schrijf kort op waar het dit jaar om gaat.",
        longest=1000,
        rows=4,
    )

    def __init__(self, *args: Any, ikcs: Any, years: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ikc"].queryset = ikcs
        self.fields["year"].queryset = years
        # read once: a select asks for its choices more often than that
        self.fields["ikc"].choices = [(ikc.pk, str(ikc)) for ikc in ikcs]
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            Columns("ikc", "year"),
            "focus",
            Actions(Button("start", "Jaarplan maken"), LinkButton(back, "Annuleren")),
        )


class YearPlanItemForm(NldsForm):
    """One subject of a yearly plan."""

    title = text("Onderwerp", "Schrijf het onderwerp op.", longest=200)
    measure = forms.ModelChoiceField(
        label="Hoort bij een maatregel uit de afspraak",
        queryset=Measure.objects.none(),
        required=False,
        empty_label="Bij geen maatregel",
    )

    def __init__(self, *args: Any, measures: Any, back: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].queryset = measures
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            Fieldset("Onderwerp toevoegen", "title", "measure"),
            Actions(Button("add", "Toevoegen"), LinkButton(back, "Terug")),
        )


class ActionFilterForm(NldsForm):
    """Above the list of actions."""

    LATE, MINE, TO_JUDGE = "late", "mine", "to_judge"

    q = forms.CharField(label="Zoek op actie, naam of IKC", required=False)
    state = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[
            ("", "Alle acties"),
            (MINE, "mijn open acties"),
            (LATE, "te laat"),
            (TO_JUDGE, "effect bekijken"),
            *ActionState.choices,
        ],
    )
    effect = forms.ChoiceField(
        label="Effect", required=False, choices=[("", "Elk effect"), *Effect.choices]
    )

    def matching(self, actions: Any, *, user: User, today: date) -> Any:
        """Those of `actions` that fit what was typed."""
        if not self.is_valid():
            return actions
        for word in self.cleaned_data["q"].split():
            actions = actions.filter(
                Q(title__icontains=word)
                | Q(owner__first_name__icontains=word)
                | Q(owner__last_name__icontains=word)
                | Q(conclusion__of_return__version__ikc_name__icontains=word)
            )
        if effect := self.cleaned_data["effect"]:
            actions = actions.filter(effect=effect)
        return self._in_state(actions, user, today)

    def _in_state(self, actions: Any, user: User, today: date) -> Any:
        state = self.cleaned_data["state"]
        if state == self.MINE:
            return actions.open().filter(owner=user)
        if state == self.LATE:
            return actions.overdue(today)
        if state == self.TO_JUDGE:
            return actions.to_judge(today)
        return actions.filter(state=state) if state else actions
