"""Which budget years may still be touched (monitoring reference 3.4, invariant 7)."""

from collections.abc import Iterable

from agreements.models import ClosedBudgetYear, Programme
from kvk2.core.errors import DomainError


class BudgetYearRefused(DomainError):
    """The year lies outside the programme, or was closed."""


def check_budget_years(programme: Programme, years: Iterable[int]) -> None:
    """Raises BudgetYearRefused when one of `years` is not of the programme, or is closed."""
    asked = sorted(set(years))
    for year in asked:
        if not programme.start.year <= year <= programme.end.year:
            raise BudgetYearRefused(
                f"Een begrotingsjaar ligt binnen het programma: {programme.start.year}"
                f" tot en met {programme.end.year}."
            )
    closed = ClosedBudgetYear.objects.filter(programme=programme, budget_year__in=asked)
    if first := closed.order_by("budget_year").first():
        raise BudgetYearRefused(
            f"Begrotingsjaar {first.budget_year} is afgesloten: de bedragen van dat jaar staan vast."
        )
