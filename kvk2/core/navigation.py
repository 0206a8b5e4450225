"""The main menu: one list, of which each role sees its own part."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import reverse

if TYPE_CHECKING:
    from ikc.models import User

EVERYBODY = frozenset(
    {
        "project_leader",
        "ikc_director",
        "commission_member",
        "commission_secretary",
        "development_group",
        "researcher",
        "signer",
        "school_board",
        "childcare_board",
        "admin",
        "auditor",
    }
)
MUNICIPAL = frozenset({"project_leader", "signer", "auditor"})
PARTIES = frozenset({"ikc_director", "school_board", "childcare_board"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of the menu, for the roles (`ikc.roles`) that have something to find there.

    `also` holds the beginnings of other addresses that belong to this part of the portal.
    """

    label: str
    url_name: str
    roles: frozenset[str]
    icon: str
    also: tuple[str, ...] = ()

    def holds(self, path: str, url: str) -> bool:
        return path.startswith((url, *self.also) if url != "/" else self.also)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry as the template shows it; `current` is the value of aria-current, or empty."""

    label: str
    url: str
    icon: str
    current: str


ENTRIES: Sequence[Entry] = (
    Entry("Start", "start", EVERYBODY, icon="home"),
    Entry(
        "IKC's",
        "ikc:ikc_list",
        EVERYBODY,
        icon="school",
        also=("/aandachtsgebieden/", "/kindertellingen/", "/ondersteuning/"),
    ),
    Entry(
        "Rondes",
        "subsidies:round_list",
        MUNICIPAL | PARTIES | {"commission_secretary", "commission_member"},
        icon="calendar-event",
        also=("/regelingen/",),
    ),
    # Who has the rounds goes to the schemes from there.
    Entry("Regelingen", "subsidies:scheme_list", frozenset({"admin"}), icon="scale"),
    Entry(
        "Aanvragen",
        "subsidies:application_list",
        MUNICIPAL | PARTIES,
        icon="file-text",
        also=("/besluiten/", "/bezwaren/", "/bijlagen/", "/termijnen/"),
    ),
    Entry(
        "Verleningen",
        "subsidies:grant_list",
        MUNICIPAL | {"ikc_director", "school_board"},
        icon="coin-euro",
        also=(
            "/verantwoordingen/",
            "/terugvorderingen/",
            "/betalingen/",
            "/betaalopdrachten/",
            "/geld/",
        ),
    ),
    Entry(
        "Beoordelen",
        "subsidies:review_list",
        frozenset({"commission_member", "commission_secretary"}),
        icon="clipboard-check",
    ),
    Entry(
        "Commissie",
        "subsidies:commission_seats",
        frozenset({"commission_member", "commission_secretary", "admin"}),
        icon="users",
    ),
    Entry(
        "Berichten",
        "subsidies:message_list",
        MUNICIPAL | {"ikc_director", "school_board"},
        icon="mail",
        also=("/brieven/",),
    ),
    Entry(
        "Afspraken",
        "agreements:agreement_list",
        MUNICIPAL | PARTIES | {"development_group"},
        icon="target",
        also=("/indicatoren/", "/financiele-dekking/"),
    ),
    Entry(
        "Overleg",
        "ikc:body_list",
        MUNICIPAL | {"development_group", "school_board", "childcare_board"},
        icon="users",
    ),
    Entry(
        "Monitoring",
        "monitoring:cycle_list",
        MUNICIPAL | PARTIES | {"development_group", "researcher"},
        icon="chart-line",
        also=(
            "/aanleveringen/",
            "/verbeteracties/",
            "/jaarplannen/",
            "/conclusies/",
            "/wat-werkt/",
        ),
    ),
    Entry(
        "Rapporten",
        "monitoring:report_list",
        MUNICIPAL | PARTIES | {"development_group", "researcher"},
        icon="chart-bar",
    ),
    Entry(
        "Archief",
        "subsidies:retention",
        MUNICIPAL | {"admin"},
        icon="file-text",
        also=("/subsidieregister/beheer/", "/downloads/"),
    ),
    Entry(
        "Beheer",
        "ikc:user_list",
        frozenset({"admin", "auditor"}),
        icon="users",
        also=("/organisaties/",),
    ),
)


@lru_cache(maxsize=64)  # addresses of the menu do not change while the portal runs
def _address(url_name: str) -> str:
    return reverse(url_name)


def menu_for(user: "User", request: HttpRequest) -> list[MenuItem]:
    """The items for `user`; the one of the present page, or of the part of the site that it is in, is current."""
    items = []
    for entry in ENTRIES:
        if user.active_roles.isdisjoint(entry.roles):
            continue
        url = _address(entry.url_name)
        current = (
            "page" if url == request.path else "true" if entry.holds(request.path, url) else ""
        )
        items.append(MenuItem(entry.label, url, entry.icon, current))
    return items
