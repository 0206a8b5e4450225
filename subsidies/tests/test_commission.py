from datetime import date

import pytest

from ikc.roles import Role
from ikc.tests.factories import (
    IkcFactory,
    IkcPartnerFactory,
    OrganisationFactory,
    UserFactory,
    give_role,
)
from subsidies.interests import conflicted_in_round, interest_in_application, interests_in_round
from subsidies.models import Application, Review
from subsidies.services import commission
from subsidies.services.commission import ConflictOfInterest, NotInAssessment, ReasonMissing
from subsidies.services.letter_contexts import exceptions_of
from subsidies.states import ApplicationState, ReviewState
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    CommissionMemberFactory,
    admitted,
    assessing_round,
    assigned,
    board,
    declared_member,
    submitted,
)

pytestmark = pytest.mark.django_db
TODAY = ASSESSED_AT.date()


def assign(application, *members, by=None, why=""):
    return commission.assign_reviewers(
        application, members, why=commission.Why(why), by=by, at=ASSESSED_AT
    )


def standing(member, round_):
    rows = commission.standings(round_, day=TODAY)
    return next(row for row in rows if row.member == member)


def test_ci_01_a_member_of_the_board_itself_cannot_be_assigned():
    round_ = assessing_round(applications=0, members=0)
    pcbo = board()
    application = admitted(round_, ikc=IkcFactory(board=pcbo))
    member = declared_member(round_, organisation=pcbo)

    with pytest.raises(ConflictOfInterest, match="belang bij aanvraag"):
        assign(application, member)

    assert not Review.objects.exists()
    assert not Application.objects.visible_to(member.user).exists()


def test_ci_02_a_competing_application_bars_a_member_until_the_college_makes_an_exception():
    round_ = assessing_round(applications=1, members=0)
    pcbo = board()
    own = admitted(round_, ikc=IkcFactory(board=pcbo))
    het_palet = round_.applications.exclude(pk=own.pk).get()
    member = declared_member(round_, organisation=pcbo)

    with pytest.raises(ConflictOfInterest, match="concurrerende"):
        assign(het_palet, member)

    commission.record_exception(
        member,
        round_,
        reason="Er zijn te weinig leden zonder belang.",
        decision_number="B&W 2026-101",
        decided_on=date(2026, 4, 17),
        by=UserFactory(signer=True),
        at=ASSESSED_AT,
    )
    assign(het_palet, member)
    assert het_palet.reviews.get().member == member
    assert exceptions_of(het_palet) == ()  # it is in the letter once the member has scored
    Review.objects.filter(member=member).update(
        state="submitted", submitted_at=ASSESSED_AT, total=80
    )
    (sentence,) = exceptions_of(het_palet)
    assert "besluit B&W 2026-101 van 17 april 2026" in sentence
    assert member.user.last_name not in sentence
    with pytest.raises(ConflictOfInterest):  # nothing lifts an interest in the application itself
        assign(own, member)


def test_ci_03_without_a_ranking_a_competing_application_is_no_bar():
    round_ = assessing_round(applications=1, members=0, allocation_method="first_come")
    pcbo = board()
    admitted(round_, ikc=IkcFactory(board=pcbo))
    member = declared_member(round_, organisation=pcbo)

    assert not conflicted_in_round(member.user, round_)
    assert standing(member, round_).may_score
    assert not standing(member, round_).is_conflicted


def test_ci_04_a_director_of_the_childcare_partner_has_an_interest_although_the_board_differs():
    round_ = assessing_round(applications=0, members=0)
    sinne = OrganisationFactory(childcare=True, name="Sinne Kinderopvang")
    application = admitted(round_)
    IkcPartnerFactory(ikc=application.ikc, organisation=sinne)
    member = declared_member(round_)
    give_role(member.user, Role.CHILDCARE_BOARD, organisation=sinne)

    with pytest.raises(ConflictOfInterest):
        assign(application, member)
    assert standing(member, round_).reasons == ["kinderopvang Sinne Kinderopvang"]


def test_an_interest_that_is_declared_later_withdraws_the_reviews_even_when_submitted():
    round_ = assessing_round(applications=2, members=3)
    review = assigned(round_)[0]
    submitted(review)
    member = review.member

    commission.declare_interests(
        member, round_, ikcs=[review.application.ikc], by=member.user, at=ASSESSED_AT
    )

    states = set(member.reviews.values_list("state", flat=True))
    assert states == {ReviewState.RECUSED}
    assert not Application.objects.visible_to(member.user).exists()


