"""What came of the figures in the demonstration: reviews, conclusions, actions with their effect, plans of the year."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from agreements.models import AgreedIndicator, Goal, ProgrammeYear
from ikc.models import Ikc
from kvk2.core.deadlines import AMSTERDAM, local_date
from monitoring.demo.people import OWN_IKC, World
from monitoring.models import Action, MonitoringCycle, Return, YearPlan, YearPlanItem
from monitoring.services import acting, amending, concluding, judging, reviewing, year_plans
from monitoring.states_pdca import ActionState, Effect, Verdict


class Deed(NamedTuple):
    """An action as the demonstration tells it: what, what was done, what was seen, and whether it works."""

    title: str
    done: str
    seen: str
    effect: Effect


DEEDS = {
    "vve-bereik": Deed(
        "Ouders van peuters thuis uitnodigen, samen met de wijkverpleegkundige",
        "Bij 22 gezinnen is iemand langs geweest. Daarna kwamen de ouders op bezoek in de groep.",
        "Van de bezochte gezinnen meldden er 14 hun peuter aan. Het bezoek draagt bij aan het bereik; ook kwam er een groep bij.",
        Effect.WORKS,
    ),
    "tevredenheid-team": Deed(
        "Elke maand een gezamenlijk werkoverleg van school en opvang, met een vaste agenda",
        "Het overleg is negen keer gehouden. De agenda maakten school en opvang om de beurt.",
        "Het team noemt het overleg als eerste wat beter gaat. Het rooster blijft een knelpunt.",
        Effect.PARTLY,
    ),
    "jeugdhulp": Deed(
        "Inloop van de jeugdondersteuner op dinsdag en donderdag, ook voor de opvang",
        "De inloop draait sinds januari. Gemiddeld komen er vijf vragen per week.",
        "Vragen komen eerder binnen. Of er minder hulp nodig is, is na een half jaar niet te zien.",
        Effect.PARTLY,
    ),
}
ANY_DEED = Deed(
    "Met het team bespreken wat nodig is, en een plan van een halve pagina maken",
    "Het plan is gemaakt en besproken met de ouders in de raad.",
    "Het plan is er. Er is nog geen verschil te zien.",
    Effect.NOT,
)
NO_ACTION = "De actie van vorig jaar loopt nog door. Een tweede actie ernaast helpt het team niet."
# Per goal of the programme the four answers: herkennen, verklaren, waarderen, verbeteren.
ANSWERS = {
    1: (
        "Ja. Wij zien in de groepen dat meer peuters komen, vooral uit gezinnen die wij zelf uitnodigden.",
        "De huisbezoeken dragen bij, en de nieuwe peutergroep ook. Bij ouders met wisselende diensten lukt het nog niet.",
        "Wij zijn trots op het bereik. Dat kinderen soms na een half jaar stoppen, vinden wij nog niet goed genoeg.",
        "Wij bellen ouders als een kind twee keer niet komt, en wij proberen een groep op de late middag.",
    ),
    2: (
        "Deels. Het overleg is er, maar de cijfers zijn lager dan het gevoel in het team.",
        "De vragenlijst viel in een drukke maand. Ook was de opvang lang op zoek naar een nieuwe collega.",
        "De samenwerking in de groepen één en twee waarderen wij het meest. Het rooster helpt ons niet.",
        "Eén rooster voor school en opvang, en de vragenlijst voortaan in maart.",
    ),
    3: (
        "Ja. Ouders komen vaker binnen en stellen eerder een vraag.",
        "De jeugdondersteuner is op vaste dagen aanwezig. Dat draagt bij aan de drempel die lager werd.",
        "Dat ouders elkaar helpen, is meer waard dan het cijfer laat zien.",
        "De inloop blijft. Wij nodigen de vaders apart uit, want die zien wij weinig.",
    ),
}
FOCUS = "Peuters op tijd binnen, één rooster voor school en opvang, en een vaste plek voor vragen van ouders."
SUBJECTS = (
    "Elke peuter in beeld",
    "Eén team van school en opvang",
    "Ouders doen mee",
)
OTHER_TARGETS = "De gemeente meet jeugdhulp sinds dit jaar per huishouden. De streefwaarden passen daar niet bij."
# The place, among the nine, of the IKC whose agreement is amended because of a conclusion.
AMENDED = 6
# An action is done so many days after it was agreed, and looked at as many days after that.
WORK, WAIT = 150, 120


def agree_on_actions(world: World, return_: Return, at: datetime) -> None:
    """Before the figures are filed: an action for each core indicator off course, or why there is none."""
    indicators = judging.indicators_of(return_)
    director = world.directors[return_.agreement.ikc_id]
    for n, indicator in enumerate(concluding.without_follow_up(return_, indicators)):
        if (return_.pk + n) % 4 == 3:
            concluding.explain_no_action(
                return_, indicator.result, reason=NO_ACTION, by=director, at=at
            )
            continue
        today = local_date(at)
        acting.add_action(
            return_,
            indicator.result,
            acting.Plan(
                title=_deed(indicator).title,
                owner=director,
                due_on=today + timedelta(days=WORK),
                effect_check_on=today + timedelta(days=WORK + WAIT),
            ),
            as_proposal=False,
            by=director,
            at=at,
        )


def _deed(indicator: AgreedIndicator) -> Deed:
    return DEEDS.get(indicator.definition_version.definition.code, ANY_DEED)


def look_back(world: World, cycle: MonitoringCycle, now: datetime, *, last: bool) -> None:
    """After the figures of a year: reviews, conclusions, what was done; of the last year not all is over."""
    at = datetime.combine(date(cycle.year.end.year, 10, 20), time(14), AMSTERDAM)
    goals = list(Goal.objects.filter(programme=cycle.year.programme).order_by("order"))
    rows = cycle.returns.select_related(
        "cycle__ruleset", "cycle__year", "version", "agreement__ikc"
    )
    for n, return_ in enumerate(rows.order_by("pk")):
        if last or return_.agreement.ikc.brin_location == OWN_IKC:
            _review(world, return_, goals, at)
        own = return_.agreement.ikc.brin_location == OWN_IKC
        if last and own:
            _conclude_otherwise(world, return_, at)
        if last and n == AMENDED:
            _amend(world, return_, at)
        elif not last or (n % 2 and not own):
            concluding.adopt_all(return_, by=world.person("ontwikkelgroep"), at=at)
    _do_actions(world, cycle, now)


def _review(world: World, return_: Return, goals: list[Goal], at: datetime) -> None:
    for goal in goals:
        answers = dict(
            zip(("recognise", "explain", "value", "improve"), ANSWERS[goal.order], strict=True)
        )
        reviewing.save_review(
            return_, goal, answers, finish=True,
            by=world.directors[return_.agreement.ikc_id], at=at,
        )  # fmt: skip


def _conclude_otherwise(world: World, return_: Return, at: datetime) -> None:
    """The bureau judges one result otherwise than the rules, and the board answers; it waits for the Ontwikkelgroep."""
    conclusion = concluding.conclude(
        return_, return_.version.results.order_by("-goal__order", "-number")[0],
        verdict=Verdict.AMEND, override_reason=OTHER_TARGETS, by=world.person("onderzoeker"), at=at,
    )  # fmt: skip
    concluding.reply(
        conclusion, organisation=return_.agreement.ikc.board,
        text="Wij zijn het eens, als het einddoel voor jaar 8 even hoog blijft.",
        by=world.person("bestuur"), at=at + timedelta(days=6),
    )  # fmt: skip


def _amend(world: World, return_: Return, at: datetime) -> None:
    """One result gets other targets: concluded, adopted, and a text begun in which they will stand."""
    conclusion = concluding.conclude(
        return_, return_.version.results.order_by("-goal__order", "-number")[0],
        verdict=Verdict.AMEND, override_reason=OTHER_TARGETS, by=world.person("onderzoeker"), at=at,
    )  # fmt: skip
    concluding.adopt_all(return_, by=world.person("ontwikkelgroep"), at=at + timedelta(days=20))
    conclusion.refresh_from_db()
    amending.start_amendment(
        conclusion,
        effective_year=return_.cycle.year.programme.years.get(index=return_.cycle.year.index + 2),
        reason=OTHER_TARGETS,
        by=world.person("projectleider"),
        at=at + timedelta(days=40),
    )


def _do_actions(world: World, cycle: MonitoringCycle, now: datetime) -> None:
    """What was promised is done around its day, and judged by the project leader around the day after that."""
    today, leader = local_date(now), world.person("projectleider")
    actions = Action.objects.filter(conclusion__of_return__cycle=cycle).select_related("owner")
    by_title = {deed.title: deed for deed in (*DEEDS.values(), ANY_DEED)}
    for n, action in enumerate(actions.order_by("pk")):
        deed = by_title[action.title]
        done_on = action.due_on - timedelta(days=5)
        if done_on >= today or (
            n % 5 == 4 and action.effect_check_on > today - timedelta(days=200)
        ):
            continue  # still to do, or late
        acting.move_action(action, "finish", result=deed.done, by=action.owner, at=_moment(done_on))
        if action.effect_check_on < today and n % 5 != 3:
            acting.judge_effect(
                action, effect=deed.effect, note=deed.seen, by=leader,
                at=_moment(action.effect_check_on),
            )  # fmt: skip


def make_year_plans(world: World, cycle: MonitoringCycle, now: datetime) -> None:
    """The plans of the own IKC for the year that was measured last and the year after it."""
    own = Ikc.objects.get(brin_location=OWN_IKC)
    director = world.directors[own.pk]
    years = ProgrammeYear.objects.filter(
        programme=cycle.year.programme, index__in=(cycle.year.index, cycle.year.index + 1)
    )
    for year in years.order_by("index"):
        at = _moment(year.start + timedelta(days=20))
        plan = year_plans.start_plan(own, year, focus=FOCUS, by=director, at=at)
        for subject in SUBJECTS:
            year_plans.add_item(plan, title=subject, measure=None, by=director, at=at)
    _place(plan, director, now)


def _place(plan: YearPlan, director, now: datetime) -> None:
    """Each open action of the IKC finds its place in the newest plan."""
    items = list(YearPlanItem.objects.filter(plan=plan).order_by("pk"))
    actions = Action.objects.filter(conclusion__of_return__agreement__ikc=plan.ikc).exclude(
        state=ActionState.DROPPED
    )
    for n, action in enumerate(actions.open().order_by("pk")):
        acting.place_in_plan(action, items[n % len(items)], by=director, at=now)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(10), AMSTERDAM)
