"""Datasets for report tests: invented figures, judged and explained by the real rules."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from kvk2.core.documents import Municipality
from monitoring import report_dataset as dataset
from monitoring.explain import explain, explain_goal
from monitoring.status import (
    KVK_1,
    Agreed,
    Direction,
    GoalItem,
    Measured,
    MeasuredPercentage,
    MissingReason,
    Status,
    StatusResult,
    goal_verdict,
    judge,
    judge_percentage,
)
from monitoring.tests.picture_samples import YEAR, amended, context_lines, scale

LABELS = tuple(f"20{start}/{start + 1}" for start in range(21, 29))
PROGRAMME = dataset.Programme(
    name="Kansen voor Kinderen 2",
    period="2021–2028",
    years=tuple(dataset.ProgrammeYear(i, label) for i, label in enumerate(LABELS, 1)),
    researcher="Onderzoeksbureau De Meetlat",
)
EDITION = dataset.Edition(
    year_index=YEAR,
    number=1,
    status="vastgesteld",
    reference="2025-KVK2-M-0007",
    figures_until=date(2025, 7, 31),
    made_on=date(2025, 11, 14),
    adopted_on=date(2025, 11, 12),
)
MUNICIPALITY = Municipality(
    name="Gemeente Voorbeeld",
    short_name="Voorbeeld",
    college="het college van burgemeester en wethouders van Voorbeeld",
    address=("Postbus 1", "1000 AA Voorbeeld"),
    team="Team Jeugd en Onderwijs",
    phone="14 000",
    email="ikc@voorbeeld.example",
    court="Rechtbank Midden-Nederland",
    product="IKC-portaal",
)
RULES = dataset.RuleSetInfo(code=KVK_1.code, valid_from=date(2021, 8, 1))


@dataclass(frozen=True)
class Series:
    """A short way to write an indicator: figures of the measured years, first year first."""

    code: str
    name: str
    unit: str
    baseline: str
    end: str
    tolerance: str
    actuals: tuple[str, ...]
    decimals: int = 1
    direction: Direction = Direction.HIGHER
    is_core: bool = False
    children: tuple[int, ...] = ()  # denominators, for percentages that are counted
    note: str = ""


LANGUAGE = Series(
    "TAAL", "Kinderen die groep 3 met voldoende taal beginnen", "%", "61", "80", "2.0",
    ("29/46", "31/47", "34/48", "38/50"), children=(46, 47, 48, 50), is_core=True,
    note="De kleine groepen voor peuters en kleuters draaien nu vijf dagen per week.",
)  # fmt: skip
REACH = Series(
    "VVE", "Bereik van voorschoolse educatie", "%", "78", "95", "2.0",
    ("80.0", "83.5", "86.0", "86.4"), is_core=True,
)  # fmt: skip
GUIDANCE = Series(
    "OUDER", "Ouders die het startgesprek bijwonen", "%", "62", "90", "3.0",
    ("64.0", "", "71.0", "72.5"),
    note="In het tweede jaar is de opkomst niet bijgehouden.",
)  # fmt: skip
TEAM = Series(
    "SCHOLING", "Uren gezamenlijke scholing per medewerker", "uur", "4", "24", "2",
    ("8", "10", "15", "17"), decimals=0, is_core=True,
)  # fmt: skip
VACANCY = Series(
    "VACATURE", "Openstaande vacatures in onderwijs en opvang", "fte", "4.2", "1.0", "0.3",
    ("4.4", "4.0", "3.1", "3.9"), direction=Direction.LOWER,
    note="Twee vakdocenten vertrokken in het voorjaar; de werving loopt.",
)  # fmt: skip
ACTIVE = Series(
    "ACTIEF", "Deelname aan het verlengde dagprogramma", "%", "34", "80", "3.0",
    ("41.0", "50.5", "56.0", "60.0"), is_core=True,
)  # fmt: skip
WEIGHT = Series(
    "GEWICHT", "Kinderen met een gezond gewicht in groep 2 en 7", "%", "74", "84", "2.0",
    ("34/46", "35/47", "36/47", "37/49"), children=(46, 47, 47, 49), is_core=True,
)  # fmt: skip
ABSENCE = Series(
    "VERZUIM", "Schoolverzuim zonder geldige reden", "%", "3.9", "1.8", "0.3",
    ("3.7", "3.3", "2.9", "2.5"), direction=Direction.LOWER,
)  # fmt: skip
GOALS = (
    ("Ongelijkheid verkleinen", (LANGUAGE, REACH, GUIDANCE)),
    ("Onderwijs en opvang verbeteren", (TEAM, VACANCY)),
    ("Gezondheid en welzijn bevorderen", (ACTIVE, WEIGHT, ABSENCE)),
)
EXPLANATIONS = (
    "Kinderen krijgen gelijke kansen, waar hun wieg ook stond.",
    "Onderwijs en opvang werken als één team, met één visie en goed toegeruste mensen.",
    "Kinderen groeien gezond en met plezier op.",
)


def indicator(series: Series, *, shift: Decimal = Decimal(0)) -> dataset.Indicator:
    """The indicator of a series, judged year by year; `shift` moves the measured figures."""
    baseline, end = Decimal(series.baseline), Decimal(series.end)
    years = []
    for index in range(8):
        target = (baseline + (end - baseline) * (index + 1) / 8).quantize(
            Decimal(1).scaleb(-series.decimals)
        )
        figure = series.actuals[index] if index < len(series.actuals) else None
        years.append(_year(series, index + 1, target, figure, shift))
    return dataset.Indicator(
        key=f"{series.code.lower()}-1",
        code=series.code,
        name=series.name,
        definition=f"{series.name}, geteld volgens de afgesproken werkwijze.",
        unit=series.unit,
        decimals=series.decimals,
        direction=series.direction,
        is_core=series.is_core,
        tolerance=Decimal(series.tolerance),
        baseline=baseline,
        baseline_label="2020/21",
        source="Leerlingadministratie IKC",
        years=tuple(years),
        trend="verbetert" if series.actuals[-1] != "3.9" else "stabiel",
        note=series.note,
    )


def _year(
    series: Series, year: int, target: Decimal, figure: str | None, shift: Decimal
) -> dataset.YearResult:
    agreed = Agreed(
        direction=series.direction,
        target=target,
        tol=Decimal(series.tolerance),
        decimals=series.decimals,
        baseline=Decimal(series.baseline),
    )
    numerator = denominator = None
    measured: Measured | MeasuredPercentage
    if figure and "/" in figure:
        numerator, denominator = map(int, figure.split("/"))
        numerator += int(shift)
        measured = MeasuredPercentage(num=numerator, den=denominator)
        result = judge_percentage(agreed, measured, KVK_1)
    else:
        value = Decimal(figure) + shift if figure else None
        missing = MissingReason.NOT_DELIVERED if figure == "" else None
        measured = Measured(value=value, due=year <= YEAR, missing_reason=missing)
        result = judge(agreed, measured, KVK_1)
    return dataset.YearResult(
        year=year,
        status=result.status,
        target=target,
        value=result.value,
        numerator=numerator,
        denominator=denominator,
        tolerance=result.tol_eff,
        one_child_rule=_widened(result, series),
        explanation=explain(result, agreed, measured, KVK_1, unit=series.unit),
        missing_reason="niet aangeleverd" if figure == "" else "",
        source="Leerlingadministratie IKC" if figure else "",
        reference_date=date(2021 + year, 2, 1) if figure else None,
    )


def _widened(result: StatusResult, series: Series) -> bool:
    return result.tol_eff is not None and result.tol_eff > Decimal(series.tolerance)


def goals(*, shift: Decimal = Decimal(0)) -> tuple[dataset.Goal, ...]:
    """The three programme goals with their indicators and the verdict of the rules."""
    made = []
    for number, (title, series) in enumerate(GOALS, 1):
        indicators = tuple(indicator(item, shift=shift) for item in series)
        items = [GoalItem(item.years[YEAR - 1].status, item.is_core) for item in indicators]
        verdict = goal_verdict(items, KVK_1)
        made.append(
            dataset.Goal(
                number=number,
                title=title,
                explanation=EXPLANATIONS[number - 1],
                verdict=verdict,
                indicators=indicators,
                verdict_explanation=explain_goal(items, verdict, KVK_1),
            )
        )
    review = dataset.GoalReview(
        recognise="Het team herkent de groei in taal. De kleuters die als peuter drie dagen kwamen,"
        " beginnen merkbaar sterker.",
        explain="De vaste begeleiders en de wekelijkse leesclub geven rust en regelmaat.",
        value="Wij zijn tevreden over taal. De opkomst bij startgesprekken blijft te laag.",
        improve="Startgesprekken gaan voortaan ook in de avond en zo nodig met een tolk.",
    )
    return (replace(made[0], review=review), *made[1:])


def ikc_goals() -> tuple[dataset.Goal, ...]:
    """Those of one IKC: with a scale, and two end targets that were changed since the first agreement."""
    first, second, third = goals()
    team = (amended(second.indicators[0], "20"), scale())
    items = [GoalItem(item.years[YEAR - 1].status, item.is_core) for item in team]
    verdict = goal_verdict(items, KVK_1)
    return (
        replace(first, indicators=(*first.indicators[:2], amended(first.indicators[2], "85.0"))),
        replace(
            second,
            indicators=team,
            verdict=verdict,
            verdict_explanation=explain_goal(items, verdict, KVK_1),
        ),
        third,
    )


def surroundings() -> dataset.Surroundings:
    """Pupils since 1996, with a gap, five lines, and facts about the neighbourhood."""
    figures = [
        248, 251, 259, 262, 270, 268, 261, 255, 249, 243, 238, 236, 231, 229, 233, 230, 226, 221,
        218, 215, 212, 214, 209, 211, 216, None, 219, 222, 226, 224,
    ]  # fmt: skip
    facts = (
        ("Inwoners van 0 tot 15 jaar", "1.240", "20.135"),
        ("Aandeel 0 tot 15 jaar", "17,8%", "15,6%"),
    )
    return dataset.Surroundings(
        pupils=tuple(dataset.Count(1996 + i, value) for i, value in enumerate(figures)),
        pupils_source="DUO, leerlingen per vestiging, peildatum 1 oktober (vanaf 2023: 1 februari)",
        area_name="Lindenbuurt",
        area_facts=tuple(
            dataset.AreaFact(label, value, total, "2024", "CBS, kerncijfers wijken en buurten")
            for label, value, total in facts
        ),
        notes=("Over 2021 heeft DUO voor deze vestiging geen aantal gepubliceerd.",),
        lines=context_lines(),
    )


def agreement() -> dataset.Agreement:
    """Two signed versions of three parties."""
    parties = (
        ("Gemeente", "Gemeente Voorbeeld", "S. Visser", "wethouder"),
        ("Schoolbestuur", "Stichting De Brug", "P. Bakker", "bestuurder"),
        ("Kinderopvang", "Stichting Kinderopvang Noord", "L. Smit", "directeur"),
    )
    return dataset.Agreement(
        reference="RA-2022-03",
        version=2,
        content_hash="5d41402abc4b2a76b9719d911017c592ae2f1c7d3e8b9a04c6f1d2e3b4a59687",
        parties=tuple(dataset.Party(*party, date(2023, 6, 20)) for party in parties),
        versions=(
            dataset.AgreementVersion(1, "eerste afspraak", date(2022, 8, 1), "2021/22"),
            dataset.AgreementVersion(
                2, "bijstelling", date(2023, 8, 1), "2023/24",
                "De streefwaarde voor scholing is verhoogd na het advies van de werkgroep.",
            ),
        ),
    )  # fmt: skip


def ikc_report() -> dataset.IkcReportData:
    """A complete report of one Plus IKC in year four."""
    party_lines = (
        ("Gemeente", "Uren jeugdondersteuner en verlengde dag", "62000", "60450"),
        ("Schoolbestuur", "Vakdocenten en scholing", "38000", "31200"),
        ("Kinderopvang", "Extra begeleiding peuters", "24000", "24300"),
    )
    return dataset.IkcReportData(
        municipality=MUNICIPALITY,
        programme=PROGRAMME,
        edition=EDITION,
        ruleset=RULES,
        ikc=dataset.Ikc(
            name="Kindcentrum De Lindeboom",
            location_code="99ZZ00",
            area="Lindenbuurt",
            school_board="Stichting De Brug",
            childcare=("Stichting Kinderopvang Noord",),
            former_names=("OBS De Linde (tot 2019)",),
        ),
        surroundings=surroundings(),
        agreement=agreement(),
        goals=ikc_goals(),
        contributions=tuple(
            dataset.Contribution(party, 2025, text, Decimal(plan), Decimal(given))
            for party, text, plan, given in party_lines
        ),
        staffing=(
            dataset.Staffing(
                "Jeugdondersteuner", "Jeugdexpertteam", Decimal(22), 40, Decimal(842),
                Status.GREEN,
            ),
            dataset.Staffing(
                "Pedagoog", "GGD Opvoedpunt", Decimal(16), 40, Decimal(498), Status.AMBER,
                "Zes weken vacant in het najaar.",
            ),
        ),
        conclusions=(
            dataset.Conclusion("Kinderen beginnen met voldoende taal", "op koers", "op koers"),
            dataset.Conclusion(
                "Ouders denken en doen mee", "bijsturen", "bijsturen",
                "De opkomst groeit, maar te langzaam voor het doel van jaar 8.",
            ),
            dataset.Conclusion(
                "Eén sterk team", "bijsturen", "op koers",
                "Twee vacatures zijn in september vervuld, na het einde van de meetperiode.",
            ),
        ),
        actions=(
            dataset.Action(
                "Startgesprekken ook in de avond, met tolk", "IKC-directeur", date(2026, 2, 1),
                "loopt", date(2026, 9, 1),
            ),
            dataset.Action(
                "Gezamenlijke werving van vakdocenten", "Schoolbestuur", date(2026, 4, 1),
                "gepland", date(2026, 12, 1),
            ),
        ),
        earlier_actions=(
            dataset.Action("Leesclub naar groep 3 en 4", "IKC-directeur", date(2025, 1, 1), "klaar"),
            dataset.Action("Ouderkamer vijf dagdelen open", "Gemeente", date(2025, 3, 1), "loopt"),
        ),
        quality=(
            dataset.QualityNote(
                "Startgesprekken", "Het tweede jaar ontbreekt; de lijn is daar onderbroken."
            ),
        ),
        measures=(
            dataset.Measure(
                "Taalklas voor peuters en kleuters", 1, "Kinderen beginnen met voldoende taal",
                "kinderen van 2 tot 6 jaar", "IKC-directeur", date(2022, 8, 1),
                finding="De helft van de kinderen heeft een kleine woordenschat.", state="loopt",
            ),
            dataset.Measure(
                "Ouderkamer met koffie en tolk", 2, "Ouders denken en doen mee", "alle ouders",
                "Kinderopvang", date(2023, 8, 1), date(2025, 7, 31), state="loopt",
            ),
        ),
        steering=(
            dataset.Steering(
                "IKC-team", "stuurt het dagelijks werk", "elke twee weken", "inzet en rooster"
            ),
            dataset.Steering(
                "Stuurgroep", "bewaakt de afspraak", "vier keer per jaar", "bijsturen binnen de begroting"
            ),
        ),
        reactions=(
            dataset.Reaction(
                "Stichting Samen Leren", "Wij herkennen het beeld en steunen de acties.",
                "Schoolbestuur", "M. de Jong", date(2025, 11, 20), agrees=True,
            ),
            dataset.Reaction("Kinderopvang De Kring", "", "Kinderopvang"),
        ),
        demo=True,
    )  # fmt: skip


IKC_NAMES = (
    "Kindcentrum De Lindeboom", "IKC Het Anker", "IKC De Vlieger", "Kindcentrum Zuid",
    "IKC De Springplank", "IKC Noorderlicht", "Kindcentrum ’t Schip", "IKC De Regenboog",
    "IKC Waterkant",
)  # fmt: skip


def programme_report() -> dataset.ProgrammeReportData:
    """The summary over nine IKCs, one of which has no figures."""
    shifts = [Decimal(shift) for shift in ("0", "1.5", "-2.5", "0.5", "-1", "3", "-4", "2", "0")]
    ikcs = [
        dataset.ProgrammeIkc(
            name=name,
            goals=goals(shift=shift),
            area="Lindenbuurt",
            agreement_reference="RA",
            context="223 leerlingen in 2024, in Lindenbuurt",
        )
        for name, shift in zip(IKC_NAMES, shifts, strict=True)
    ]
    ikcs[-1] = dataset.ProgrammeIkc(
        name=IKC_NAMES[-1], remark="Nog geen resultaatafspraak: een fusie is niet bevestigd."
    )
    return dataset.ProgrammeReportData(
        municipality=MUNICIPALITY,
        programme=PROGRAMME,
        edition=replace(EDITION, reference="2025-KVK2-M-0000"),
        ruleset=RULES,
        goal_titles=tuple(title for title, _ in GOALS),
        ikcs=tuple(ikcs),
        summary=(
            "Het vierde jaar laat op de meeste plaatsen groei zien in taal en in deelname aan het "
            "verlengde dagprogramma. De bezetting van teams blijft een zorg.",
        ),
        recommendations=(
            "Werf vakdocenten gezamenlijk, zodat IKC’s niet om dezelfde mensen vragen.",
            "Maak met de Ontwikkelgroep één werkwijze voor het bijhouden van startgesprekken.",
        ),
        contributions=tuple(
            dataset.PartyTotal(party, year, Decimal(plan), Decimal(given) if given else None)
            for party, year, plan, given in (
                ("Gemeente", 2024, "540000", "531200"),
                ("Gemeente", 2025, "558000", "549900"),
                ("Schoolbesturen", 2024, "330000", "318500"),
                ("Schoolbesturen", 2025, "342000", "301000"),
                ("Kinderopvang", 2024, "205000", "206100"),
                ("Kinderopvang", 2025, "216000", "214800"),
            )
        ),
        staffing=(
            dataset.StaffingTotal("Jeugdondersteuner", Decimal(7040), Decimal(6812)),
            dataset.StaffingTotal("Pedagoog", Decimal(5120), Decimal(4210)),
        ),
        practices=(
            dataset.Practice(
                "Startgesprek in de eigen taal",
                IKC_NAMES[0],
                "Met een tolk kwamen meer ouders. Het droeg bij aan de groei van het ouderbereik.",
            ),
        ),
        amendments=(
            dataset.Amendment(
                IKC_NAMES[1], 2, "bijstelling", "2024/25", "De nulmeting was te hoog vastgesteld."
            ),
        ),
        area_review=dataset.AreaReview(
            2023,
            date(2024, 1, 1),
            "college van 12 oktober 2023",
            (
                dataset.AreaChange("Lindenbuurt", "blijft", Decimal("64.0"), "B"),
                dataset.AreaChange("Havenkwartier", "komt erbij", Decimal("58.5"), "I"),
            ),
            ("IKC Waterkant: komt in een aandachtsgebied",),
        ),
        follow_up=("Er is één werkwijze voor startgesprekken, sinds maart 2025.",),
        quality=(dataset.QualityNote("Volledigheid", "Eén IKC leverde nog geen gegevens aan."),),
        demo=True,
    )
