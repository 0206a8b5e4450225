"""A day in figures, as sentences that refuse or explain something name it."""

from datetime import date


def in_figures(day: date) -> str:
    """'1-7-2025'.

    >>> in_figures(date(2025, 7, 1))
    '1-7-2025'
    """
    return f"{day.day}-{day.month}-{day.year}"