def test_only_who_declared_may_be_assigned():
    round_ = assessing_round(applications=1, members=0)
    member = CommissionMemberFactory()

    with pytest.raises(ConflictOfInterest, match="belangenverklaring"):
        assign(round_.applications.get(), member)


def test_an_application_goes_into_review_when_enough_members_have_it():
    round_ = assessing_round(applications=1, members=3)
    application = round_.applications.get()
    members = [row.member for row in commission.standings(round_, day=TODAY)]

    assert assign(application, *members[:2]).state == ApplicationState.ADMITTED
    assert assign(application, *members).state == ApplicationState.IN_REVIEW
    assert application.reviews.count() == 3


def test_taking_a_member_off_removes_what_was_not_touched_and_keeps_what_was():
    round_ = assessing_round(applications=1, members=3)
    application = round_.applications.get()
    first, second, _ = assigned(round_)
    submitted(first)

    with pytest.raises(commission.AlreadySubmitted):
        assign(application, why="Anders verdeeld.")
    with pytest.raises(commission.ReasonMissing):
        assign(application, first.member)
    assign(application, first.member, why="Anders verdeeld.")

    assert list(application.reviews.all()) == [first]
    assert not Review.objects.filter(pk=second.pk).exists()


def test_a_refused_assignment_changes_nothing():
    round_ = assessing_round(applications=2, members=3)
    first, second = round_.applications.order_by("number")
    pcbo = second.board
    barred = declared_member(round_, organisation=pcbo)
    members = [row.member.pk for row in commission.standings(round_, day=TODAY)]

    with pytest.raises(ConflictOfInterest):
        commission.assign_round(
            round_, {first.pk: members[:3], second.pk: [barred.pk]}, by=None, at=ASSESSED_AT
        )

    assert not Review.objects.exists()
    first.refresh_from_db()
    assert first.state == ApplicationState.ADMITTED


def test_the_proposal_spreads_the_work_evenly_over_who_may_score():
    round_ = assessing_round(applications=6, members=4)
    applications = round_.applications.order_by("number").prefetch_related("reviews")
    pcbo = declared_member(round_, organisation=applications[0].board)

    proposal = commission.propose(
        applications, commission.standings(round_, day=TODAY), per_application=2
    )

    loads: dict[int, int] = {}
    for members in proposal.values():
        assert len(members) == 2
        for member in members:
            loads[member] = loads.get(member, 0) + 1
    assert pcbo.pk not in loads
    assert sorted(loads.values()) == [3, 3, 3, 3]


def test_reviewers_are_assigned_only_while_the_round_is_assessed():
    round_ = assessing_round(applications=1, members=1)
    type(round_).objects.filter(pk=round_.pk).update(state="advised")

    with pytest.raises(NotInAssessment):
        assign(round_.applications.get())


def test_an_exception_has_a_reason_and_a_decision():
    round_ = assessing_round(applications=0, members=1)
    member = commission.standings(round_, day=TODAY)[0].member

    with pytest.raises(ReasonMissing):
        commission.record_exception(
            member,
            round_,
            reason=" ",
            decision_number="B&W 1",
            decided_on=TODAY,
            by=UserFactory(signer=True),
            at=ASSESSED_AT,
        )


def test_the_interests_of_all_members_at_once_are_the_same_as_of_each_alone():
    round_ = assessing_round(applications=3, members=2)
    first, second, third = round_.applications.order_by("number")
    tied = CommissionMemberFactory(organisation=first.board)
    partner = IkcPartnerFactory(ikc=second.ikc)
    via_role = CommissionMemberFactory()
    give_role(via_role.user, Role.CHILDCARE_BOARD, organisation=partner.organisation)
    personal = declared_member(round_)
    commission.declare_interests(
        personal, round_, ikcs=[third.ikc], by=personal.user, at=ASSESSED_AT
    )
    former = CommissionMemberFactory(
        user=UserFactory(member=True),
        organisation=second.board,
        valid_from=date(2020, 1, 1),
        valid_until=date(2022, 1, 1),
    )
    users = [tied.user, via_role.user, personal.user, former.user]

    together = interests_in_round(users, round_)

    for user in users:
        alone = round_.applications.filter(interest_in_application(user))
        assert set(together[user.pk]) == set(alone.values_list("pk", flat=True)), user
    assert [len(together[user.pk]) for user in users] == [1, 1, 1, 0]


@pytest.mark.parametrize("members", [1, 3])
def test_standings_cost_the_same_for_one_member_and_for_three(members, django_assert_num_queries):
    round_ = assessing_round(applications=2, members=members)

    with django_assert_num_queries(8):
        rows = commission.standings(round_, day=TODAY)
    assert len(rows) == members
