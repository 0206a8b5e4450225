"""The short steps in which a round is written, in the order of the task list; any order will do."""

from enum import StrEnum


class RoundStep(StrEnum):
    """One step; the value stands in the address of its page."""

    ABOUT = "over-de-ronde"
    DATES = "data"
    TARGET = "doelgroep"
    MONEY = "geld"
    FORMULAS = "bedragformules"
    DIVISION = "verdeling"
    PRIORITY = "voorrang"
    CRITERIA = "criteria"
    BUDGET = "begrotingsregels"
    CHECK = "controlelijst"

    @property
    def label(self) -> str:
        return _TITLES[self]

    @property
    def hint(self) -> str:
        return _HINTS[self]


_TITLES = {
    RoundStep.ABOUT: "Over de ronde",
    RoundStep.DATES: "Data",
    RoundStep.TARGET: "Doelgroep",
    RoundStep.MONEY: "Geld",
    RoundStep.FORMULAS: "Bedragformules",
    RoundStep.DIVISION: "Verdeling",
    RoundStep.PRIORITY: "Voorrang",
    RoundStep.CRITERIA: "Criteria",
    RoundStep.BUDGET: "Begrotingsregels",
    RoundStep.CHECK: "Controlelijst",
}
_HINTS = {
    RoundStep.ABOUT: "Regeling, naam, jaar en doel",
    RoundStep.DATES: "Wanneer de ronde open is, en voor welke periode",
    RoundStep.TARGET: "Welke IKC’s mogen meedoen",
    RoundStep.MONEY: "Het subsidieplafond en de deelplafonds",
    RoundStep.FORMULAS: "Hoeveel een IKC hoogstens kan vragen",
    RoundStep.DIVISION: "Hoe we het geld verdelen, en wat er geldt bij een gelijke stand",
    RoundStep.PRIORITY: "Wie vóór anderen op de lijst komt",
    RoundStep.CRITERIA: "Waar de commissie op let, en hoe zwaar dat telt",
    RoundStep.BUDGET: "Grenzen voor uurtarief, voorbereiding en overhead",
    RoundStep.CHECK: "Wat we nakijken voordat een aanvraag naar de commissie gaat",
}
