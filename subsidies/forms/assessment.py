"""The forms of the commission: interests, reviewers, scores and the advice."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from crispy_forms.layout import Layout
from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html

from ikc.models import Ikc, Organisation
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, Columns, Currency, Fieldset, LinkButton, NldsHelper
from subsidies.forms.fields import AmountField, day, story, text
from subsidies.models import (
    Application,
    CalibrationScore,
    CommissionAdvice,
    Criterion,
    Review,
    ReviewScore,
)
from subsidies.services.advice import AdviceContent
from subsidies.services.commission import Standing, Why
from subsidies.services.reviews import Given
from subsidies.states import GONE_REVIEWS

SCALE = {1: "Slecht", 2: "Matig", 3: "Voldoende", 4: "Goed", 5: "Zeer goed"}
SCORES = [
    (value, format_html("<strong>{}</strong> {}", value, word)) for value, word in SCALE.items()
]
RECUSALS = [
    (
        "ik werk of werkte bij de aanvrager of bij een partner",
        "Ik werk of werkte bij de aanvrager of een partner",
    ),
    ("familie of vriendschap", "Familie of vrienden van mij hebben ermee te maken"),
    ("betrokken bij het plan", "Ik was betrokken bij het plan"),
    ("ander belang", "Een ander belang"),
]


class InterestForm(NldsForm):
    """Everything a member is tied to; an honest 'nothing' is an answer as well."""

    organisations = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label="Bij welke organisaties hebt u een belang?",
        help_text="U werkt er, zit in het bestuur of de raad van toezicht, of deed dat in de laatste drie jaar.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    ikcs = forms.ModelMultipleChoiceField(
        Ikc.objects.none(),
        label="Bij welke IKC’s hebt u een persoonlijk belang?",
        help_text="Bijvoorbeeld omdat uw kind er naartoe gaat of uw partner er werkt.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = story("Toelichting", "", longest=1000, rows=3, required=False)
    complete = forms.BooleanField(
        label="Ik heb al mijn belangen opgegeven",
        error_messages={"required": "Verklaar dat u al uw belangen hebt opgegeven."},
    )

    def __init__(self, *args: Any, organisations, ikcs, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelMultipleChoiceField, self.fields["organisations"]).queryset = organisations
        cast(forms.ModelMultipleChoiceField, self.fields["ikcs"]).queryset = ikcs
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "organisations",
            "ikcs",
            "note",
            "complete",
            Actions(Button("save", "Belangen opgeven"), LinkButton(back_url, "Terug")),
        )


class ExceptionForm(NldsForm):
    decision_number = text(
        "Nummer van het collegebesluit", "Vul het nummer van het collegebesluit in.", longest=60
    )
    decided_on = day("Datum van het besluit", "Vul de datum van het collegebesluit in.")
    reason = story(
        "Motivering",
        "Leg uit waarom dit lid toch mag beoordelen.",
        longest=1500,
        help_text="Waarom mag dit lid toch beoordelen? De motivering komt in het dossier.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "decision_number",
            "decided_on",
            "reason",
            Actions(Button("save", "Uitzondering vastleggen"), LinkButton(back_url, "Terug")),
        )


class AssignRow(NamedTuple):
    """One application on the page where reviewers are chosen."""

    application: Application
    field: BoundField
    done: int


class AssignForm(NldsForm):
    """Per application the members who may score it; who may not is not offered."""

    reason = story(
        "Waarom wijkt u af?",
        "",
        longest=1000,
        rows=3,
        required=False,
        help_text="Nodig als u het voorstel verandert of een beoordeling van een lid wegneemt. De reden blijft in het dossier.",
    )
    begun_may_go = forms.BooleanField(
        label="Ik neem ook beoordelingen weg waaraan een lid al begon. Wat het lid invulde, blijft in het dossier.",
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        applications: Sequence[Application],
        members: Sequence[Standing],
        proposal: Mapping[int, Sequence[int]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.applications = applications
        for application in applications:
            known = {
                review.member_id
                for review in application.reviews.all()
                if review.state not in GONE_REVIEWS
            }
            choices = [
                (row.member.pk, row.member.user.full_name)
                for row in members
                if row.may_score_application(application.pk) or row.member.pk in known
            ]
            self.fields[self._name(application)] = forms.TypedMultipleChoiceField(
                choices=choices,
                coerce=int,
                required=False,
                initial=list(proposal.get(application.pk, [])),
                label=f"Beoordelaars van {application.number}",
                widget=forms.CheckboxSelectMultiple(
                    attrs={"class": "utrecht-checkbox utrecht-checkbox--html-input"}
                ),
            )

    @staticmethod
    def _name(application: Application) -> str:
        return f"a{application.pk}"

    def rows(self) -> list[AssignRow]:
        return [
            AssignRow(
                application,
                self[self._name(application)],
                sum(review.submitted_at is not None for review in application.reviews.all()),
            )
            for application in self.applications
        ]

    def why(self, per_application: int) -> Why:
        """What the secretary says with a choice that is not the proposal."""
        return Why(self.cleaned_data["reason"], self.cleaned_data["begun_may_go"], per_application)

    def wanted(self) -> dict[int, list[int]]:
        """Per application id the chosen member ids."""
        return {
            application.pk: self.cleaned_data[self._name(application)]
            for application in self.applications
        }


class Block(NamedTuple):
    """One criterion on the scoring page."""

    number: int
    criterion: Criterion
    score: BoundField
    motivation: BoundField


class ScoreForm(NldsForm):
    """Scores and reasons per criterion. Saving asks nothing; submitting asks for everything."""

    def __init__(
        self,
        *args: Any,
        given: Iterable[ReviewScore | CalibrationScore],
        criteria: Sequence[Criterion],
        initial: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        scores = {row.criterion_id: row for row in given}
        start: dict[str, Any] = dict(initial or {})
        for criterion in criteria:
            row = scores.get(criterion.pk)
            start[f"score_{criterion.code}"] = row.score if row else None
            start[f"text_{criterion.code}"] = row.motivation if row else ""
        super().__init__(*args, initial=start, **kwargs)
        self.criteria = criteria
        for criterion in criteria:
            self.fields[f"score_{criterion.code}"] = forms.TypedChoiceField(
                label="Score",
                choices=SCORES,
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": "Kies een score van 1 tot en met 5."},
            )
            self.fields[f"text_{criterion.code}"] = story(
                "Toelichting",
                "",
                longest=1500,
                rows=4,
                required=False,
                help_text="Verplicht bij 1, 2 en 5: ten minste 30 tekens.",
            )
        self.order_fields(
            [name for row in criteria for name in (f"score_{row.code}", f"text_{row.code}")]
        )

    def blocks(self) -> list[Block]:
        return [
            Block(number, row, self[f"score_{row.code}"], self[f"text_{row.code}"])
            for number, row in enumerate(self.criteria, 1)
        ]

    def scores(self) -> dict[str, Given]:
        """What was given, as the services take it."""
        return {
            row.code: Given(
                self.cleaned_data.get(f"score_{row.code}"),
                self.cleaned_data.get(f"text_{row.code}", ""),
            )
            for row in self.criteria
        }

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Show per criterion what the service found missing, at the control to change."""
        scores = self.scores()
        for code, problem in problems.items():
            name = "score" if scores[code].score is None else "text"
            self.add_error(f"{name}_{code}", problem)


