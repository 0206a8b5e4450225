"""Years of subsidy in a row, and then less (Awb 4:51)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from ikc.models import IkcSuccession
from ikc.tests.factories import IkcFactory, OrganisationFactory, UserFactory
from subsidies.models import Application, ContinuityAssessment, Decision, EarlierGrant
from subsidies.services import allocations, decisions, refusals
from subsidies.services.continuity import (
    ContinuityIncomplete,
    ContinuityNotAsked,
    ContinuityOpen,
    Judgement,
    histories,
    judge_continuity,
)
from subsidies.services.refusals import ViewMissing
from subsidies.states import ApplicationState, DecisionState
from subsidies.tests.factories import SubsidyRoundFactory, move
from subsidies.tests.factories_assessment import (
    ADVISED_AT,
    DECIDED_AT,
    SigningMandateFactory,
    advised_round,
    decided_round,
    drafted_round,
)

pytestmark = pytest.mark.django_db
# Three applications of 15.000: one in full, one in part, one not at all. The period begins on 1 August 2026.
SCARCE = {"ceiling": Decimal(25_000), "scores": (5, 4, 3)}
NO = Judgement(applies=False, motivation="De activiteiten zijn nieuw.")
YES = Judgement(
    applies=True,
    motivation="Het gaat om dezelfde activiteiten.",
    announced_on=date(2026, 4, 1),
    term_until=date(2026, 12, 31),
    continued_amount=Decimal(6_000),
)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


def granted_before(ikc, *years):
    for year in years:
        EarlierGrant.objects.create(
            ikc=ikc, year=year, name="KvK-subsidie", amount=Decimal(12_000), source="archief"
        )


@pytest.fixture
def drafted(leader):
    """Drafts of which the refusal is of an IKC with four years in a row."""
    round_ = advised_round(**SCARCE)
    last = round_.applications.order_by("number").last()
    granted_before(last.ikc, 2022, 2023, 2024, 2025)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    allocations.lock_run(run, by=leader, at=ADVISED_AT, without_answer="Haast.")
    decisions.draft_decisions(round_, by=leader, at=ADVISED_AT)
    return round_


def refusal_of(round_):
    return Decision.objects.get(application=round_.applications.order_by("number").last())


def years_of(round_, ikc):
    return histories(round_, [ikc.pk])[ikc.pk].years


@pytest.mark.parametrize(
    ("years", "counted"),
    [
        ((2023, 2024, 2025), (2023, 2024, 2025)),
        ((2022, 2024, 2025), (2024, 2025)),  # a gap ends the row
        ((2022, 2023, 2024), ()),  # does not connect to the new period
        ((2026,), ()),  # the year of the period itself
    ],
)
def test_only_an_unbroken_row_up_to_the_new_period_counts(years, counted):
    ikc, round_ = IkcFactory(), SubsidyRoundFactory()
    granted_before(ikc, *years)
    assert years_of(round_, ikc) == counted


def test_grants_of_the_portal_count_with_every_year_of_their_period(leader):
    before = decided_round(applications=1, period_end=date(2028, 7, 31))
    ikc = before.applications.get().ikc
    round_ = SubsidyRoundFactory(period_start=date(2028, 8, 1), period_end=date(2029, 7, 31))
    assert years_of(round_, ikc) == ()  # taken, not announced
    decision = Decision.objects.get()
    move(
        decision,
        state=DecisionState.SENT,
        announced_at=DECIDED_AT,
        objection_until=date(2026, 7, 1),
    )
    assert years_of(round_, ikc) == (2026, 2027)


def test_years_of_an_ikc_that_went_on_in_it_count_once_that_is_confirmed():
    old, new, round_ = IkcFactory(), IkcFactory(), SubsidyRoundFactory()
    granted_before(old, 2023, 2024)
    granted_before(new, 2025)
    row = IkcSuccession.objects.create(predecessor=old, successor=new, source="besluit")
    assert years_of(round_, new) == (2025,)
    move(row, confirmed=True)
    assert years_of(round_, new) == (2023, 2024, 2025)
    move(new, board=OrganisationFactory())  # another board breaks nothing
    assert years_of(round_, new) == (2023, 2024, 2025)


def test_only_less_than_asked_has_to_be_judged(drafted):
    (row,) = ContinuityAssessment.objects.all()
    assert row.decision == refusal_of(drafted)
    assert row.years == [2022, 2023, 2024, 2025]
    assert row.is_open
    steps = row.decision.ceiling_snapshot["explanation"]["steps"]
    assert steps[-1]["title"] == "Eerdere subsidie"
    assert "van 2022 tot en met 2025" in steps[-1]["text"]


def test_nothing_goes_on_before_the_judgement(drafted, leader):
    with pytest.raises(ContinuityOpen, match=refusal_of(drafted).reference):
        decisions.send_to_check(drafted, by=leader, at=ADVISED_AT)
    judge_continuity(refusal_of(drafted), NO, by=leader, at=ADVISED_AT)
    assert decisions.send_to_check(drafted, by=leader, at=ADVISED_AT)
    with pytest.raises(ContinuityNotAsked):
        judge_continuity(refusal_of(drafted), NO, by=leader, at=ADVISED_AT)


def test_half_a_judgement_is_refused(drafted, leader):
    given = {name: getattr(YES, name) for name in Judgement.__slots__}
    decision = refusal_of(drafted)
    for fields in (
        {"motivation": " "},
        {"announced_on": None},
        {"term_until": date(2026, 3, 1)},
        {"continued_amount": None},
        {"continued_amount": Decimal(15_001)},
        {"term_until": date(2026, 7, 1)},  # over before the period: then no amount
        {"applies": False},
    ):
        half = Judgement(**{**given, **fields})
        with pytest.raises(ContinuityIncomplete):
            judge_continuity(decision, half, by=leader, at=ADVISED_AT)


def test_what_the_act_asks_for_is_granted_above_the_ceiling_and_stands_in_the_letter(
    drafted, leader
):
    judge_continuity(refusal_of(drafted), YES, by=leader, at=ADVISED_AT)
    decision = refusal_of(drafted)
    assert (decision.kind, decision.amount) == ("partial_grant", 6_000)
    assert decision.advances.exists()
    assert decision.obligations.exists()
    # Changing one's mind takes it back, and again.
    judge_continuity(decision, NO, by=leader, at=ADVISED_AT)
    assert refusal_of(drafted).kind == "refusal"
    assert not decision.advances.exists()
    judge_continuity(decision, YES, by=leader, at=ADVISED_AT)
    # A refusal on Awb 4:51 never goes without the view of the applicant (Awb 4:12(2)).
    with pytest.raises(ViewMissing):
        decisions.send_to_check(drafted, by=leader, at=ADVISED_AT)
    refusals.ask_view(decision, by=leader, at=ADVISED_AT)
    refusals.lapse_views(at=ADVISED_AT + timedelta(days=15))

    decisions.send_to_check(drafted, by=leader, at=ADVISED_AT)
    decisions.approve_decisions(
        drafted,
        checklist=list(decisions.CHECKLIST),
        by=UserFactory(second_project_leader=True),
        at=ADVISED_AT,
    )
    decisions.take_decisions(drafted, by=SigningMandateFactory().user, at=DECIDED_AT)

    decision = refusal_of(drafted)
    granted = sum(Decision.objects.values_list("amount", flat=True))
    assert (decision.state, granted) == ("taken", 31_000)
    letter = decisions.preview_context(decision, at=DECIDED_AT)
    text = " ".join(letter.passages["continuity"])
    assert "2022, 2023, 2024 en 2025" in text
    assert "Het gaat om dezelfde activiteiten." in text
    assert "31\N{NO-BREAK SPACE}december 2026" in text
    assert letter.period_until == date(2026, 12, 31)
    assert Application.objects.get(pk=decision.application_id).state == ApplicationState.DECIDED


def test_the_database_refuses_what_the_act_forbids(drafted, leader):
    decision = refusal_of(drafted)
    row = ContinuityAssessment.objects.get()
    impossible = (
        ({"years": [2024, 2025]}, "continuity_is_three_years_or_more"),
        ({"applies": False}, "continuity_judged_says_why_and_by_whom"),
        ({"term_until": date(2026, 5, 1)}, "continuity_applies_with_a_term"),
        ({"above_division": Decimal(5)}, "continuity_"),
    )
    for fields, name in impossible:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            ContinuityAssessment.objects.update(**fields)
    signer = SigningMandateFactory()
    signed = {
        "checked_by": UserFactory(second_project_leader=True),
        "taken_by": signer.user,
        "taken_at": DECIDED_AT,
        "signing_mandate": signer,
    }
    move(decision, state=DecisionState.READY)
    with (
        pytest.raises(IntegrityError, match="decision_continuity_is_judged"),
        transaction.atomic(),
    ):
        Decision.objects.filter(pk=decision.pk).update(state=DecisionState.TAKEN, **signed)
    with pytest.raises(IntegrityError, match="continuity_fixed_after_draft"), transaction.atomic():
        row.delete()


@pytest.mark.parametrize(
    ("fields", "name"),
    [({"amount": 0}, "earlier_grant_is_an_amount"), ({"year": 2024}, "earlier_grant_once")],
)
def test_an_impossible_earlier_grant_does_not_exist(fields, name):
    granted_before(IkcFactory(), 2024, 2025)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        EarlierGrant.objects.filter(year=2025).update(**fields)


@pytest.mark.usefixtures("spring")
def test_the_drafter_judges_on_a_page(client, drafted, leader):
    decision = refusal_of(drafted)
    page = reverse("subsidies:continuity_edit", args=[decision.pk])
    other = Decision.objects.exclude(pk=decision.pk).first()
    client.force_login(UserFactory(signer=True))
    assert client.get(page).status_code == 403
    client.force_login(decision.application.created_by)
    assert client.get(page).status_code == 404
    client.force_login(leader)
    assert client.get(reverse("subsidies:continuity_edit", args=[other.pk])).status_code == 404
    bundle = client.get(reverse("subsidies:decision_bundle", args=[drafted.pk]))
    assert page in bundle.content.decode()
    assert "Voorleggen voor toets" not in bundle.content.decode()
    assert client.post(page, {"applies": "yes", "motivation": "x"}).status_code == 422

    answer = client.post(page, {"applies": "no", "motivation": "Andere activiteiten."}, follow=True)

    assert "Andere activiteiten." in answer.content.decode()
    assert not ContinuityAssessment.objects.get().is_open


@pytest.mark.usefixtures("spring")
def test_the_warning_stands_where_one_decides(client, leader):
    round_ = advised_round(**SCARCE)
    last = round_.applications.order_by("number").last()
    granted_before(last.ikc, 2023, 2024, 2025)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    client.force_login(leader)
    places = (
        last.get_absolute_url(),
        run.get_absolute_url(),
        reverse("subsidies:scenario_list", args=[round_.pk]),
        reverse("subsidies:allocation_explain", args=[round_.pk, run.pk, last.pk]),
    )
    said = [client.get(place).content.decode() for place in places]
    assert "subsidie in 2023, 2024 en 2025" in said[0]
    assert "drie of meer jaar achter elkaar subsidie" in said[1]
    assert "van 2023 tot en met 2025" in said[3]
    allocations.run_scenario(
        round_,
        allocations.WhatIf("Meer geld", Decimal(30_000), "tender", "partial"),
        by=leader,
        at=ADVISED_AT,
    )
    assert "Kreeg drie of meer jaar subsidie" in client.get(places[2]).content.decode()
    client.force_login(last.created_by)
    assert "artikel 4:51" not in client.get(places[0]).content.decode()


def test_who_may_judge(drafted, leader):
    decision = refusal_of(drafted)
    people = {
        role: UserFactory(**{role: True})
        for role in ("project_leader", "signer", "secretary", "auditor", "director", "admin")
    }
    for state in DecisionState.values:
        decision.state = state
        may = {
            role
            for role, user in people.items()
            if user.has_perm("subsidies.judge_continuity", decision)
        }
        assert may == ({"project_leader"} if state == "draft" else set())


def test_a_round_in_which_everybody_gets_all_asks_nothing():
    round_ = drafted_round(applications=1)
    granted_before(round_.applications.get().ikc, 2023, 2024, 2025)
    assert not ContinuityAssessment.objects.exists()
