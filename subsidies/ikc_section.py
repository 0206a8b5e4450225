"""The part of the page of an IKC about its applications and grants, one line for each round."""

from datetime import date

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.http import urlencode

from ikc.ikc_sections import MOST, Line, Section
from ikc.life_chart import Bar
from ikc.models import Ikc, User
from kvk2.nlds.templatetags.nlds import euro0
from subsidies.models import Application, Grant
from subsidies.states_grants import GRANT_BADGES, GrantState


def subsidies(ikc: Ikc, user: User, today: date) -> Section | None:
    """What the reader may see of the applications; a granted amount only for whom the grant is theirs to see."""
    grants = Grant.objects.visible_to(user)
    applications = list(
        Application.objects.visible_to(user)
        .filter(ikc=ikc)
        .select_related("round")
        .prefetch_related(Prefetch("grant", grants))
        .order_by("-round__period_start", "-pk")[: 2 * MOST]
    )
    if not applications and not user.has_perm("ikc.view_plus", ikc):
        return None
    links = [
        (
            "Alle aanvragen",
            f"{reverse('subsidies:application_list')}?{urlencode({'q': ikc.name})}",
        )
    ]
    return Section(
        "subsidies",
        "Subsidies",
        [_line(row, user) for row in applications[:MOST]],
        "Nog geen aanvraag gedaan.",
        links,
        [bar for row in applications for bar in _bars(row)],
    )


def _grant(row: Application) -> Grant | None:
    """The grant, when the reader may see it; the prefetch asked for no others."""
    return getattr(row, "grant", None)


def _line(row: Application, user: User) -> Line:
    grant = _grant(row)
    asked = f"{euro0(row.requested_amount)} gevraagd" if row.requested_amount else ""
    if grant is None:
        hint = " · ".join(part for part in (row.number, asked) if part)
        return Line(row.round.name, row.get_absolute_url(), hint, row.label_for(user), row.badge)
    given = f"{euro0(grant.amount)} verleend"
    if grant.is_determined:
        given = f"{given}, {euro0(grant.determined_amount)} vastgesteld"
    return Line(
        row.round.name,
        grant.get_absolute_url(),
        " · ".join(part for part in (row.number, given) if part),
        str(grant.get_state_display()),
        GRANT_BADGES[GrantState(grant.state)],
    )


def _bars(row: Application) -> list[Bar]:
    grant = _grant(row)
    if grant is None or grant.state == GrantState.REVOKED:
        return []
    return [Bar("Subsidie", row.round.name, grant.period_start, grant.period_end)]