class ReviewForm(ScoreForm):
    """The scores of a review, with a note that nobody else reads."""

    note = story(
        "Notitie voor uzelf",
        "",
        longest=2000,
        rows=3,
        required=False,
        help_text="Alleen u leest dit.",
    )

    def __init__(
        self, *args: Any, review: Review, criteria: Sequence[Criterion], **kwargs: Any
    ) -> None:
        start = {"note": review.note_to_self}
        super().__init__(
            *args, given=review.scores.all(), criteria=criteria, initial=start, **kwargs
        )


class RecuseForm(NldsForm):
    reason = forms.ChoiceField(
        label="Welk belang hebt u?",
        choices=RECUSALS,
        widget=forms.RadioSelect,
        error_messages={"required": "Kies welk belang u hebt."},
    )
    explanation = text(
        "Toelichting",
        "",
        required=False,
        help_text="Alleen de secretaris leest dit.",
    )

    def full_reason(self) -> str:
        parts = (self.cleaned_data["reason"], self.cleaned_data["explanation"].strip())
        return ": ".join(part for part in parts if part)


class ReasonForm(NldsForm):
    """A deed that is explained in a few lines."""

    reason = story("Reden", "Vul de reden in.", longest=1000, rows=3)

    def __init__(
        self, *args: Any, label: str = "Reden", help_text: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].help_text = help_text


