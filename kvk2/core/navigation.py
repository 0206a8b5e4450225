"""The main menu: one list, of which each role sees its own part."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    """One item of the menu, for the roles (`ikc.roles`) that have something to find there."""

    label: str
    url_name: str
    icon: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry as the template shows it; `current` is the value of aria-current, or empty."""

    label: str
    url: str
    icon: str
    current: str


ENTRIES: Sequence[Entry] = (
    Entry("Start", "start", "home", EVERYBODY),
    Entry("IKC's", "ikc:ikc_list", "school", EVERYBODY),
    Entry(
        "Rondes",
        "subsidies:round_list",
        "calendar",
        MUNICIPAL | PARTIES | {"commission_secretary", "commission_member"},
    ),
    Entry("Aanvragen", "subsidies:application_list", "file-text", MUNICIPAL | PARTIES),
    Entry(
        "Beoordelen",
        "subsidies:review_list",
        "clipboard-check",
        frozenset({"commission_member", "commission_secretary"}),
    ),
    Entry("Berichten", "subsidies:message_list", "mail", MUNICIPAL | {"ikc_director", "school_board"}),
    Entry(
        "Afspraken",
        "agreements:agreement_list",
        "target",
        MUNICIPAL | PARTIES | {"development_group"},
    ),
    Entry(
        "Monitoring",
        "monitoring:cycle_list",
        "chart-line",
        MUNICIPAL | PARTIES | {"development_group", "researcher"},
    ),
    Entry(
        "Rapporten",
        "monitoring:report_list",
        "chart-bar",
        MUNICIPAL | PARTIES | {"development_group", "researcher"},
    ),
    Entry("Beheer", "ikc:user_list", "settings", frozenset({"admin", "auditor"})),
)


def menu_for(user: "User", request: HttpRequest) -> list[MenuItem]:
    """The items for `user`; the one of the present page, or of the part of the site that it is in, is current."""
    here = request.path
    items = [
        (entry, reverse(entry.url_name))
        for entry in ENTRIES
        if not user.active_roles.isdisjoint(entry.roles)
    ]
    inside = max(
        (url for _, url in items if url != "/" and here.startswith(url)), key=len, default=""
    )
    return [
        MenuItem(
            entry.label,
            url,
            entry.icon,
            "page" if url == here else "true" if url == inside else "",
        )
        for entry, url in items
    ]
