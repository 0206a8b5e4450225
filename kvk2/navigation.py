"""The main menu: which entry for which role, and which one the user is in."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, ResolverMatch, reverse

from ikc.roles import Role

APPLICANTS = frozenset({Role.IKC_DIRECTOR, Role.SCHOOL_BOARD})
PARTIES = APPLICANTS | {Role.CHILDCARE_BOARD}
MUNICIPALITY = frozenset({Role.PROJECT_LEADER, Role.SIGNER, Role.AUDITOR})
COMMISSION = frozenset({Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY})
FOLLOWERS = frozenset({Role.DEVELOPMENT_GROUP, Role.RESEARCHER})
EVERYBODY = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu; `sections` are the beginnings of the names of the URLs that belong to it."""

    label: str
    url_name: str
    icon: str
    roles: frozenset[Role]
    sections: tuple[str, ...] = ()

    def holds(self, match: ResolverMatch | None) -> bool:
        """Whether the page that `match` leads to belongs to this entry."""
        return bool(match and match.view_name.startswith((self.url_name, *self.sections)))


ENTRIES = (
    Entry("Start", "start", icon="home", roles=EVERYBODY),
    Entry(
        "IKC's",
        "ikc:ikc_list",
        icon="school",
        roles=MUNICIPALITY | PARTIES | FOLLOWERS | {Role.ADMIN},
        sections=("ikc:ikc_", "ikc:area_", "ikc:map"),
    ),
    Entry(
        "Rondes",
        "subsidies:round_list",
        icon="calendar-event",
        roles=MUNICIPALITY | {Role.COMMISSION_SECRETARY},
        sections=("subsidies:round_", "subsidies:allocation_", "subsidies:advice_"),
    ),
    Entry(
        "Aanvragen",
        "subsidies:application_list",
        icon="file-text",
        roles=MUNICIPALITY | APPLICANTS | {Role.COMMISSION_SECRETARY},
        sections=("subsidies:application_", "subsidies:decision_"),
    ),
    Entry(
        "Beoordelen",
        "subsidies:review_list",
        icon="clipboard-check",
        roles=COMMISSION,
        sections=("subsidies:review_",),
    ),
    Entry(
        "Berichten",
        "subsidies:message_list",
        icon="mail",
        roles=PARTIES,
        sections=("subsidies:message_",),
    ),
    Entry(
        "Resultaatafspraken",
        "agreements:agreement_list",
        icon="target",
        roles=MUNICIPALITY | PARTIES | FOLLOWERS,
        sections=("agreements:",),
    ),
    Entry(
        "Monitoring",
        "monitoring:cycle_list",
        icon="chart-dots",
        roles=MUNICIPALITY | PARTIES | FOLLOWERS,
        sections=("monitoring:cycle_", "monitoring:return_", "monitoring:figure_"),
    ),
    Entry(
        "Rapporten",
        "monitoring:report_list",
        icon="chart-bar",
        roles=MUNICIPALITY | PARTIES | FOLLOWERS,
        sections=("monitoring:report_", "monitoring:batch_"),
    ),
    Entry(
        "Beheer",
        "ikc:user_list",
        icon="users",
        roles=frozenset({Role.ADMIN, Role.AUDITOR}),
        sections=("ikc:user_", "ikc:organisation_", "ikc:assignment_"),
    ),
)


def menu_for(request: HttpRequest) -> list[dict[str, str]]:
    """The entries for the roles of the user, as `components/main_nav.html` shows them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    match = getattr(request, "resolver_match", None)
    return [
        {
            "label": entry.label,
            "url": url,
            "icon": entry.icon,
            "current": _current(entry, url, request.path, match),
        }
        for entry in ENTRIES
        if user.has_role(*entry.roles) and (url := _url(entry))
    ]


def _current(entry: Entry, url: str, path: str, match: ResolverMatch | None) -> str:
    """For `aria-current`: this very page, a page under it, or neither."""
    if path == url:
        return "page"
    return "true" if entry.holds(match) else ""


def _url(entry: Entry) -> str:
    try:
        return reverse(entry.url_name)
    except NoReverseMatch:
        return ""
