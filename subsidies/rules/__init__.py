"""The predicates of the app; `rules` finds this package by its name and loads what it imports."""

from subsidies.rules import (
    acts,
    assessment,
    calibration,
    completeness,
    grants,
    intake,
    lists,
    meetings,
    objections,
    obligations,
    outages,
    ranking,
    schemes,
    seats,
    subsidy_register,
    terms,
)

__all__ = [
    "acts",
    "assessment",
    "calibration",
    "completeness",
    "grants",
    "intake",
    "lists",
    "meetings",
    "objections",
    "obligations",
    "outages",
    "ranking",
    "schemes",
    "seats",
    "subsidy_register",
    "terms",
]
