"""The forms of the steps in the life of an IKC."""

from datetime import date

from django import forms

from ikc.forms.fields import day, text
from ikc.models import Ikc, Organisation
from kvk2.core.capitals import upper_first
from kvk2.nlds.forms import NldsForm


def _source() -> forms.CharField:
    return text(
        "Waar blijkt dit uit?",
        "Schrijf op waar dit uit blijkt.",
        longest=200,
        help_text="Bijvoorbeeld: besluit van het schoolbestuur van 12 maart 2026.",
    )


class OpenForm(NldsForm):
    opened_on = day("Geopend op", "Vul in op welke dag het IKC openging.")
    source = _source()


class RenameForm(NldsForm):
    name = text("Nieuwe naam", "Vul de nieuwe naam in.", longest=120)
    valid_from = day("Vanaf", "Vul in vanaf welke dag het IKC zo heet.")
    source = _source()


class IkcFormForm(NldsForm):
    """Which form the IKC has from a day on; it starts at what it has now."""

    form = forms.ChoiceField(
        label="Vorm",
        choices=[(value, upper_first(label)) for value, label in Ikc.Form.choices],
        widget=forms.RadioSelect,
        error_messages={"required": "Kies de vorm van het IKC."},
    )
    special_education = forms.BooleanField(
        label="Dit is een IKC speciaal onderwijs", required=False
    )
    valid_from = day("Vanaf", "Vul in vanaf welke dag dit geldt.")
    source = _source()

    def __init__(self, *args, ikc: Ikc, **kwargs) -> None:
        kwargs["initial"] = {"form": ikc.form, "special_education": ikc.special_education}
        super().__init__(*args, **kwargs)


class BoardForm(NldsForm):
    board = forms.ModelChoiceField(
        Organisation.objects.school_boards().order_by("name", "pk"),
        label="Nieuw schoolbestuur",
        empty_label="Kies een schoolbestuur",
        error_messages={"required": "Kies het schoolbestuur."},
    )
    valid_from = day("Vanaf", "Vul in vanaf welke dag dit bestuur het IKC bestuurt.")
    source = _source()


class _ManyIkcs(forms.ModelMultipleChoiceField):
    def __init__(self, label: str, **options) -> None:
        super().__init__(Ikc.objects.none(), label=label, **options)


class CloseForm(NldsForm):
    """Closing, with the IKCs that go on with its children."""

    closed_on = day("Gesloten op", "Vul in op welke dag het IKC sloot.")
    successors = _ManyIkcs(
        "Gaat verder in",
        required=False,
        help_text="Kies er één bij een samenvoeging, meer bij een splitsing. Leeg: zonder opvolger.",
    )
    source = _source()

    def __init__(self, *args, ikc: Ikc, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successors"].queryset = _others(ikc, today)  # type: ignore[attr-defined]


class MergeForm(NldsForm):
    predecessors = _ManyIkcs(
        "Welke IKC’s gaan hierin op?",
        error_messages={"required": "Kies welke IKC’s hierin opgaan."},
    )
    merged_on = day("Samengevoegd per", "Vul in per welke dag zij zijn samengevoegd.")
    source = _source()

    def __init__(self, *args, ikc: Ikc, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["predecessors"].queryset = _others(ikc, today)  # type: ignore[attr-defined]


def _others(ikc: Ikc, today: date):
    return Ikc.objects.open_on(today).exclude(pk=ikc.pk).order_by("name", "pk")
