"""The method description (methodebeschrijving): how measuring, judging and reporting go, made from the configuration.

Another municipality can take it over: nothing of it is typed by hand but the words around the settings.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from agreements.models import IndicatorDefinition
from ikc.roles import Role
from kvk2.core.documents import Municipality
from monitoring.datasets import programme_of
from monitoring.editions.blocks import Section, blocks, lead, legend, listed, table, text
from monitoring.explain import LABELS
from monitoring.models import MonitoringCycle
from monitoring.printing.contents import Contents
from monitoring.report_dataset import Edition, Programme, ProgrammeYear
from monitoring.services.hearing import WORKING_DAYS
from monitoring.small_numbers import SMALL_GROUP
from monitoring.states import CYCLE_WORKFLOW, REPORT_LIFE, RETURN_WORKFLOW
from monitoring.status import RuleSet, Status

# What each parameter of a rule set decides; a parameter without words is printed by its name.
MEANINGS = {
    "min_n": "kleinste aantal kinderen waarover wij een percentage beoordelen",
    "min_coverage": "deel van het jaar dat ten minste gemeten moet zijn",
    "full_coverage": "vanaf dit deel telt een jaar als heel",
    "progress_share": "deel van de afgesproken verbetering dat genoeg is voor ‘aandacht’",
    "amber_tolerances": "zoveel toleranties van het doel is nog ‘aandacht’",
    "trend_min_points": "jaren die nodig zijn voor een trend",
    "judgeable_one_in": "een doel is te beoordelen als één op de zoveel indicatoren een kleur heeft",
    "red_one_in": "bijsturen als meer dan één op de zoveel indicatoren niet op koers is",
    "forecast_min_points": "jaren die nodig zijn voor een vooruitblik",
    "pace_enough": "tempo ten opzichte van het nodige dat genoeg is",
    "pace_almost": "tempo ten opzichte van het nodige dat bijna genoeg is",
    "pool_years": "jaren die samen worden geteld bij kleine groepen",
    "pool_years_small": "jaren die samen worden geteld als dat nog te weinig kinderen zijn",
    "money_green": "afwijking van de beloofde bijdrage die op koers is",
    "money_amber": "afwijking van de beloofde bijdrage die aandacht vraagt",
    "hours_green": "deel van de afgesproken uren dat op koers is",
    "hours_amber": "deel van de afgesproken uren dat aandacht vraagt",
    "hours_more": "vanaf dit deel zijn het meer uren dan afgesproken",
}
STATUS_RULES = (
    "Wij ronden de meting eerst af op de decimalen van de indicator; dat getal wordt getoond én beoordeeld.",
    "Bij een percentage is de tolerantie nooit kleiner dan één kind.",
    "Doel gehaald, of binnen de tolerantie: op koers.",
    "Slechter dan de nulmeting, meer dan de tolerantie: niet op koers.",
    "Genoeg van de afgesproken verbetering, of vlak buiten de tolerantie: aandacht. Anders: niet op koers.",
    "Kleuren worden geteld en nooit gemiddeld. Er is geen totaalscore en geen ranglijst.",
    "Een doel dat is bijgesteld, wordt ook tegen de eerste afspraak beoordeeld.",
)


@dataclass(frozen=True, slots=True)
class Method:
    """What the page and the PDF of the description show."""

    municipality: Municipality
    programme: Programme
    edition: Edition
    year: ProgrammeYear
    rules: RuleSet
    sections: tuple[Section, ...]
    demo: bool

    @property
    def contents(self) -> Contents:
        found = Contents()
        for section in self.sections:
            found.chapter(section.id, section.title)
        return found


def method_of(cycle: MonitoringCycle, *, day: date, demo: bool) -> Method:
    """The method by which `cycle` is measured, judged and reported."""
    programme = programme_of(cycle)
    rules = cycle.ruleset.rules()
    return Method(
        municipality=Municipality.from_settings(),
        programme=programme,
        edition=Edition(
            year_index=cycle.year.index,
            number=1,
            status="methodebeschrijving",
            reference=f"{cycle.year.programme.code.upper()}-M-{rules.code}",
            figures_until=cycle.year.end,
            made_on=day,
        ),
        year=programme.years[cycle.year.index - 1],
        rules=rules,
        sections=tuple(_sections(cycle, rules)),
        demo=demo,
    )


def _sections(cycle: MonitoringCycle, rules: RuleSet) -> Iterator[Section]:
    yield Section(
        "doel",
        "Waar deze methode voor is",
        blocks(
            lead("Zo meten, beoordelen en rapporteren wij wat de resultaatafspraken opleveren."),
            text(
                "Deze beschrijving is gemaakt uit de instellingen van het portaal. Wie de methode overneemt, kan "
                "rekenregels, indicatoren en planning zelf instellen."
            ),
        ),
    )
    yield Section(
        "rekenregels",
        "De rekenregels",
        blocks(
            text(f"Rekenregels {rules.code}, vastgesteld door {cycle.ruleset.adopted_by}."),
            listed(STATUS_RULES),
            table(
                "Grenswaarden",
                ("Wat het bepaalt", "Waarde"),
                [
                    (MEANINGS.get(name, name), str(value).replace(".", ","))
                    for name, value in rules.parameters().items()
                ],
            ),
        ),
    )
    yield Section("tekens", "De tekens", blocks(text(_symbols()), legend()))
    yield Section("kleine-groepen", "Kleine groepen", (listed(_small_groups(rules)),))
    yield _indicators()
    yield Section("rollen", "Wie doet wat", (_roles(),))
    yield Section("planning", "De planning van een jaar", _planning(cycle))


def _symbols() -> str:
    signs = ", ".join(f"{LABELS[status].symbol} {LABELS[status].text}" for status in Status)
    return f"Elk oordeel heeft een teken en een woord, zodat het ook zonder kleur te lezen is: {signs}."


def _small_groups(rules: RuleSet) -> tuple[str, ...]:
    return (
        f"Onder {rules.min_n} kinderen tonen wij geen percentage.",
        f"Een aantal van 1 tot en met {SMALL_GROUP - 1} is niet te tonen, en ook niet als alle andere kinderen op zo’n "
        "aantal na erbij horen.",
        "Is in een tabel één IKC niet te tonen, dan gaat er een tweede mee. Een kleur die het cijfer zou verraden, "
        "gaat mee met het cijfer.",
        "Dit gebeurt voordat een rapport wordt vastgelegd: wat niet te tonen is, zit er ook als gegeven niet in.",
    )


def _indicators() -> Section:
    """The library as it is now: the newest definition of each indicator."""
    rows = []
    for definition in IndicatorDefinition.objects.prefetch_related("versions").order_by("code"):
        version = max(definition.versions.all(), key=lambda row: row.number, default=None)
        if version is not None:
            rows.append(
                (
                    definition.name,
                    version.text,
                    f"{definition.get_type_display()}, {definition.direction_text}",
                    version.source,
                )
            )
    headers = ("Indicator", "Wat is geteld", "Soort en richting", "Bron")
    part = (
        table("De indicatoren en hoe zij worden berekend", headers, rows)
        if rows
        else text("Er zijn nog geen indicatoren.")
    )
    return Section("indicatoren", "De indicatoren", (part,))


def _roles():
    steps = [
        (step.who, step.label)
        for workflow in (CYCLE_WORKFLOW, RETURN_WORKFLOW, REPORT_LIFE)
        for step in workflow
    ]
    found: dict[str, list[str]] = {}
    for who, label in steps:
        found.setdefault(who, []).append(label.lower())
    known = {role.label for role in Role}
    rows = [(who, ", ".join(dict.fromkeys(labels))) for who, labels in found.items()]
    rows.sort(key=lambda row: row[0] not in known)
    return table("Stappen per rol", ("Wie", "Stappen"), rows)


def _planning(cycle: MonitoringCycle):
    steps = [f"{step.label} ({step.who})" for step in CYCLE_WORKFLOW]
    return blocks(
        text(
            f"Een meetjaar loopt van {cycle.year.start:%-d-%-m-%Y} tot en met {cycle.year.end:%-d-%-m-%Y}."
        ),
        listed(steps),
        text(
            f"De partijen hebben ten minste {WORKING_DAYS} werkdagen om op het concept te reageren."
        ),
    )
