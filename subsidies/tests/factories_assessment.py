"""The commission and what it makes, for tests: seats, reviews, advices, mandates, and whole rounds at a stage.

Rounds are moved along by the services themselves, so that a stage here is a stage that can be reached.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from ikc.models import Organisation
from ikc.tests.factories import (
    BankAccountFactory,
    IkcFactory,
    OrganisationFactory,
    UserFactory,
)
from kvk2.tests.worlds import world
from subsidies.models import (
    Application,
    CommissionAdvice,
    CommissionMember,
    Criterion,
    Review,
    SigningMandate,
    SubsidyRound,
)
from subsidies.services import advice as advice_service
from subsidies.services import allocations, commission, decisions, reviews
from subsidies.services.reviews import Given
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory, add_parts, move

ASSESSED_AT = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
MET_ON = date(2026, 4, 24)
ADVISED_AT = datetime(2026, 4, 27, 9, 0, tzinfo=UTC)
DECIDED_AT = datetime(2026, 5, 20, 9, 0, tzinfo=UTC)
CRITERIA_CODES = ("profiel", "analyse", "aanbod", "ouders", "domeinen", "draagvlak")
REASONS = "De aanvraag laat dit met cijfers en voorbeelden zien."


class CommissionMemberFactory(DjangoModelFactory):
    """A seat with a user who holds the role; independent, unless `organisation` says otherwise."""

    class Meta:
        model = CommissionMember

    organisation = factory.SubFactory(OrganisationFactory, other=True)
    user = factory.LazyAttribute(lambda o: UserFactory(member=True, organisation=o.organisation))
    valid_from = date(2025, 8, 1)


class SigningMandateFactory(DjangoModelFactory):
    class Meta:
        model = SigningMandate

    user = factory.SubFactory(UserFactory, signer=True, job_title="teammanager Jeugd en Onderwijs")
    number = factory.Sequence(lambda n: f"Mandaat 2026-{n}")
    max_amount = Decimal(500_000)
    valid_from = date(2026, 1, 1)


def board() -> Organisation:
    """A board to which a letter can be sent: address, account and consent to electronic delivery."""
    organisation = OrganisationFactory(
        street="Schoolstraat 1",
        postcode="8911 AA",
        electronic_consent_at=datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
    )
    BankAccountFactory(organisation=organisation)
    return organisation


def assessing_round(*, applications: int = 3, members: int = 3, **fields) -> SubsidyRound:
    """A round in assessment: admitted applications of boards of their own, members who declared no interest."""
    round_ = SubsidyRoundFactory(assessing=True, **fields)
    for _ in range(applications):
        admitted(round_)
    for _ in range(members):
        declared_member(round_)
    return round_


def admitted(round_: SubsidyRound, **fields) -> Application:
    """One more admitted application in `round_`, complete enough for a decision letter."""
    fields.setdefault("ikc", None)
    ikc = fields.pop("ikc") or IkcFactory(board=board())
    return ApplicationFactory(round=round_, ikc=ikc, admitted=True, **fields)


def declared_member(round_: SubsidyRound, **fields) -> CommissionMember:
    member = CommissionMemberFactory(**fields)
    commission.declare_interests(member, round_, by=member.user, at=ASSESSED_AT)
    return member


def assigned(round_: SubsidyRound) -> list[Review]:
    """Every member reviews every application of the round."""
    standings = commission.standings(round_, day=ASSESSED_AT.date())
    members = [row.member.pk for row in standings if row.may_score]
    wanted = dict.fromkeys(round_.applications.values_list("pk", flat=True), members)
    commission.assign_round(round_, wanted, by=None, at=ASSESSED_AT)
    return list(Review.objects.filter(application__round=round_).order_by("pk"))


def given(round_: SubsidyRound, scores: int | Sequence[int] = 4) -> dict[str, Given]:
    """The same score on every criterion, or one per criterion in published order; with reasons."""
    codes = list(
        Criterion.objects.filter(round=round_).order_by("order").values_list("code", flat=True)
    )
    row = [scores] * len(codes) if isinstance(scores, int) else scores
    return {code: Given(score, REASONS) for code, score in zip(codes, row, strict=True)}


def submitted(review: Review, scores: int | Sequence[int] = 4) -> Review:
    """Accepted and submitted by its own member."""
    round_ = review.application.round
    if review.state == "assigned":
        reviews.accept_review(review, by=review.member.user, at=ASSESSED_AT)
    return reviews.submit_review(
        review, scores=given(round_, scores), by=review.member.user, at=ASSESSED_AT
    )


def reviewed(round_: SubsidyRound, scores: Sequence[int | Sequence[int]] = ()) -> SubsidyRound:
    """Everything assigned and submitted; `scores` per application in order of number, else 4."""
    order = list(round_.applications.order_by("number").values_list("pk", flat=True))
    for review in assigned(round_):
        place = order.index(review.application_id)
        submitted(review, scores[place] if place < len(scores) else 4)
    round_.refresh_from_db()
    return round_


def adopted(
    application: Application,
    *,
    conclusion: str = CommissionAdvice.Conclusion.POSITIVE,
    by=None,
    **content,
) -> CommissionAdvice:
    """The advice on a reviewed application, adopted by the secretary."""
    by = by or UserFactory(secretary=True)
    advice = advice_service.draft_advice(application, by=by, at=ASSESSED_AT)
    if conclusion == CommissionAdvice.Conclusion.POSITIVE_WITH_EFFORT:
        content = {
            "effort_finding": "onderwijs en opvang nog los van elkaar plannen",
            "effort_text": "er één dagprogramma komt",
            "effort_evidence": "het dagprogramma en een verslag van het team",
            "effort_due_on": date(2027, 2, 1),
            **content,
        }
    advice = advice_service.edit_advice(
        advice,
        advice_service.AdviceContent(
            conclusion=conclusion,
            text=advice.text,
            criterion_texts=advice.criterion_texts,
            **content,
        ),
        by=by,
        at=ASSESSED_AT,
    )
    advice = advice_service.discuss_advice(advice, meeting_on=MET_ON, by=by, at=ADVISED_AT)
    return advice_service.adopt_advice(advice, by=by, at=ADVISED_AT)


@world
def advised_round(
    *,
    applications: int = 3,
    scores: Sequence[int | Sequence[int]] = (),
    conclusions: Sequence[str] = (),
    **fields,
) -> SubsidyRound:
    """A round of which every application has its advice, sent to the applicant."""
    round_ = reviewed(assessing_round(applications=applications, **fields), scores)
    secretary = UserFactory(secretary=True)
    for place, application in enumerate(round_.applications.order_by("number")):
        conclusion = conclusions[place] if place < len(conclusions) else "positive"
        advice = adopted(application, conclusion=conclusion, by=secretary)
        advice_service.send_advice(advice, by=secretary, at=ADVISED_AT)
    return advice_service.finish_advice(round_, by=secretary, at=ADVISED_AT)


def drafted_round(*, leader=None, **fields) -> SubsidyRound:
    """A round with a locked allocation and draft decisions."""
    round_ = advised_round(**fields)
    leader = leader or UserFactory(project_leader=True)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    allocations.lock_run(run, by=leader, at=ADVISED_AT, without_answer="De tijd is om.")
    decisions.draft_decisions(round_, by=leader, at=ADVISED_AT)
    return round_


def ready_round(*, leader=None, checker=None, **fields) -> SubsidyRound:
    """A round of which every decision passed the legal check and waits for the signer."""
    leader = leader or UserFactory(project_leader=True)
    round_ = drafted_round(leader=leader, **fields)
    decisions.send_to_check(round_, by=leader, at=ADVISED_AT)
    decisions.approve_decisions(
        round_,
        checklist=list(decisions.CHECKLIST),
        by=checker or UserFactory(second_project_leader=True),
        at=ADVISED_AT + timedelta(days=1),
    )
    return round_


@world
def decided_round(*, signer=None, **fields) -> SubsidyRound:
    """A round of which the decisions are taken; the letters still have to be made."""
    round_ = ready_round(**fields)
    signer = signer or SigningMandateFactory().user
    decisions.take_decisions(round_, by=signer, at=DECIDED_AT)
    round_.refresh_from_db()
    return round_


def scored_round(entries, *, ceiling, parts=None, **fields):
    """An advised round; `entries`: (requested amount, score, tier, and the rule of its part of the ceiling, if any).

    `parts`: amounts by rule; what the first leaves over flows into the second.
    """
    round_ = SubsidyRoundFactory(
        advised=True,
        ceiling=Decimal(ceiling),
        min_score=None,
        floor=fields.pop("floor", None),
        **fields,
    )
    pots = {}
    if parts:
        move(round_, state="draft")
        pots = {part.rule: part for part in add_parts(round_, **parts)}
        first, second = pots.values()
        move(first, overflow_to=second)
        move(round_, state="advised")
    secretary = UserFactory(secretary=True)
    director = UserFactory()
    for requested, score, tier, *part in entries:
        application = ApplicationFactory(
            round=round_,
            advised=True,
            requested_amount=Decimal(requested),
            score=Decimal(score),
            tier=tier,
            director=director,
            sub_ceiling=pots[part[0]] if part else None,
        )
        CommissionAdvice.objects.create(
            application=application,
            state="sent",
            conclusion="positive",
            text="goed",
            score=Decimal(score),
            criterion_scores=dict.fromkeys(CRITERIA_CODES, "4.00"),
            reviews_counted=3,
            meeting_on=ADVISED_AT.date(),
            adopted_at=ADVISED_AT,
            adopted_by=secretary,
        )
    return round_
