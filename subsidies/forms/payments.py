"""The forms about payments: the filter, choosing which are approved or ordered, setting off, suspending, feedback."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.db.models import QuerySet

from ikc.models import User
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import Actions, Button, LinkButton, NldsHelper
from kvk2.nlds.templatetags.nlds import dutch_date, euro
from subsidies.facts import known
from subsidies.forms.fields import AmountField, day, story, text
from subsidies.forms.lists import ListFilter
from subsidies.models import Payment, PaymentOrderExport, Recovery, SubsidyRound


class PaymentFilter(ListFilter):
    """Search, status and round."""

    def __init__(
        self, data: Mapping[str, Any], *, user: User, states: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(data, search="Zoek op IKC, bestuur of kenmerk", states=states)
        rounds = SubsidyRound.objects.visible_to(user).order_by("-year", "name")
        self.fields["ronde"] = forms.ChoiceField(
            label="Ronde",
            choices=[("", "Alles"), *((str(row.pk), row.name) for row in rounds)],
            required=False,
        )


class PaymentsField(forms.ModelMultipleChoiceField):
    """Payments to tick, by what they are and to whom they go."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        application = obj.grant.application
        return (
            f"{obj.reference}: {euro(obj.to_pay)} aan {application.board.short_name} voor {application.ikc}, "
            f"uiterlijk op {dutch_date(obj.due_on)}"
        )


def _payments(label: str) -> PaymentsField:
    return PaymentsField(
        Payment.objects.none(),
        label=label,
        error_messages={
            "required": "Kies ten minste één betaling.",
            "invalid_choice": "Een van deze betalingen is intussen veranderd. Kies opnieuw.",
        },
    )


class ApproveForm(NldsForm):
    payments = _payments("Welke betalingen keurt u goed?")

    def __init__(
        self,
        *args: Any,
        rows: QuerySet[Payment],
        chosen: Iterable[int],
        back_url: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, initial={"payments": list(chosen)}, **kwargs)
        self.fields["payments"].queryset = rows
        self.helper = NldsHelper(form_id="goedkeuren")
        self.helper.layout = Layout(
            "payments", Actions(Button("approve", "Goedkeuren"), LinkButton(back_url, "Annuleren"))
        )


class OrderForm(NldsForm):
    payments = _payments("Welke betalingen gaan in de opdracht?")
    execute_on = day("Betalen op", "Vul in op welke dag de bank betaalt.")

    def __init__(self, *args: Any, rows: QuerySet[Payment], back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payments"].queryset = rows
        self.helper = NldsHelper(form_id="opdracht")
        self.helper.layout = Layout(
            "payments",
            "execute_on",
            Actions(Button("make", "Opdracht maken"), LinkButton(back_url, "Annuleren")),
        )


class ExportForm(NldsForm):
    kind = forms.ChoiceField(
        label="Welk bestand?",
        choices=[
            (PaymentOrderExport.Kind.SEPA, "SEPA-bestand (pain.001), voor de bank"),
            (PaymentOrderExport.Kind.CSV, "CSV-bestand, voor de financiële administratie"),
        ],
        widget=forms.RadioSelect,
        initial=PaymentOrderExport.Kind.SEPA,
        error_messages={"required": "Kies een bestand."},
    )
    reason = text(
        "Waarom nog een keer?",
        "Schrijf op waarom het nog een keer moet.",
        longest=500,
        help_text="Twee keer inlezen is twee keer betalen.",
    )

    def __init__(self, *args: Any, again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not again:
            del self.fields["reason"]


class SetOffForm(NldsForm):
    claim = forms.ModelChoiceField(
        Recovery.objects.none(),
        label="Met welke vordering verrekent u?",
        empty_label="Een vordering die niet in dit portaal staat",
        required=False,
        error_messages={"invalid_choice": "Kies een vordering die nog openstaat."},
    )
    amount = AmountField(label="Te verrekenen bedrag", missing="Vul in hoeveel u verrekent.")
    reference = text(
        "Kenmerk van de vordering",
        "",
        longest=60,
        required=False,
        help_text="Alleen voor een vordering die niet in dit portaal staat.",
    )
    claim_amount = AmountField(
        label="Bedrag van de vordering",
        required=False,
        help_text="Alleen voor een vordering die niet in dit portaal staat.",
    )
    reason = story(
        "Waarom mag u dit verrekenen?",
        "Schrijf op waarom verrekenen mag.",
        longest=1000,
        rows=3,
        help_text="Bijvoorbeeld: dezelfde activiteiten in een ander tijdvak (artikel 4:57, derde lid, Awb). De ontvanger "
        "leest dit in de brief.",
    )

    def __init__(self, *args: Any, claims: QuerySet[Recovery], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["claim"]
        field.queryset = claims  # type: ignore[attr-defined]
        field.label_from_instance = _claim_label  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not found.get("claim"):
            for name, sentence in (
                ("reference", "Vul het kenmerk van de vordering in, of kies een vordering."),
                ("claim_amount", "Vul in hoe groot de vordering is, of kies een vordering."),
            ):
                if not found.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return found


class SuspendForm(NldsForm):
    suspicion = story(
        "Wat vermoedt u ernstig?",
        "Schrijf op wat u ernstig vermoedt.",
        longest=2000,
        rows=5,
        help_text="De ontvanger leest dit in de brief. Schrijf hele zinnen.",
    )


class EndSuspensionForm(NldsForm):
    outcome = forms.ChoiceField(
        label="Hoe gaat het verder?",
        choices=[
            ("resume", "Wij gaan door met betalen"),
            ("cancel", "De betalingen die wachten vervallen"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies hoe het verder gaat."},
    )
    reason = story("Waarom?", "Schrijf op waarom.", longest=1000, rows=3)


class FeedbackForm(NldsForm):
    file = forms.FileField(
        label="CSV-bestand",
        error_messages={"required": "Kies het bestand.", "empty": "Dit bestand is leeg."},
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        help_text="Met de kolommen kenmerk, status (betaald of mislukt), datum en reden.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="terugmelding")
        self.helper.layout = Layout(
            "file", Actions(Button("read", "Inlezen"), LinkButton(back_url, "Annuleren"))
        )


class AdvanceForm(NldsForm):
    amount = AmountField(
        label="Bedrag van het voorschot", missing="Vul in hoe groot het voorschot is."
    )
    pay_on = day("Betalen uiterlijk op", "Vul in op welke dag de gemeente uiterlijk betaalt.")
    motivation = story(
        "Waarom een extra voorschot?",
        "Schrijf op waarom u dit voorschot voorstelt.",
        longest=3000,
        rows=5,
        help_text="Dit komt in het besluit te staan. De ontvanger leest het.",
    )

    def __init__(self, *args: Any, back_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper(form_id="voorschot")
        self.helper.layout = Layout(
            "amount",
            "pay_on",
            "motivation",
            Actions(Button("draft", "Concept maken"), LinkButton(back_url, "Annuleren")),
        )


def _claim_label(recovery: Recovery) -> str:
    reference = known(recovery.decision).reference
    return f"{reference}: {euro(recovery.amount)} voor {recovery.grant.application.ikc}"
