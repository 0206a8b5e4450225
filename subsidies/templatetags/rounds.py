"""The way through one round: its commission, advice, allocation and decisions, for who may look at them."""

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse

from kvk2.nlds.templatetags.nlds import dutch_datetime
from subsidies.closing import closing_moment
from subsidies.models import Outage, SubsidyRound

register = template.Library()

# Name, permission on the round, and the view; in the order of the work.
PARTS = (
    ("Overzicht", "subsidies.view_round_overview", "round_overview"),
    ("Commissie en belangen", "subsidies.view_commission", "commission_round"),
    ("Oefenen", "subsidies.view_calibrations", "calibration_round"),
    ("Vergaderingen", "subsidies.view_meetings", "meeting_list"),
    ("Adviezen", "subsidies.view_advices", "advice_round"),
    ("Rangschikking", "subsidies.view_ranking", "round_ranking"),
    ("Verdeling", "subsidies.view_allocation", "allocation_round"),
    ("Besluiten", "subsidies.view_decisions", "decision_bundle"),
    ("Openbaar maken", "subsidies.see_woo_disclosures", "disclosure_list"),
    ("Bekendmaking", "subsidies.view_round_publication", "round_publication"),
    ("Geschiedenis", "subsidies.view_round_figures", "round_history"),
)


@register.filter
def closing(round_: SubsidyRound) -> datetime:
    """The moment at which `round_` closes, outages considered."""
    return closing_moment(round_)


@register.filter
def outage_period(outage: Outage) -> str:
    """From when to when the portal could not be reached, in words."""
    if outage.ended_at is None:
        return f"vanaf {dutch_datetime(outage.started_at)}, nog niet voorbij"
    return f"van {dutch_datetime(outage.started_at)} tot {dutch_datetime(outage.ended_at)}"


@register.inclusion_tag("subsidies/_round_nav.html", takes_context=True)
def round_nav(context: dict[str, Any], round_: SubsidyRound, current: str = "") -> dict[str, Any]:
    """Links to the parts of a round; `current` is the view name of the part that is shown."""
    user = context["request"].user
    links = [
        (label, reverse(f"subsidies:{view}", args=[round_.pk]), view == current)
        for label, permission, view in PARTS
        if user.has_perm(permission, round_)
    ]
    if links:
        links.insert(0, ("Ronde", round_.get_absolute_url(), not current))
    return {"links": links, "round": round_}
