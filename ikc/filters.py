"""The search and filter forms above the lists of IKCs, organisations and users."""

from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from ikc.models import BankAccount, DirectorHandOver, Ikc, Organisation
from ikc.roles import Role
from ikc.states import PlusState
from kvk2.nlds.forms import NldsForm

ON_THE_WAY = [PlusState.CANDIDATE, PlusState.CONDITIONS_CHECK, PlusState.PROPOSED]
NO_ROLE, ROLE_ENDING = "none", "ending"
WAITING = "waiting"
# How long before a role ends it counts as ending.
NOTICE = timedelta(days=30)


def search_box(label: str) -> django_filters.CharFilter:
    return django_filters.CharFilter(
        label=label,
        method="search",
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class SearchFilterSet(django_filters.FilterSet):
    """A filter with a search box `q`, for a queryset that knows `search`."""

    class Meta:
        fields: list[str] = []
        form = NldsForm

    def search(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.search(value)


# Stands among the forms of an IKC, in the filter alone.
SPECIAL = "special"


class IkcFilter(SearchFilterSet):
    q = search_box("Zoek op naam of plaats")
    board = django_filters.ChoiceFilter(label="Schoolbestuur", empty_label="Alle besturen")
    form = django_filters.ChoiceFilter(
        label="Vorm",
        method="by_form",
        choices=[*Ikc.Form.choices, (SPECIAL, "speciaal onderwijs")],
        empty_label="Alle vormen",
    )
    plus = django_filters.ChoiceFilter(
        label="Plus",
        method="by_plus",
        empty_label="Alle IKC’s",
        choices=[("granted", "Plus IKC"), ("candidate", "kandidaat voor Plus")],
    )
    check = django_filters.ChoiceFilter(
        label="Gegevens",
        method="by_check",
        empty_label="Alle gegevens",
        choices=[
            ("note", "met een opmerking"),
            ("area", "aandachtsgebied niet vastgelegd"),
            ("merger", "samenvoeging niet bevestigd"),
            ("director", "zonder directeur"),
            ("hand_over", "overdracht klaargezet"),
            ("closed", "gesloten"),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boards = Organisation.objects.school_boards().order_by("short_name", "pk")
        self.filters["board"].extra["choices"] = [
            (str(pk), name) for pk, name in boards.values_list("pk", "short_name")
        ]

    def by_form(self, queryset: Any, name: str, value: str) -> QuerySet:
        """Special education is no form of its own: it is found under each of the three."""
        if value == SPECIAL:
            return queryset.filter(special_education=True)
        return queryset.filter(form=value)

    def by_plus(self, queryset: Any, name: str, value: str) -> QuerySet:
        """Over the annotations `is_plus` and `plus_state`."""
        if value == "granted":
            return queryset.filter(is_plus=True)
        return queryset.filter(is_plus=False, plus_state__in=ON_THE_WAY)

    def by_check(self, queryset: Any, name: str, value: str) -> QuerySet:
        match value:
            case "note":
                return queryset.exclude(note="")
            case "area":
                return queryset.filter(form=Ikc.Form.AREA, attention_area=None, closed_on=None)
            case "merger":
                return queryset.filter(successions__confirmed=False)
            case "director":
                return queryset.without_director(timezone.localdate())
            case "hand_over":
                return queryset.filter(Exists(open_hand_overs()))
        return queryset.exclude(closed_on=None)


def open_hand_overs() -> QuerySet[DirectorHandOver]:
    return DirectorHandOver.objects.filter(ikc=OuterRef("pk"), completed_at=None, withdrawn_at=None)


class OrganisationFilter(SearchFilterSet):
    q = search_box("Zoek op naam, plaats of nummer")
    kind = django_filters.ChoiceFilter(
        label="Soort", choices=Organisation.Kind.choices, empty_label="Alle soorten"
    )
    account = django_filters.ChoiceFilter(
        label="Bankrekening",
        method="by_account",
        empty_label="Alle rekeningen",
        choices=[(WAITING, "wacht op controle")],
    )

    def __init__(self, *args: Any, with_accounts: bool, **kwargs: Any) -> None:
        """`with_accounts`: whether the user may know of accounts, and so of a change that waits."""
        super().__init__(*args, **kwargs)
        if not with_accounts:
            del self.filters["account"]

    def by_account(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.filter(
            Exists(BankAccount.objects.waiting().filter(organisation=OuterRef("pk")))
        )


class UserFilter(SearchFilterSet):
    """Filters users by what they hold on `today`."""

    q = search_box("Zoek op naam, e-mail of organisatie")
    role = django_filters.ChoiceFilter(
        label="Rol",
        method="by_role",
        empty_label="Alle rollen",
        choices=[
            *Role.choices,
            (NO_ROLE, "zonder rol"),
            (ROLE_ENDING, "met een rol die binnenkort afloopt"),
        ],
    )
    active = django_filters.ChoiceFilter(
        label="Toegang",
        method="by_active",
        empty_label="Alle gebruikers",
        choices=[("yes", "mag inloggen"), ("no", "geblokkeerd")],
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def by_role(self, queryset: Any, name: str, value: str) -> QuerySet:
        if value == NO_ROLE:
            return queryset.without_role(self.today).filter(is_active=True)
        if value == ROLE_ENDING:
            return queryset.with_role_ending(self.today, until=self.today + NOTICE)
        return queryset.holding(Role(value), self.today)

    def by_active(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.filter(is_active=value == "yes")
