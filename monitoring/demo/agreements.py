"""Nine result agreements, signed in 2021, and what was measured since."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

from agreements.calculations import linear_targets
from agreements.models import (
    AgreementParty,
    AgreementVersion,
    FundingSource,
    IndicatorDefinitionVersion,
    Programme,
)
from agreements.services import drafting, editing, negotiation, signing, terms
from ikc.models import Ikc, User
from kvk2.core.deadlines import AMSTERDAM
from monitoring.demo import pdca, texts
from monitoring.demo.details import make_benchmarks, make_dimensions, parts_of, prove
from monitoring.demo.links import make_links
from monitoring.demo.means import SOURCES, make_funding, write_means
from monitoring.demo.people import World
from monitoring.models import MonitoringCycle, Recommendation, Return, RuleSet
from monitoring.services import cycles, judging, measuring, recommending, reports, returns
from monitoring.status import KVK_1

# Under each goal: the result, and its indicators as (code, from, to, tolerance, is it a core one).
TREE = {
    1: (
        "Meer peuters en kinderen doen mee aan het extra aanbod.",
        "kinderen van 2 tot en met 12 jaar",
        (("vve-bereik", 62, 90, 4, True), ("deelname-aanbod", 35, 70, 4, False)),
    ),
    2: (
        "School en opvang werken als één team.",
        "medewerkers van school en opvang",
        (
            ("samen-overleg", 8, 30, 2, False),
            ("tevredenheid-team", Decimal("6.8"), 8, Decimal("0.2"), True),
            ("samenwerking", 1, 4, 0, False),
        ),
    ),
    3: (
        "Kinderen groeien gezond op, en ouders zijn betrokken.",
        "kinderen en hun ouders",
        (
            ("jeugdhulp", Decimal("9.5"), 5, Decimal("0.5"), True),
            ("ouderbetrokkenheid", 48, 80, 4, False),
            ("gezonde-school", 0, 0, 0, False),
        ),
    ),
}
MEASURED_YEARS = 4
RECOMMENDATIONS = (
    ("group", "Tel in elk IKC op dezelfde dag, zodat de cijfers over meedoen te vergelijken zijn."),
    (
        "group",
        "Bespreek met de IKC’s die achterlopen op dagopvang wat gezinnen tegenhoudt, vóór het nieuwe jaarplan.",
    ),
    (
        "college",
        "Houd de uren van de jeugdondersteuners ook na 2028 beschikbaar: besluit daarover uiterlijk in 2027.",
    ),
)
# The reports of the last of them were ordered so long ago; most are still to be made.
ORDERED = timedelta(days=42)
LEVELS = terms.IndicatorTerms(
    baseline_status="final",
    baseline_level=1,
    baseline_year="2020/21",
    baseline_source="gesprek met het team",
    assessor="het onderzoeksbureau",
    targets={
        year: terms.TargetFigures(level=level)
        for year, level in enumerate((1, 2, 2, 3, 3, 3, 4, 4), 1)
    },
)
VIGNETTE = terms.IndicatorTerms(
    baseline_status="none",
    leeway_days=60,
    targets={4: terms.TargetFigures(due_on=date(2025, 5, 1))},
)
NO_PUPILS = "Volgens DUO staan hier sinds 2020 geen leerlingen ingeschreven; de samenvoeging is nog niet bevestigd."


def make_agreements(world: World, programme: Programme, dice: random.Random) -> None:
    """Draft, fill, offer and sign an agreement for each of the nine candidates."""
    for ikc in Ikc.objects.filter(plus_candidate=True).order_by("brin_location"):
        _agree(world, programme, ikc, dice)
    make_funding(programme, by=world.person("projectleider"), now=_at(date(2026, 3, 2)))


def _at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=AMSTERDAM)


def _agree(world: World, programme: Programme, ikc: Ikc, dice: random.Random) -> None:
    leader, at = world.person("projectleider"), _at(date(2021, 9, 1))
    frame = drafting.Frame(
        period_start=date(2021, 10, 1),
        period_end=programme.end,
        effective_year=programme.years.get(index=1),
    )
    version = drafting.draft_agreement(
        ikc, programme=programme, frame=frame, by=leader, at=at, is_demo=True
    )
    editing.write_topics(version, texts=texts.TOPICS, by=leader, at=at)
    for goal in programme.goals.order_by("order"):
        text, group, indicators = TREE[goal.order]
        result = editing.add_result(
            version,
            goal=goal,
            text=text,
            target_group=group,
            change_kind="who_benefits",
            by=leader,
            at=at,
        )
        for row in indicators:
            _indicator(result, row, leader, at, dice)
    write_means(version, by=leader, at=at)
    for party in version.parties.order_by("pk"):
        _party(world, party, leader, at)
    conclude(world, version, laid_on=date(2021, 9, 8), offered_on=date(2021, 9, 15))


def conclude(world: World, version: AgreementVersion, *, laid_on: date, offered_on: date) -> None:
    """Lay a text before the parties, let all agree, and let all sign from five days after the offer on."""
    leader = world.person("projectleider")
    negotiation.lay_before_parties(version, by=leader, at=_at(laid_on))
    parties = list(version.parties.order_by("pk"))
    for party in parties:
        negotiation.agree(party, by=signer_for(world, party), at=_at(laid_on + timedelta(days=2)))
    signing.offer_for_signing(version, by=leader, at=_at(offered_on))
    for n, party in enumerate(parties):
        signing.sign_version(
            party, by=signer_for(world, party), at=_at(offered_on + timedelta(days=5 + n))
        )


def _indicator(result, row, leader, at: datetime, dice: random.Random) -> None:
    code, start, end, tolerance, is_core = row
    definition_version = IndicatorDefinitionVersion.objects.select_related("definition").get(
        definition__code=code, number=1
    )
    if not definition_version.definition.has_figures:
        stage = LEVELS if definition_version.definition.is_scale else VIGNETTE
        editing.add_indicator(
            result, definition_version=definition_version, terms=stage, by=leader, at=at
        )
        return
    decimals = definition_version.definition.decimals
    shift = Decimal(dice.choice((-3, -1, 0, 2))) * (1 if decimals == 0 else Decimal("0.1"))
    baseline = Decimal(start) + shift
    targets = linear_targets(baseline, Decimal(end), steps=8, decimals=decimals)
    editing.add_indicator(
        result,
        definition_version=definition_version,
        terms=terms.IndicatorTerms(
            baseline_status="final",
            baseline_value=baseline,
            baseline_numerator=None,
            baseline_denominator=None,
            baseline_year="2020/21",
            baseline_source=definition_version.source,
            tolerance=Decimal(tolerance),
            is_core=is_core,
            targets={
                year: terms.TargetFigures(value=value) for year, value in enumerate(targets, 1)
            },
        ),
        by=leader,
        at=at,
    )


def _party(world: World, party: AgreementParty, leader, at: datetime) -> None:
    signer = signer_for(world, party)
    editing.change_party(
        party,
        signatory_name=signer.full_name,
        signatory_function=signer.job_title,
        mandate_reference="" if party.role == "municipality" else "statuten, artikel 9",
        by=leader,
        at=at,
    )
    for code, amount in SOURCES[party.role]:
        source = FundingSource.objects.get(code=code)
        editing.add_contributions(
            party,
            kind="money",
            amount=Decimal(amount),
            description=f"Inzet voor de afgesproken resultaten ({source.name})",
            source=source,
            budget_years=range(2022, 2029),
            by=leader,
            at=at,
        )


def signer_for(world: World, party: AgreementParty):
    if party.role == "municipality":
        return world.person("ondertekenaar")
    return next(user for user in world.by_email.values() if party.may_be_signed_by(user))


def make_measurements(
    world: World, programme: Programme, now: datetime, dice: random.Random
) -> None:
    """Four measured years, and the fifth being entered; the reports of the fourth are ordered."""
    ruleset = RuleSet.objects.create(
        code=KVK_1.code,
        parameters=KVK_1.parameters(),
        valid_from=date(2021, 8, 1),
        adopted_by="Ontwikkelgroep (demo)",
    )
    leader = world.person("projectleider")
    make_dimensions(by=world.person("onderzoeker"), at=now)
    make_benchmarks(by=world.person("onderzoeker"), at=now)
    for year in programme.years.filter(index__lte=MEASURED_YEARS + 1).order_by("index"):
        opened = _at(year.end + timedelta(days=10))
        current = year.index > MEASURED_YEARS
        cycle = measuring.plan_cycle(
            year,
            ruleset=ruleset,
            submit_by=(now + timedelta(days=21)).date() if current else date(year.end.year, 10, 15),
            by=leader,
            at=opened,
        )
        cycle = measuring.open_cycle(cycle, by=leader, at=opened)
        if current:
            _enter_some(world, cycle, now, dice)
            make_links(world, cycle, now)
            continue
        for return_ in _returns(cycle):
            _enter_all(world, return_, _at(date(year.end.year, 9, 20)), dice)
        _adopt(world, cycle, _at(date(year.end.year, 10, 12)))
        cycles.close_cycle(cycle, by=None, at=_at(date(year.end.year, 10, 16)))
        cycles.start_analysis(
            cycle, by=world.person("onderzoeker"), at=_at(date(year.end.year, 10, 20))
        )
        pdca.look_back(world, cycle, now, last=year.index == MEASURED_YEARS)
        if year.index == MEASURED_YEARS:
            pdca.make_year_plans(world, cycle, now)
            _recommend(cycle, by=world.person("onderzoeker"), at=now - ORDERED)
            reports.order_reports(cycle, by=leader, at=now - ORDERED)


def _recommend(cycle: MonitoringCycle, *, by: User, at: datetime) -> None:
    """Before the reports are ordered: what is written now stands in the summary."""
    for addressee, text in RECOMMENDATIONS:
        recommending.keep_recommendation(
            Recommendation(cycle=cycle), addressee=addressee, text=text, by=by, at=at
        )


def _returns(cycle: MonitoringCycle) -> list[Return]:
    return list(
        cycle.returns.select_related("cycle__year", "version", "agreement__ikc").order_by("pk")
    )


def _enter_all(world: World, return_: Return, at: datetime, dice: random.Random) -> None:
    researcher = world.person("onderzoeker")
    figures = [
        (indicator, _figure(return_, indicator, at, dice))
        for indicator in judging.indicators_of(return_)
    ]
    measuring.enter_figures(return_, figures, by=researcher, at=at)
    prove(return_, figures, by=researcher, at=at)
    pdca.agree_on_actions(world, return_, at)
    returns.submit_return(return_, by=researcher, at=at + timedelta(hours=2))


def _adopt(world: World, cycle: MonitoringCycle, at: datetime) -> None:
    """Checked by the second researcher, adopted by the Ontwikkelgroep."""
    for return_ in _returns(cycle):
        returns.check_return(return_, by=world.person("onderzoeker2"), at=at)
    returns.adopt_returns(cycle, by=world.person("ontwikkelgroep"), at=at + timedelta(days=2))


def _enter_some(world: World, cycle: MonitoringCycle, now: datetime, dice: random.Random) -> None:
    """The running year: one IKC adopted, one checked, one filed, one half-way, the rest still to do."""
    at = now - timedelta(days=2)
    rows = _returns(cycle)
    for return_ in rows[:3]:
        _enter_all(world, return_, at, dice)
    for return_ in rows[:2]:
        returns.check_return(return_, by=world.person("onderzoeker2"), at=now - timedelta(days=1))
    returns.adopt_return(rows[0], by=world.person("ontwikkelgroep"), at=now - timedelta(hours=20))
    for indicator in judging.indicators_of(rows[3])[:3]:
        measuring.enter_figure(
            rows[3],
            indicator,
            _figure(rows[3], indicator, at, dice),
            by=world.person("onderzoeker"),
            at=at,
        )


def _figure(return_: Return, indicator, at: datetime, dice: random.Random) -> measuring.Figure:
    """A figure around the target of the year; none where no children are."""
    facts = {
        "reference_date": return_.cycle.year.end - timedelta(days=30),
        "source": indicator.definition_version.source,
    }
    if "sinds 2020" in return_.agreement.ikc.note:
        return measuring.Figure(missing_reason="NO_TARGET_GROUP", note=NO_PUPILS, **facts)
    if not indicator.definition_version.definition.has_figures:
        return _stage(return_, indicator, facts, dice)
    target = judging.target_of(indicator, return_.cycle.year_id).value
    pace = Decimal(dice.choice((-14, -7, -3, 0, 2, 4, 6))) / 100
    value = target * (1 + pace)
    note = "Gecontroleerd door het onderzoeksbureau; het verschil met vorig jaar klopt."
    definition = indicator.definition_version.definition
    if not definition.is_percentage:
        rounded = value.quantize(Decimal(1).scaleb(-definition.decimals))
        return measuring.Figure(value=max(rounded, Decimal(1)), note=note, **facts)
    group = (
        dice.choice((9, 14, 18, 24, 31))
        if definition.code == "vve-bereik"
        else dice.randint(120, 260)
    )
    count = min(group, max(0, round(group * min(value, Decimal(100)) / 100)))
    parts = parts_of(definition, count, group)
    return measuring.Figure(numerator=count, denominator=group, note=note, parts=parts, **facts)


def _stage(return_: Return, indicator, facts: dict, dice: random.Random) -> measuring.Figure:
    """A level around that of the year; the milestone mostly in time, sometimes late."""
    target = judging.target_of(indicator, return_.cycle.year_id)
    if indicator.definition_version.definition.is_scale:
        return measuring.Figure(level=max(1, target.level - dice.choice((0, 0, 0, 1))), **facts)
    if target.due_on is None or (late := dice.choice((-20, -5, 12, None))) is None:
        return measuring.Figure(missing_reason="NOT_MEASURED", **facts)
    return measuring.Figure(reached_on=target.due_on + timedelta(days=late), **facts)
