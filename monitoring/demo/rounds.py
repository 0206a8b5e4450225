"""Rounds: one decided, one being assessed with 29 applications, one open, and one in which the lot decides."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

from ikc.models import Ikc, Organisation
from kvk2.core.deadlines import local_date
from kvk2.core.models import OutgoingMail, StoredFile
from kvk2.core.scanning import NoVerdict, scan_file
from monitoring.demo import texts
from monitoring.demo.activities import add_activities
from monitoring.demo.calibration import exercised, exercising
from monitoring.demo.changes import change_grants
from monitoring.demo.completions import make_completions
from monitoring.demo.consent import (
    add_sub_application,
    answer_state_aid,
    assess_partners,
    confirm_with_partners,
)
from monitoring.demo.efforts import efforts_of, follow_up
from monitoring.demo.history import judge_all, remember_grants
from monitoring.demo.lateness import make_lateness
from monitoring.demo.lists import accept_the_remainder, keep_lists, run_and_compare
from monitoring.demo.meetings import (
    advise_in_a_meeting,
    advise_without_meeting,
    hold_a_meeting,
    plan_a_meeting,
)
from monitoring.demo.objections import object_to_decisions
from monitoring.demo.paper import SUPPORT_PDF
from monitoring.demo.people import OWN_IKC, World, latest_count
from monitoring.demo.plans import Plan, budget, moment, subsidy_year
from monitoring.demo.publicity import publish_later_decisions, publish_register
from monitoring.demo.schemes import draft_next_version, make_scheme
from monitoring.demo.settled import settle_round, year_over
from subsidies.models import (
    Application,
    Letter,
    Review,
    SchemeVersion,
    SubsidyRound,
)
from subsidies.services import (
    admission,
    advice,
    allocations,
    attachments,
    commission,
    decisions,
    letters,
    reviews,
    round_content,
    round_writing,
    rounds,
    submission,
)
from subsidies.services.applications import (
    Typed,
    save_budget,
    save_details,
    save_plan,
    start_application,
)
from subsidies.services.copies import earlier_applications, start_from_earlier
from subsidies.services.round_documents import NewFile


def make_rounds(world: World, now: datetime, dice: random.Random) -> None:
    """The rounds, the oldest first; that with a draw last, so that the others keep their numbers."""
    scheme = make_scheme(world, moment(now, -1000))
    draft_next_version(world, scheme, moment(now, -5))
    pool = list(
        Ikc.objects.open_on(local_date(now))
        .filter(child_counts__band="4_12", child_counts__children__gte=40)
        .select_related("board")
        .distinct()
        .order_by("brin_location")
    )
    own = next(ikc for ikc in pool if ikc.brin_location == OWN_IKC)
    others = [ikc for ikc in pool if ikc != own]
    decided = Plan(
        f"IKC-ontwikkeling {now.year}",
        "Voor extra aanbod voor alle kinderen van het IKC, ook die van de opvang.",
        -300,
        -265,
        Decimal(90_000),
        (("plus", 5_000, 105), ("regular", 2_500, 85)),
        ("plus",),
    )
    assessed = Plan(
        f"IKC-ontwikkeling {now.year + 1}",
        "Voor extra aanbod voor alle kinderen van het IKC, ook die van de opvang.",
        -70,
        -35,
        Decimal(430_000),
        (("plus", 5_000, 105), ("regular", 2_500, 85)),
        ("plus", "extended_learning_time"),
    )
    late = Plan(
        f"Ouders en IKC {now.year}",
        "Voor meer betrokkenheid van ouders bij het IKC.",
        -140,
        -112,
        Decimal(40_000),
        (("plus", 2_000, 40), ("regular", 1_000, 30)),
    )
    opened = Plan(
        f"Jonge kind {now.year + 1}",
        "Voor vernieuwend aanbod voor kinderen van 2 tot en met 5 jaar.",
        -12,
        24,
        Decimal(120_000),
        (("plus", 2_500, 40), ("regular", 1_500, 30)),
        ("young_child",),
        sub_application="Innovatie jonge kind",
        parts=(
            round_content.SubCeilingContent(
                "aandachtsgebied",
                "IKC's in een aandachtsgebied",
                "attention_area",
                Decimal(70_000),
                "overige",
            ),
            round_content.SubCeilingContent("overige", "Overige IKC's", "others", Decimal(50_000)),
        ),
    )
    by_day = Plan(
        f"Cultuur en sport {now.year}",
        "Voor een eerste jaar met cultuur of sport na schooltijd.",
        -150,
        -130,
        Decimal(33_000),
        (("plus", 5_000, 105), ("regular", 2_500, 85)),
        method=SubsidyRound.Method.FIRST_COME,
    )
    first, begun = subsidy_year(decided, now), year_over(now)
    over = Plan(
        f"IKC-ontwikkeling {begun}",
        "Voor extra aanbod voor alle kinderen van het IKC, ook die van de opvang.",
        (date(begun, 1, 12) - local_date(now)).days,
        (date(begun, 2, 16) - local_date(now)).days,
        Decimal(130_000),
        (("plus", 5_000, 105), ("regular", 2_500, 85)),
        ("plus",),
        counted_on=date(begun, 2, 1),
    )
    remember_grants([own], range(first - 3, begun))
    remember_grants(others[:12], range(first - 3, first))
    _decided(world, scheme, decided, [own, *others[:6]], now, dice)
    _late(world, scheme, late, others[6:8], now, dice)
    _assessed(world, scheme, assessed, [own, *others[:28]], now, dice)
    _opened(world, scheme, opened, own, others[:6], now, dice)
    _drawn(world, scheme, by_day, others[6:11], now, dice)
    payable = set(Organisation.objects.payable().values_list("pk", flat=True))
    paid = [ikc for ikc in others[12:] if ikc.board_id in payable]
    _over(world, scheme, over, [own, *paid[:5]], now, dice)
    publish_later_decisions(world, now)
    keep_lists(world, now)


def _publish(world: World, scheme: SchemeVersion, plan: Plan, now: datetime) -> SubsidyRound:
    """Draft, adoption and publication, each by its own person, in the weeks before the opening."""
    opens, closes = moment(now, plan.opens, 9), moment(now, plan.closes, 17)
    year = subsidy_year(plan, now)
    content = round_content.RoundContent(
        scheme_version=scheme,
        name=plan.name,
        year=year,
        description=plan.description,
        opens_at=opens,
        closes_at=closes,
        period_start=date(year, 8, 1),
        period_end=date(year + 1, 7, 31),
        reference_date=plan.counted_on or latest_count(now),
        ceiling=plan.ceiling,
        floor=Decimal(5_000),
        min_score=Decimal(50),
        allocation_method=plan.method,
        sub_ceilings=plan.parts,
        lottery_seed=f"Loting {plan.name}",
        criteria=[round_content.CriterionContent(*row) for row in texts.CRITERIA],
        formulas=[
            round_content.FormulaContent(group, Decimal(base), Decimal(per_child))
            for group, base, per_child in plan.formulas
        ],
        tiers=list(plan.tiers),
        sub_applications_allowed=bool(plan.sub_application),
        sub_application_name=plan.sub_application,
    )
    before = opens - timedelta(days=30)
    round_ = round_writing.create_round(
        content, by=world.person("projectleider"), at=before, is_demo=True
    )
    rounds.adopt_round(
        round_,
        decision_number=f"B&W-DEMO-{round_.pk}",
        decided_on=local_date(before),
        document=NewFile("collegebesluit.pdf", SUPPORT_PDF),
        by=world.person("ondertekenaar"),
        at=before,
    )
    rounds.publish_round(
        round_,
        reference=f"Gemeenteblad (demo) {year}, {1000 + round_.pk}",
        published_on=local_date(before + timedelta(days=5)),
        states_method=True,
        by=world.person("projectleider"),
        at=before + timedelta(days=5),
    )
    rounds.open_due_rounds(at=opens)
    round_.refresh_from_db()
    return round_


def _apply(
    world: World, round_: SubsidyRound, ikc: Ikc, at: datetime, dice: random.Random, *, submit: bool
) -> Application:
    """One application, typed by the director of the IKC; a draft stops half-way the budget."""
    director = world.directors[ikc.pk]
    which = dice.randrange(len(texts.PLANS))
    earlier = submit and bool(earlier_applications([ikc], round_))
    begin = start_from_earlier if earlier else start_application
    application = begin(ikc, round_, by=director, at=at)
    save_details(application, Typed(values={"contact_phone": "058 000 00 00"}, page="demo"), at=at)
    if earlier:  # the rest is what the IKC wrote before
        save_plan(application, Typed(values=dict(texts.REWRITTEN), page="demo"), at=at)
        activities = list(application.activities.order_by("order", "pk"))
    else:
        save_plan(application, Typed(values=dict(texts.PLANS[which]), page="demo"), at=at)
        activities = add_activities(application, which, at=at)
    if round_.sub_applications_allowed:
        add_sub_application(application, at=at)
    if not submit:
        return application
    answer_state_aid(application, to_partner=dice.random() < 0.2, at=at)
    lines, requested = budget(application, activities[0], dice)
    save_budget(
        application,
        Typed(values={"requested_amount": requested, "applied_elsewhere": False}, page="demo"),
        lines,
        at=at,
    )
    attachment = attachments.add_attachment(
        application, kind="support", name="steunbrief.pdf", content=SUPPORT_PDF, by=director, at=at
    )
    _scan(attachment.stored, at)
    confirm_with_partners(application, director, at=at)
    application.refresh_from_db()
    return submission.submit_application(
        application,
        signed_name=director.full_name,
        signed_job_title=director.job_title,
        declared=True,
        by=director,
        at=at + timedelta(minutes=40),
    )


def _scan(stored: StoredFile, at: datetime) -> None:
    """What the scanner says of it; without one it is what it is: a file that the portal made itself."""
    try:
        scan_file(stored.pk, at=at)
    except NoVerdict:
        StoredFile.objects.filter(pk=stored.pk).update(scan_state=StoredFile.ScanState.OWN)


def _file_all(
    world: World, round_: SubsidyRound, ikcs: list[Ikc], opens: datetime, dice: random.Random
) -> list[Application]:
    return [
        _apply(world, round_, ikc, opens + timedelta(days=1 + n % 20, minutes=n), dice, submit=True)
        for n, ikc in enumerate(ikcs)
    ]


def _start_assessment(
    world: World, round_: SubsidyRound, applications: list[Application], at: datetime
) -> None:
    """Admission by the project leader, declarations of the members, an exception of the college, assignment."""
    leader = world.person("projectleider")
    for application in applications:
        admission.admit_application(
            application, answers=admission.all_yes(round_), by=leader, at=at
        )
    round_.refresh_from_db()
    for seat in (*world.seats, *world.leaders):
        commission.declare_interests(seat, round_, by=seat.user, at=at)
    commission.record_exception(
        world.seats[3],
        round_,
        reason="Het lid beoordeelt alleen aanvragen van andere besturen, op vaste criteria; er zijn genoeg onafhankelijke leden.",
        decision_number=f"B&W-DEMO-{round_.pk}-U",
        decided_on=local_date(at),
        by=world.person("ondertekenaar"),
        at=at,
    )
    rounds.start_assessment(round_, by=leader, at=at)
    round_.refresh_from_db()
    waiting = advice.with_reviews(Application.objects.filter(round=round_)).order_by("number")
    members = [
        row for row in commission.standings(round_, day=local_date(at)) if row.member in world.seats
    ]
    proposal = commission.propose(list(waiting), members, per_application=3)
    commission.assign_round(round_, proposal, by=world.person("secretaris"), at=at)


def _score(
    review: Review,
    at: datetime,
    dice: random.Random,
    *,
    level: int,
    submit: bool,
    codes: tuple[str, ...] = tuple(code for code, *_ in texts.CRITERIA),
) -> None:
    given = {}
    for code in codes:
        score = min(5, max(1, level + dice.choice((-1, 0, 0, 0, 1))))
        given[code] = reviews.Given(score, texts.MOTIVATIONS[score])
    reviews.accept_review(review, by=review.member.user, at=at)
    if submit:
        reviews.submit_review(review, scores=given, by=review.member.user, at=at)
    else:
        half = dict(list(given.items())[:3])
        reviews.save_review(review, scores=half, by=review.member.user, at=at)


def _reviews_of(round_: SubsidyRound):
    return (
        Review.objects.filter(application__round=round_)
        .select_related("member__user", "application")
        .order_by("application__number", "pk")
    )


def _decided(world, scheme, plan, ikcs, now, dice) -> None:
    round_, applications = _filed(world, scheme, plan, ikcs, now, dice)
    levels = {application.pk: dice.choice((3, 3, 4, 4, 5)) for application in applications}
    levels[applications[-1].pk] = 2
    _score_all(round_, moment(now, plan.closes + 20), dice, levels)
    advise_in_a_meeting(world, round_, moment(now, plan.closes + 30), efforts_of(now))
    _divide_and_decide(world, round_, plan, now)
    follow_up(world, round_, now)
    object_to_decisions(world, round_, now)
    publish_register(world, moment(now, plan.closes + 43))
    change_grants(world, round_, now)


def _over(world, scheme, plan, ikcs, now, dice) -> None:
    """A round of which the subsidy period is over: the last IKC was refused, the others account for their grant."""
    round_, applications = _filed(world, scheme, plan, ikcs, now, dice)
    levels = {application.pk: 4 for application in applications[:-1]}
    levels[applications[-1].pk] = 1
    _score_all(round_, moment(now, plan.closes + 20), dice, levels)
    advise_without_meeting(world, round_, moment(now, plan.closes + 30))
    _divide_and_decide(world, round_, plan, now)
    settle_round(world, round_, now)


def _filed(world, scheme, plan, ikcs, now, dice) -> tuple[SubsidyRound, list[Application]]:
    """Closed, admitted and assigned to the members of the commission."""
    round_ = _publish(world, scheme, plan, now)
    applications = _file_all(world, round_, ikcs, moment(now, plan.opens), dice)
    rounds.close_due_rounds(at=moment(now, plan.closes, 17))
    _start_assessment(world, round_, applications, moment(now, plan.closes + 10))
    leader = world.person("projectleider")
    assess_partners(applications, by=leader, at=moment(now, plan.closes + 11))
    return round_, applications


def _score_all(
    round_: SubsidyRound, at: datetime, dice: random.Random, levels: dict[int, int]
) -> None:
    for review in _reviews_of(round_):
        _score(review, at, dice, level=levels[review.application_id], submit=True)


def _divide_and_decide(world: World, round_: SubsidyRound, plan: Plan, now: datetime) -> None:
    """From the division to the letters, in a week."""
    leader, signer = world.person("projectleider"), world.person("ondertekenaar")
    first = plan.closes + 35
    run = allocations.run_allocation(round_, by=leader, at=moment(now, first))
    accept_the_remainder(world, run, moment(now, first, 14))
    allocations.lock_run(run, by=signer, at=moment(now, first + 1))
    decisions.draft_decisions(round_, by=leader, at=moment(now, first + 2))
    judge_all(round_, by=leader, at=moment(now, first + 2))
    decisions.send_to_check(round_, by=leader, at=moment(now, first + 2, 11))
    decisions.approve_decisions(
        round_,
        checklist=list(decisions.CHECKLIST),
        by=world.person("projectleider2"),
        at=moment(now, first + 3),
    )
    decisions.take_decisions(round_, by=signer, at=moment(now, first + 4))
    _send(round_, moment(now, first + 4, 11))


def _drawn(world, scheme, plan, ikcs, now, dice) -> None:
    """Complete on the same day, with too little for all: the lot decides."""
    round_ = _publish(world, scheme, plan, now)
    opened = moment(now, plan.opens)
    applications = [
        _apply(world, round_, ikc, opened + timedelta(days=n // 4, minutes=n), dice, submit=True)
        for n, ikc in enumerate(ikcs)
    ]
    rounds.close_due_rounds(at=moment(now, plan.closes, 17))
    _start_assessment(world, round_, applications, moment(now, -125))
    for review in _reviews_of(round_):
        _score(review, moment(now, -115), dice, level=4, submit=True)
    advise_without_meeting(world, round_, moment(now, -110))
    run_and_compare(world, round_, moment(now, -109))


def _send(round_: SubsidyRound, at: datetime) -> None:
    """Make and post the decisions as of that day; the rest of the letters is left to the worker."""
    for pk in Letter.objects.filter(decision__application__round=round_).values_list(
        "pk", flat=True
    ):
        letters.render_letter(pk, at=at)
    notices = OutgoingMail.objects.filter(
        message_notice__message__letter__decision__application__round=round_
    )
    notices.update(sent_at=at + timedelta(minutes=1), attempts=1)


def _late(world, scheme, plan, ikcs, now, dice) -> None:
    round_ = _publish(world, scheme, plan, now)
    applications = _file_all(world, round_, ikcs, moment(now, plan.opens), dice)
    rounds.close_due_rounds(at=moment(now, plan.closes, 17))
    make_lateness(world, applications, now)


def _assessed(world, scheme, plan, ikcs, now, dice) -> None:
    round_ = _publish(world, scheme, plan, now)
    applications = _file_all(world, round_, ikcs, moment(now, plan.opens), dice)
    rounds.close_due_rounds(at=moment(now, plan.closes, 17))
    exercised(world, SubsidyRound.objects.get(pk=round_.pk), moment(now, -34, 11))
    _start_assessment(world, round_, applications, moment(now, -28))
    levels = {application.pk: dice.choice((2, 3, 3, 4, 4, 5)) for application in applications}
    for review in _reviews_of(round_):
        fate = dice.random()
        if fate < 0.3:
            continue
        _score(
            review, moment(now, -14), dice, level=levels[review.application_id], submit=fate > 0.4
        )
    hold_a_meeting(world, round_, now)
    plan_a_meeting(world, round_, now)


def _opened(world, scheme, plan, own, others, now, dice) -> None:
    round_ = _publish(world, scheme, plan, now)
    at = moment(now, -6)
    _apply(world, round_, own, at, dice, submit=False)
    for n, ikc in enumerate(others):
        _apply(world, round_, ikc, at + timedelta(hours=n), dice, submit=n % 2 == 0)
    make_completions(world, round_, now)
    exercising(world, round_, moment(now, -5))
