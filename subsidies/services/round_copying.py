"""A new round out of an earlier one: everything copied, its dates a year later, and what to look at again."""

import re
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from subsidies.models import SchemeVersion, SubsidyRound
from subsidies.round_steps import RoundStep
from subsidies.services.anchors import anchors_of, take_along
from subsidies.services.round_content import RoundContent, content_of
from subsidies.services.round_writing import create_round
from subsidies.states import SchemeState

if TYPE_CHECKING:
    from ikc.models import User

_YEAR = re.compile(r"\b\d{4}\b")
# What is decided anew for every round, and why.
LOOK_AGAIN = {
    RoundStep.ABOUT: "De naam, het jaar en de regeling zijn aangepast.",
    RoundStep.DATES: "Alle data zijn een jaar later gezet. Let op weekenden en vakanties.",
    RoundStep.MONEY: "Het plafond is dat van de vorige ronde. De gemeenteraad stelt elk jaar een nieuw bedrag vast.",
    RoundStep.DIVISION: "Elke loting heeft een eigen tekst.",
}


@transaction.atomic
def copy_round(source: SubsidyRound, *, by: "User", at: datetime) -> SubsidyRound:
    """A draft like `source`, a year later, with a free name. Its rules are copied; people look again at the rest."""
    content = a_year_later(content_of(source))
    content = replace(content, name=_free_name(content.name))
    copy = create_round(
        content,
        by=by,
        at=at,
        is_demo=source.is_demo,
        copied_from=source,
        to_check=list(LOOK_AGAIN),
    )
    take_along(anchors_of(source), copy)
    return copy


def a_year_later(content: RoundContent) -> RoundContent:
    """The same rules for the next year, under the version of the scheme that is in force now."""
    year = content.year
    return replace(
        content,
        scheme_version=_version_in_force(content.scheme_version),
        year=year + 1,
        name=_next_years(content.name, year),
        description=_next_years(content.description, year),
        lottery_seed=_next_years(content.lottery_seed, year),
        opens_at=_moment_later(content.opens_at),
        closes_at=_moment_later(content.closes_at),
        period_start=_year_later(content.period_start),
        period_end=_year_later(content.period_end),
        reference_date=_year_later(content.reference_date),
    )


def _version_in_force(version: SchemeVersion) -> SchemeVersion:
    in_force = SchemeVersion.objects.filter(scheme=version.scheme_id, state=SchemeState.IN_FORCE)
    return in_force.first() or version


def _next_years(text: str, year: int) -> str:
    """`2026/2027` becomes `2027/2028`; other numbers stay as they are."""
    near = (str(year - 1), str(year), str(year + 1))
    return _YEAR.sub(lambda found: str(int(found[0]) + 1) if found[0] in near else found[0], text)


def _year_later(day: date) -> date:
    """The same day of the next year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _moment_later(moment: datetime) -> datetime:
    """The same hour on the clock of the portal."""
    local = timezone.localtime(moment)
    return timezone.make_aware(
        datetime.combine(_year_later(local.date()), local.time().replace(tzinfo=None))
    )


def _free_name(name: str) -> str:
    taken = set(SubsidyRound.objects.values_list("name", flat=True))
    numbered = (f"{name[:110]} ({number})" for number in range(2, 1000))
    return next(each for each in (name, *numbered) if each not in taken)
