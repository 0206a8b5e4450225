"""How the demonstration agreements reach their results, and the money behind them. People and amounts are invented."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from agreements.models import (
    AgreementVersion,
    Contribution,
    DataAnalysis,
    FundingSource,
    IndicatorDefinition,
    Measure,
    Programme,
    StaffingCommitment,
    SteeringArrangement,
)
from agreements.services import funding, library, means, templates
from agreements.services.staffing import record_hours
from agreements.staffing import hours_of
from ikc.models import User
from kvk2.core.deadlines import AMSTERDAM

ANALYSIS = {
    "title": "Wijkanalyse en schoolanalyse",
    "period": "2018-2021",
    "sources": "Jeugdmonitor, CBS, leerlingvolgsysteem, gesprekken met ouders",
    "findings": (
        "Minder kinderen doen na schooltijd mee dan gemiddeld in de gemeente. Ouders noemen de kosten en de"
        " afstand. Peuters met een indicatie komen laat binnen. Het team ziet veel wisselingen in de opvang."
    ),
}
# Per goal: what the parties do, for whom, in which area, and who sees to it.
MEASURES = {
    1: (
        "Elke middag aanbod in de school, zonder kosten",
        "alle kinderen",
        "meedoen",
        "IKC-directeur",
    ),
    2: ("Eén overleg per week van leraren en begeleiders", "het team", "samenwerken", "teamleider"),
    3: ("Ouderkamer met een jeugdondersteuner", "ouders en hun kinderen", "opvoeden", "GGD"),
}
FUNCTIONS = (("youth", 22, "JET"), ("youth_vve", 16, "JET"), ("pedagogue", 4, "GGD Fryslân"))
STEERING = {
    "body": "IKC-overleg",
    "role": "directeur en leiding van de opvang sturen samen het team aan",
    "frequency": "elke twee weken",
    "decision_rights": "het aanbod, het rooster en de inzet van het team",
}
# Which source each party draws on, as (code, euros a year).
SOURCES = {
    "municipality": (("oab-gemeente", 29_000), ("vve", 16_000)),
    "school_board": (("oab-school", 20_000),),
    "childcare": (("kinderopvang", 12_000),),
}
AVAILABLE = {
    "oab-gemeente": 275_000,
    "vve": 150_000,
    "oab-school": 180_000,
    "kinderopvang": 110_000,
}
SETTLED = (2022, 2023)
FOLLOWED = 3
# Per function and place of the IKC: which part of the agreed hours was delivered, weeks of vacancy, and why.
DELIVERED = {
    ("youth", 0): (Decimal("0.80"), 8, "de opvolger begon pas na de herfstvakantie"),
    ("youth_vve", 1): (Decimal("0.60"), 16, "twee keer geworven voordat er iemand kwam"),
    ("pedagogue", 2): (Decimal("1.15"), 0, ""),
}
# The year that the reports are about, for most IKCs; the year before it for the first of them.
HOURS_YEARS = {3: 1, 4: 2 * FOLLOWED}
UNKNOWN = ("pedagogue", 1)  # nobody wrote it down: shown as not known, and not as 0


def write_means(version: AgreementVersion, *, by: User, at: datetime) -> None:
    """An analysis, a measure for each result, three functions and the body that steers."""
    deed = {"by": by, "at": at}
    years = version.agreement.programme.years
    first, last = years.get(index=1), years.get(index=8)
    means.add_means(version, DataAnalysis, values=ANALYSIS, **deed)
    for result in version.results.select_related("goal").order_by("goal__order"):
        title, group, area, owner = MEASURES[result.goal.order]
        values = {
            "result": result,
            "title": title,
            "target_group": group,
            "development_area": area,
            "finding": "wijkanalyse: te weinig kinderen doen mee",
            "planned_from": date(2022, 1, 1),
            "owner": owner,
        }
        means.add_means(version, Measure, values=values, **deed)
    for function, hours, employer in FUNCTIONS:
        values = {
            "function": function,
            "hours_per_week": Decimal(hours),
            "employer": employer,
            "from_year": first,
            "until_year": last,
        }
        means.add_means(version, StaffingCommitment, values=values, **deed)
    means.add_means(version, SteeringArrangement, values=STEERING, **deed)


def make_funding(programme: Programme, *, by: User, now: datetime) -> None:
    """Budgets per source, two settled years, a template, and an indicator that is measured another way."""
    sources = {source.code: source for source in FundingSource.objects.all()}
    for year in range(2022, programme.end.year + 1):
        for code, amount in AVAILABLE.items():
            short = code == "vve" and year >= 2027  # a gap to talk about
            funding.enter_budget(
                programme,
                source=sources[code],
                budget_year=year,
                amount=Decimal(amount // 2 if short else amount),
                basis=f"programmabegroting {year} (demo)",
                by=by,
                at=now,
            )
    in_force = AgreementVersion.objects.in_force().order_by("pk")
    for contribution in Contribution.objects.filter(
        party__version__in=list(in_force[:FOLLOWED]), budget_year__in=SETTLED
    ).order_by("pk"):
        _settle(contribution, by=by)
    funding.close_budget_year(programme, budget_year=SETTLED[0], by=by, at=now)
    _deliver(programme, list(in_force), by=by)
    templates.make_template(
        in_force[0],
        title="Plus IKC in de stad",
        note="de gewone opzet, om mee te beginnen",
        by=by,
        at=now,
    )
    _next_definition(by=by, at=now)


def _settle(contribution: Contribution, *, by: User) -> None:
    year = contribution.budget_year
    funding.confirm_contribution(contribution, by=by, at=datetime(year, 2, 1, 10, tzinfo=AMSTERDAM))
    less = contribution.party.role == "childcare"
    funding.realise_contribution(
        contribution,
        amount=contribution.amount - (1_500 if less else 0),
        note="een functie stond een kwartaal open" if less else "",
        by=by,
        at=datetime(year + 1, 2, 1, 10, tzinfo=AMSTERDAM),
    )


def _deliver(programme: Programme, versions: list[AgreementVersion], *, by: User) -> None:
    """What was delivered of each function, recorded after the summer; one count is corrected a week later."""
    places = {version.pk: place for place, version in enumerate(versions)}
    for year in programme.years.filter(index__in=HOURS_YEARS).order_by("index"):
        at = datetime(year.end.year, 9, 8, 10, tzinfo=AMSTERDAM)
        for own in hours_of(versions[: HOURS_YEARS[year.index]], [year]):
            function = own.commitment
            case = (function.function, places[function.version_id])
            if case == UNKNOWN:
                continue
            share, vacancy, reason = DELIVERED.get(case, (Decimal(1), 0, ""))
            hours = (own.agreed * share).quantize(Decimal("0.1"))
            record_hours(
                function, year=year, hours=hours, vacancy_weeks=vacancy, reason=reason,
                by=by, at=at,
            )  # fmt: skip
            if case == ("youth", 0) and year.index == min(HOURS_YEARS):
                record_hours(
                    function, year=year, hours=Decimal(-24), reason="24 uur dubbel geteld",
                    by=by, at=at + timedelta(days=6),
                )  # fmt: skip


def _next_definition(*, by: User, at: datetime) -> None:
    """From a later day on counted on another day: the series breaks, and says why."""
    definition = IndicatorDefinition.objects.get(code="achterstandsscore")
    last = definition.versions.order_by("-number")[0]
    library.add_definition_version(
        definition,
        way=library.Way(
            text=last.text,
            source=last.source,
            valid_from=date(2023, 2, 1),
            reference_date_rule="1 februari",
            min_n=last.min_n,
            valid_min=last.valid_min,
            valid_max=last.valid_max,
        ),
        break_reason="De peildatum ging van 1 oktober naar 1 februari.",
        by=by,
        at=at,
    )
