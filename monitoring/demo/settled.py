"""A round of which the subsidy period is over: accounts in every state, determinations, a claim, and an objection decided.

Days count back from the day of loading. The period ended at least `OVER_SINCE` days ago, so that all of it fits after it.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from ikc.models import User
from ikc.roles import Role
from kvk2.core.deadlines import local_date
from monitoring.demo.acts import decide_act, post
from monitoring.demo.money import pay_in_time
from monitoring.demo.objections import LOWERED, answer_objection, object_in_time
from monitoring.demo.paper import SUPPORT_PDF
from monitoring.demo.people import World
from monitoring.demo.plans import moment
from subsidies.facts import known
from subsidies.models import (
    AccountabilityReport,
    ActualLine,
    Decision,
    Done,
    Grant,
    Letter,
    Payment,
    Recovery,
    SubsidyRound,
)
from subsidies.services import (
    account_checks,
    account_reminders,
    accounts,
    acts,
    determinations,
    recoveries,
    refusals,
)
from subsidies.services.account_checks import Verdict
from subsidies.services.accounts import ActivityAnswer, LineAnswer
from subsidies.services.determinations import Proposal
from subsidies.services.round_documents import NewFile
from subsidies.settlement import Realised

OVER_SINCE = 85
REACHED = (
    "Kinderen van school en opvang deden het hele jaar samen mee: op woensdagmiddag aan muziek en techniek, en in de "
    "vakanties aan een themaweek. Ouders hielpen bij vier van de zes bijeenkomsten.\n\n"
    "Het team plant de middagen nu zelf, met één rooster voor onderwijs en opvang."
)
FEWER = "De vakdocent viel in het voorjaar uit; zes weken lang was er geen vervanger."
CHEAPER = "Door de uitval zijn minder uren ingehuurd dan begroot."
DEARER = "De instrumenten waren duurder dan op de offerte stond. Het bestuur betaalde het verschil."
IN_ORDER = "De verantwoording is volledig, en de bedragen sluiten aan op de begroting. Alle activiteiten zijn uitgevoerd."
PARTLY = "De verantwoording is volledig. Een deel van de muziekmiddagen verviel, en daarvoor is geen ander aanbod gekomen."
WHY_PARTLY = "In het voorjaar zijn zes van de twintig middagen niet doorgegaan."
LOWER = (
    "Niet alle activiteiten zijn uitgevoerd: zes van de twintig muziekmiddagen vervielen, en de school bood geen ander "
    "programma aan.\n\nWij houden rekening met wat wel is gedaan en met de ziekte van de vakdocent."
)
WEIGHED = "Wij verlagen alleen voor de middagen die vervielen. Wat is uitgevoerd, blijft volledig gesubsidieerd."
REACTION = "De uitval kwam door ziekte. Wij hebben gezocht naar een vervanger, maar vonden die niet op tijd."
TOO_MUCH = (
    "Er is meer aan voorschotten betaald dan de subsidie waarop u recht heeft. Wij zien geen reden om van terugvordering "
    "af te zien: het bestuur heeft niet gemeld dat terugbetalen het aanbod in gevaar brengt."
)


def year_over(now: datetime) -> int:
    """The year in which the last subsidy period began that ended so long ago."""
    day = local_date(now) - timedelta(days=OVER_SINCE)
    return day.year - 1 if day > date(day.year, 7, 31) else day.year - 2


def settle_round(world: World, round_: SubsidyRound, now: datetime) -> None:
    """By place: half filled in, handed in, about to be lowered, as granted, lowered and claimed back; one refused."""
    refusal = Decision.objects.get(application__round=round_, kind=Decision.Kind.REFUSAL)
    answer_objection(world, refusal)
    grants = Grant.objects.filter(application__round=round_).order_by("application__number")
    planned = list(Payment.objects.filter(grant__in=grants).order_by("due_on", "reference"))
    pay_in_time(planned, world, fails=planned[1].reference)
    first = known(grants[0].decision.announced_at)
    accounts.start_reports(at=first)
    accounts.open_due_reports(at=moment(datetime.combine(round_.period_end, first.timetz()), 1, 6))
    reports = AccountabilityReport.objects.filter(grant__in=grants).select_related(
        "grant__application__created_by", "grant__application__board"
    )
    own, handed_in, lowering, as_granted, lowered = reports.order_by("grant__application__number")
    _lowered(world, lowered, now)
    _as_granted(world, as_granted, now)
    _lowering(world, lowering, now)
    _hand_in(world, handed_in, moment(now, -9))
    if own.due_on < local_date(now) - timedelta(days=1):
        _remind(own)
    _begin(own, moment(now, -1, 16))


def _remind(report: AccountabilityReport) -> None:
    """It did not come in: the clock set a new term the day after."""
    at = moment(
        datetime.combine(report.due_on, known(report.grant.decision.announced_at).timetz()), 1, 7
    )
    account_reminders.remind(at=at)
    for letter in Letter.objects.filter(
        code=Letter.Code.ACCOUNT_TERM, application=report.grant.application
    ):
        post(letter, at + timedelta(minutes=5))


def _begin(report: AccountabilityReport, at: datetime) -> None:
    """The director told of the first activities, and stopped at the budget."""
    report.refresh_from_db()
    rows = list(report.results.order_by("order"))
    half = rows[: (len(rows) + 1) // 2]
    accounts.save_activities(
        report,
        {row.pk: ActivityAnswer(Done.DONE, row.reach, "") for row in half},
        summary=REACHED,
        version=report.version,
        by=known(report.grant.application.created_by),
        at=at,
    )


def _hand_in(
    world: World, report: AccountabilityReport, at: datetime, *, partly: bool = False
) -> AccountabilityReport:
    """Filled in by the director, signed by the board an hour later."""
    director = known(report.grant.application.created_by)
    rows = list(report.results.order_by("order"))
    answers = {row.pk: ActivityAnswer(Done.DONE, row.reach, "") for row in rows}
    if partly:
        answers[rows[0].pk] = ActivityAnswer(Done.PARTLY, rows[0].reach, FEWER)
    report = accounts.save_activities(
        report, answers, summary=REACHED, version=report.version, by=director, at=at
    )
    report = accounts.save_lines(
        report, _spent(report, partly), version=report.version, by=director, at=at
    )
    evidence = [NewFile("activiteitenverslag.pdf", SUPPORT_PDF)]
    for name in report.documents:
        accounts.add_files(report, document=name, files=evidence, by=director, at=at)
    report.refresh_from_db()
    signer = board_of(report)
    return accounts.submit_report(
        report,
        signed_name=signer.full_name,
        signed_job_title=signer.job_title,
        declared=True,
        version=report.version,
        by=signer,
        at=at + timedelta(hours=1),
    )


def _spent(report: AccountabilityReport, partly: bool) -> dict[int, LineAnswer]:
    """What the lines came to: a little beside the plan, and a fifth less on the first line when not all was done."""
    lines: list[ActualLine] = list(report.lines.order_by("order"))
    found = {line.pk: LineAnswer(line.planned, "") for line in lines}
    if partly:
        found[lines[0].pk] = LineAnswer(lines[0].planned * Decimal("0.8"), CHEAPER)
    else:
        found[lines[2].pk] = LineAnswer(lines[2].planned + Decimal("42.35"), DEARER)
    return found


def board_of(report: AccountabilityReport) -> User:
    """Somebody who speaks for the board that received the subsidy."""
    board = report.grant.application.board_id
    people = User.objects.filter(
        assignments__role=Role.SCHOOL_BOARD, assignments__organisation=board
    )
    return people.order_by("pk")[0]


def _accept(
    world: World, report: AccountabilityReport, at: datetime, *, partly: bool = False
) -> Grant:
    """Taken up, judged and found in order within a week."""
    leader = world.person("projectleider")
    report = account_checks.start_check(report, by=leader, at=at)
    rows = list(report.results.order_by("order"))
    verdicts = {row.pk: Verdict(Done.DONE, "") for row in rows}
    if partly:
        verdicts[rows[0].pk] = Verdict(Done.PARTLY, WHY_PARTLY)
    report = account_checks.judge_report(
        report,
        activities=verdicts,
        duties={duty.pk: Verdict("met", "") for duty in account_checks.standard_duties(report)},
        unnecessary={},
        assessment=PARTLY if partly else IN_ORDER,
        by=leader,
        at=at + timedelta(days=2),
    )
    return account_checks.accept_report(report, by=leader, at=at + timedelta(days=3)).grant


def _draft_lower(world: World, grant: Grant, at: datetime, percentage: int) -> Decision:
    """Told to the recipient, who reacts within a week."""
    leader = world.person("projectleider")
    proposal = Proposal(
        realised=Realised(lowered_to_percentage=Decimal(percentage)),
        ground="not_carried_out",
        proportionality=WEIGHED,
        motivation=LOWER,
    )
    decision = determinations.draft_determination(grant, proposal, by=leader, at=at)
    view = determinations.announce_intention(decision, by=leader, at=at)
    reacted = at + timedelta(days=6)
    refusals.receive_view(
        view,
        manner="written",
        text=REACTION,
        received_on=local_date(reacted),
        by=known(grant.application.created_by),
        at=reacted,
    )
    return decision


def _lowered(world: World, report: AccountabilityReport, now: datetime) -> None:
    """Lower than was advanced: the rest is claimed back, and its term is over. The director objects to the amount."""
    report = _hand_in(world, report, moment(now, -80), partly=True)
    grant = _accept(world, report, moment(now, -77), partly=True)
    decision = _draft_lower(world, grant, moment(now, -74), 70)
    decision = decide_act(world, decision, moment(now, -60))
    recovery = Recovery.objects.get(determination=decision)
    leader = world.person("projectleider")
    claim = recoveries.draft_recovery(recovery, motivation=TOO_MUCH, by=leader, at=moment(now, -55))
    decide_act(world, claim, moment(now, -54))
    recoveries.pass_terms(at=moment(now, -1, 5))
    object_in_time(world, decision, now, grounds=LOWERED)


def _as_granted(world: World, report: AccountabilityReport, now: datetime) -> None:
    report = _hand_in(world, report, moment(now, -50))
    grant = _accept(world, report, moment(now, -45))
    proposal = Proposal(realised=Realised(), motivation=IN_ORDER)
    leader = world.person("projectleider")
    decision = determinations.draft_determination(grant, proposal, by=leader, at=moment(now, -36))
    decide_act(world, decision, moment(now, -34))


def _lowering(world: World, report: AccountabilityReport, now: datetime) -> None:
    """The draft waits for the other project leader."""
    report = _hand_in(world, report, moment(now, -40), partly=True)
    grant = _accept(world, report, moment(now, -35), partly=True)
    decision = _draft_lower(world, grant, moment(now, -20), 85)
    acts.send_act_to_check(decision, by=world.person("projectleider"), at=moment(now, -4))