class AdviceForm(NldsForm):
    """The advice in words: the conclusion, the considerations, and the reasons per criterion."""

    conclusion = forms.ChoiceField(
        label="Conclusie",
        choices=CommissionAdvice.Conclusion.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    proposed_amount = AmountField(
        label="Voorgesteld bedrag",
        required=False,
        help_text="Alleen bij een gedeeltelijk positief advies.",
    )
    effort_finding = text(
        "De commissie ziet dat …",
        "",
        longest=300,
        required=False,
        help_text="Bijvoorbeeld: onderwijs en opvang nog los van elkaar plannen",
    )
    effort_text = text(
        "De aanvrager spant zich ervoor in dat …",
        "",
        longest=300,
        required=False,
        help_text="Bijvoorbeeld: er één dagprogramma komt",
    )
    effort_evidence = text(
        "De aanvrager laat dit zien met …",
        "",
        longest=300,
        required=False,
        help_text="Bijvoorbeeld: het dagprogramma en een verslag van het team",
    )
    effort_due_on = day("Te laten zien vóór", "", required=False)
    # Last: from here on `text` is the field, no longer the function that makes one.
    text = story(
        "Overwegingen van de commissie",
        "Schrijf de overwegingen van de commissie op.",
        longest=6000,
        rows=8,
        help_text="De aanvrager leest deze tekst in de brief. Een lege regel begint een nieuwe alinea.",
    )

    def __init__(
        self,
        *args: Any,
        advice: CommissionAdvice,
        criteria: Sequence[Criterion],
        back_url: str,
        **kwargs: Any,
    ) -> None:
        initial = {name: getattr(advice, name) for name in self.base_fields}
        for criterion in criteria:
            initial[f"text_{criterion.code}"] = advice.criterion_texts.get(criterion.code, "")
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.criteria = criteria
        for criterion in criteria:
            self.fields[f"text_{criterion.code}"] = story(
                f"{criterion.name} ({criterion.weight}%)", "", longest=2000, rows=3, required=False
            )
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            Fieldset("Conclusie", "conclusion", Currency("proposed_amount")),
            Fieldset("Overwegingen", "text"),
            Fieldset(
                "Toelichting per criterium",
                *[f"text_{criterion.code}" for criterion in criteria],
                description="Hieronder staat wat de leden schreven, zonder namen. Maak er per criterium één tekst van.",
            ),
            Fieldset(
                "Inspanningsverplichting",
                "effort_finding",
                "effort_text",
                Columns("effort_evidence", "effort_due_on"),
                description="Alleen bij ‘positief, met inspanningsverplichting’. Het college legt de verplichting op.",
            ),
            Actions(
                Button("save", "Advies bewaren"), LinkButton(back_url, "Terug naar de adviezen")
            ),
        )

    def content(self) -> AdviceContent:
        """What was typed, as the service takes it."""
        values = {name: self.cleaned_data[name] for name in self.base_fields}
        texts = {row.code: self.cleaned_data[f"text_{row.code}"] for row in self.criteria}
        return AdviceContent(criterion_texts=texts, **values)


class MeetingForm(NldsForm):
    meeting_on = day("Datum van de vergadering", "Vul in op welke dag de commissie vergaderde.")
