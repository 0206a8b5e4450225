from datetime import date, datetime, time
from typing import cast

from crispy_forms.layout import Layout
from django import forms
from django.db.models import Max, Q
from django.utils import timezone

from ikc.forms.fields import IdentifierField, day, text
from ikc.models import AttentionArea, District, Ikc, IkcSuccession, Organisation
from ikc.services.centres import IkcFacts, OrganisationFacts
from kvk2.core.identifiers import IdentifierKind
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.layout import (
    Actions,
    Button,
    CharacterCount,
    Columns,
    Fieldset,
    LinkButton,
    NldsHelper,
)


class IkcForm(NldsForm):
    """What the municipality itself knows of an IKC; the address and the figures come from DUO."""

    attention_area = forms.ModelChoiceField(
        AttentionArea.objects.none(),
        label="Aandachtsgebied",
        required=False,
        empty_label="Nog niet vastgelegd",
        help_text="Alleen bij een IKC in een aandachtsgebied.",
        error_messages={"invalid_choice": "Dit aandachtsgebied geldt niet meer."},
    )
    district = forms.ModelChoiceField(
        District.objects.none(),
        label="Wijk",
        required=False,
        empty_label="Nog niet vastgelegd",
        help_text="Hieruit volgt bij een herijking of het IKC in een aandachtsgebied ligt.",
        error_messages={"invalid_choice": "Kies een wijk uit de lijst."},
    )
    founding = forms.BooleanField(label="IKC in oprichting", required=False)
    extended_learning_time = forms.BooleanField(
        label="Verplichte verlengde leertijd", required=False
    )
    note = text(
        "Opmerking over de gegevens",
        longest=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Iedereen die dit IKC mag zien, leest dit. Hoogstens 1.000 tekens.",
    )

    def __init__(self, *args, ikc: Ikc, today: date, **kwargs) -> None:
        kwargs["initial"] = {name: getattr(ikc, name) for name in IkcFacts.__dataclass_fields__}
        super().__init__(*args, **kwargs)
        areas = AttentionArea.objects.active_on(today)
        if ikc.attention_area_id:
            areas |= AttentionArea.objects.filter(pk=ikc.attention_area_id)
        choice = cast(forms.ModelChoiceField, self.fields["attention_area"])
        choice.queryset = areas.select_related("district").order_by("name", "pk")
        latest = District.objects.aggregate(latest=Max("year"))["latest"]
        own = District.objects.filter(Q(year=latest) | Q(pk=ikc.district_id))
        cast(forms.ModelChoiceField, self.fields["district"]).queryset = own.order_by("name", "pk")
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            Fieldset("Gebied", "district", "attention_area"),
            Fieldset("Bijzonderheden", "founding", "extended_learning_time"),
            CharacterCount("note"),
            Actions(Button("save", "Opslaan"), LinkButton(ikc.get_absolute_url(), "Annuleren")),
        )

    def facts(self) -> IkcFacts:
        return IkcFacts(**self.cleaned_data)


class PartnerForm(NldsForm):
    organisation = forms.ModelChoiceField(
        Organisation.objects.childcare().order_by("name", "pk"),
        label="Kinderopvangorganisatie",
        empty_label="Kies een organisatie",
        error_messages={"required": "Kies de kinderopvangorganisatie."},
    )
    valid_from = day("Vanaf", "Vul in vanaf wanneer de organisatie in dit IKC werkt.")
    source = text(
        "Bron",
        "Vul in waar dit uit blijkt.",
        longest=200,
        help_text="Bijvoorbeeld: samenwerkingsovereenkomst van 1 augustus 2022.",
    )

    def __init__(self, *args, ikc: Ikc, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "organisation",
            "valid_from",
            "source",
            Actions(
                Button("save", "Partner toevoegen"),
                LinkButton(ikc.get_absolute_url(), "Annuleren"),
            ),
        )


class LastDayForm(NldsForm):
    """The one question of a page that lets something end."""

    last_day = day("Laatste dag", "Vul de laatste dag in.")


class SuccessionForm(NldsForm):
    happened_on = day("Samengevoegd per", "Vul in per welke dag de scholen zijn samengevoegd.")
    source = text(
        "Bron",
        "Vul in waar de samenvoeging uit blijkt.",
        longest=300,
        help_text="Bijvoorbeeld: besluit van het schoolbestuur van 12 maart 2020.",
    )

    def __init__(self, *args, succession: IkcSuccession, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "happened_on",
            "source",
            Actions(
                Button("save", "Samenvoeging bevestigen"),
                LinkButton(succession.predecessor.get_absolute_url(), "Annuleren"),
            ),
        )


class OrganisationForm(NldsForm):
    name = text("Naam", "Vul de naam van de organisatie in.", longest=200)
    short_name = text(
        "Korte naam", "Vul een korte naam in.", longest=60, help_text="Voor lijsten en tabellen."
    )
    kvk_number = IdentifierField(IdentifierKind.KVK_NUMBER, label="KvK-nummer", required=False)
    street = text("Straat en huisnummer", longest=120)
    postcode = IdentifierField(
        IdentifierKind.POSTCODE, display=True, label="Postcode", required=False
    )
    city = text("Plaats", longest=80)
    consent_on = day(
        "Instemming met digitale post sinds",
        help_text="Laat leeg zolang de organisatie dit niet heeft laten weten (Awb 2:8). "
        "Brieven gaan dan per post.",
    )

    def __init__(self, *args, organisation: Organisation, **kwargs) -> None:
        fields = ("name", "short_name", "kvk_number", "street", "postcode", "city")
        initial = {name: getattr(organisation, name) for name in fields}
        if organisation.electronic_consent_at:
            initial["consent_on"] = timezone.localdate(organisation.electronic_consent_at)
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.helper = NldsHelper()
        self.helper.layout = Layout(
            "name",
            "short_name",
            "kvk_number",
            Fieldset("Adres", "street", Columns("postcode", "city")),
            Fieldset("Post", "consent_on"),
            Actions(
                Button("save", "Opslaan"),
                LinkButton(organisation.get_absolute_url(), "Annuleren"),
            ),
        )

    def facts(self) -> OrganisationFacts:
        values = dict(self.cleaned_data)
        consent_at = self._consent_at(values.pop("consent_on"))
        return OrganisationFacts(**values, electronic_consent_at=consent_at)

    def _consent_at(self, consent_on: date | None) -> datetime | None:
        """The moment that is stored already when the day is the same; else midnight of that day."""
        stored = self.organisation.electronic_consent_at
        if consent_on is None:
            return None
        if stored and timezone.localdate(stored) == consent_on:
            return stored
        return timezone.make_aware(datetime.combine(consent_on, time.min))
