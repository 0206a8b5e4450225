"""What the pages of schemes and rounds say about the rules of a scheme."""

from collections.abc import Iterable

from kvk2.core.money import format_number
from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import euro
from subsidies.models import LimitRow

_LIMITS = {
    LimitRow.Kind.HOURLY_RATE: ("Hoogste uurtarief", "{}"),
    LimitRow.Kind.PREPARATION: ("Voorbereiding", "hoogstens {}% van de uren"),
    LimitRow.Kind.OVERHEAD: ("Overhead", "hoogstens {}% van de subsidie"),
}


def limit_details(rules: Iterable[LimitRow]) -> list[Detail]:
    """The limits of a budget in words; a limit that only warns says so."""
    return [
        Detail(_LIMITS[LimitRow.Kind(rule.kind)][0], limit_in_words(rule))
        for rule in sorted(rules, key=lambda rule: rule.order)
    ]


def limit_in_words(rule: LimitRow) -> str:
    if rule.kind == LimitRow.Kind.HOURLY_RATE:
        figure = euro(rule.limit)
    else:
        figure = format_number(rule.limit, 0 if rule.limit == int(rule.limit) else 2)
    words = _LIMITS[LimitRow.Kind(rule.kind)][1].format(figure)
    explained = rule.severity == LimitRow.Severity.WARNING
    return f"{words}; meer mag met uitleg" if explained else words
