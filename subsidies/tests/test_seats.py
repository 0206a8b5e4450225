"""Seats of the commission: terms, functions, the role that follows, the chair and the deputy, the rules."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from ikc.models import RoleAssignment
from ikc.roles import Role
from ikc.services import accounts
from ikc.tests.factories import OrganisationFactory, UserFactory, give_role
from kvk2.core.models import AuditEvent
from subsidies.models import CommissionMember, CommissionSettings
from subsidies.services import commission, seats
from subsidies.services.scorers import members_who_may_score
from subsidies.services.seats import SeatRefused, may_chair
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    CommissionMemberFactory,
    admitted,
    assessing_round,
    declared_member,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
FROM, UNTIL = date(2026, 1, 1), date(2029, 12, 31)
Function = CommissionMember.Function


@pytest.fixture
def admin():
    return UserFactory(admin=True)


def appoint(admin, user=None, *, at=AT, **fields):
    fields = {
        "organisation": OrganisationFactory(other=True),
        "function": "member",
        "valid_from": FROM,
        "valid_until": UNTIL,
        "decision_number": "B&W 2026-10",
        "decided_on": date(2026, 1, 6),
        "sits_in_council": False,
        **fields,
    }
    return seats.appoint_member(user or UserFactory(), **fields, by=admin, at=at)


@pytest.mark.parametrize(
    ("function", "role"),
    [
        ("member", Role.COMMISSION_MEMBER),
        ("chair", Role.COMMISSION_SECRETARY),
        ("deputy_chair", Role.COMMISSION_SECRETARY),
        ("secretary", Role.COMMISSION_SECRETARY),
    ],
)
def test_a_seat_brings_its_role_for_its_term(admin, function, role):
    seat = appoint(admin, function=function)

    held = RoleAssignment.objects.get(user=seat.user)
    assert (held.role, held.valid_from, held.valid_until) == (role, FROM, UNTIL)
    assert seat.assignment == held
    assert AuditEvent.objects.filter(verb="seat_given", actor=admin).count() == 1


def test_renewing_and_ending_a_seat_moves_its_role_along(admin):
    seat = appoint(admin)
    later = {"decision_number": "B&W 2029-1", "decided_on": date(2026, 4, 1), "by": admin, "at": AT}

    seat = seats.renew_seat(seat, valid_until=date(2031, 12, 31), **later)
    assert (seat.valid_until, seat.assignment.valid_until) == (date(2031, 12, 31),) * 2
    with pytest.raises(SeatRefused, match="loopt al tot"):
        seats.renew_seat(seat, valid_until=date(2030, 1, 1), **later)

    seat = seats.end_seat(seat, last_day=AT.date(), by=admin, at=AT)
    assert (seat.valid_until, seat.assignment.valid_until) == (AT.date(),) * 2
    with pytest.raises(SeatRefused, match="al afgelopen"):
        seats.end_seat(seat, last_day=AT.date(), by=admin, at=AT + timedelta(days=2))
    told = AuditEvent.objects.filter(verb__startswith="seat_").order_by("pk")
    assert [event.verb for event in told] == ["seat_given", "seat_renewed", "seat_ended"]
    assert "B&W 2029-1" in told[1].reason


def test_the_role_of_a_seat_is_not_given_or_ended_without_the_seat(admin):
    seat = appoint(admin)
    today = AT.date()

    with pytest.raises(accounts.RoleRefused, match="Benoem"):
        accounts.give_role(
            UserFactory(), Role.COMMISSION_MEMBER, organisation=seat.organisation,
            valid_from=FROM, by=admin, at=AT,
        )  # fmt: skip
    with pytest.raises(accounts.RoleRefused, match="Beëindig de zetel"):
        accounts.end_role(seat.assignment, last_day=today, by=admin, at=AT, today=today)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"sits_in_council": True}, "raadslid"),  # C9
        ({"decision_number": " "}, "nummer van het collegebesluit"),
        ({"decided_on": date(2027, 1, 1)}, "toekomst"),
        ({"valid_until": date(2025, 1, 1)}, "vóór de begindatum"),
    ],
)
def test_an_appointment_that_can_not_be_is_refused(admin, fields, sentence):
    with pytest.raises(SeatRefused, match=sentence):
        appoint(admin, **fields)
    assert not CommissionMember.objects.exists()
    assert not RoleAssignment.objects.filter(role__startswith="commission").exists()


def test_a_project_leader_can_not_sit_in_the_commission(admin):
    leader = UserFactory(project_leader=True)
    with pytest.raises(accounts.RoleRefused, match="projectleider"):
        appoint(admin, leader)
    assert not CommissionMember.objects.exists()


def test_one_chair_at_a_time_and_one_seat_per_person(admin):
    chair = appoint(admin, function="chair")
    with pytest.raises(SeatRefused, match=f"{chair.user} al voorzitter"):
        appoint(admin, function="chair")
    with pytest.raises(SeatRefused, match="al in de commissie"):
        appoint(admin, chair.user)
    appoint(admin, function="chair", valid_from=date(2030, 1, 1), valid_until=None)

    for name, fields in (
        ("member_one_chair_at_a_time", {"function": "chair", "user": UserFactory()}),
        ("member_one_seat_at_a_time", {"function": "member", "user": chair.user}),
        ("member_function_is_known", {"function": "mascot", "user": UserFactory()}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            CommissionMember.objects.create(
                organisation=chair.organisation, valid_from=date(2027, 1, 1), **fields
            )


def test_the_deputy_leads_when_the_chair_has_an_interest():
    round_ = assessing_round(applications=2, members=0)
    first, second = round_.applications.order_by("number")
    secretary = UserFactory(secretary=True)
    assert may_chair(secretary, first.pk)
    chair = CommissionMemberFactory(
        function="chair", organisation=first.board, user=UserFactory(secretary=True)
    )
    deputy = CommissionMemberFactory(
        function="deputy_chair", organisation=OrganisationFactory(other=True),
        user=UserFactory(secretary=True),
    )  # fmt: skip
    other = CommissionMemberFactory()

    def leads(application):
        return [may_chair(seat.user, application.pk) for seat in (chair, deputy, other)]

    assert leads(first) == [False, True, False]
    assert leads(second) == [True, False, False]
    assert not may_chair(secretary, first.pk)


def test_the_secretary_sits_there_but_does_not_score():
    round_ = assessing_round(applications=1, members=1)
    CommissionMemberFactory(function="secretary", user=UserFactory(secretary=True))
    today = ASSESSED_AT.date()

    assert len(commission.standings(round_, day=today)) == 1
    assert members_who_may_score(round_, today)[:2] == (1, 1)


def test_a_director_of_an_applicant_scores_nothing_in_that_round_by_whatever_method():
    round_ = assessing_round(applications=1, members=0, allocation_method="first_come")
    own = admitted(round_)
    member = declared_member(round_)
    give_role(member.user, Role.IKC_DIRECTOR, ikc=own.ikc)

    standing = commission.standings(round_, day=ASSESSED_AT.date())[0]
    other = round_.applications.exclude(pk=own.pk).get()
    assert not standing.may_score
    with pytest.raises(commission.ConflictOfInterest, match="directeur"):
        commission.assign_reviewers(other, [member], why=commission.Why(), by=None, at=ASSESSED_AT)


def test_the_look_back_is_a_rule_of_the_commission_and_not_of_the_code(admin):
    round_ = assessing_round(applications=1, members=0)
    application = round_.applications.get()
    today = timezone.localdate()
    old = CommissionMemberFactory(
        user=UserFactory(member=True), organisation=application.board,
        valid_from=date(2015, 1, 1), valid_until=today - timedelta(days=4 * 365),
    )  # fmt: skip
    now = CommissionMemberFactory(user=old.user, organisation=OrganisationFactory(other=True))

    def conflicts():
        return len(commission.interests_in_round([now.user], round_)[now.user_id])

    assert conflicts() == 0
    seats.change_settings(
        quorum=4, public_meetings=False, look_back_years=5, keep_interests_years=3,
        decision_number="B&W 2026-20", decided_on=date(2026, 4, 1), by=admin, at=AT,
    )  # fmt: skip
    assert conflicts() == 1
    assert CommissionSettings.current().quorum == 4
    for name, fields in (
        ("commission_settings_one_row", {"pk": 2}),
        ("commission_settings_in_reach", {"pk": 1, "quorum": 0}),
    ):
        CommissionSettings.objects.all().delete()
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            CommissionSettings.objects.create(**fields)


# --- the pages


def test_the_administrator_appoints_renews_and_ends_on_the_page(client, admin):
    person, place = UserFactory(), OrganisationFactory(other=True)
    client.force_login(admin)
    data = {
        "user": person.pk, "function": "chair", "organisation": place.pk,
        "sits_in_council": "ja", "valid_from": "1-1-2026", "valid_until": "31-12-2099",
        "decision_number": "B&W 1", "decided_on": "1-1-2026",
    }  # fmt: skip
    refused = client.post(reverse("subsidies:seat_add"), data)
    assert refused.status_code == 422
    assert "raadslid" in refused.content.decode()

    data["sits_in_council"] = "nee"
    client.post(reverse("subsidies:seat_add"), data)
    seat = CommissionMember.objects.get()
    page = client.get(reverse("subsidies:commission_seats")).content.decode()
    assert person.full_name in page
    assert "voorzitter" in page

    renew = reverse("subsidies:seat_renew", args=[seat.pk])
    decided = {"decision_number": "B&W 2", "decided_on": "2-1-2026"}
    assert client.post(renew, {"valid_until": "1-1-2027", **decided}).status_code == 422
    assert client.post(renew, decided).status_code == 302  # without an end
    client.post(
        reverse("subsidies:seat_end", args=[seat.pk]),
        {"last_day": timezone.localdate().strftime("%d-%m-%Y")},
    )
    seat.refresh_from_db()
    assert seat.valid_until == timezone.localdate()
    assert person.assignments.get().valid_until == timezone.localdate()

    rules = {
        "quorum": "0",
        "public_meetings": "nee",
        "look_back_years": "4",
        "advice_in_meeting": "nee",
        **decided,
    }
    rules["keep_interests_years"] = "3"
    assert client.post(reverse("subsidies:commission_settings"), rules).status_code == 422
    client.post(reverse("subsidies:commission_settings"), {**rules, "quorum": "5"})
    assert CommissionSettings.current().look_back_years == 4
    assert not CommissionSettings.current().advice_in_meeting


SEES = {"project_leader", "signer", "auditor", "member", "secretary", "admin"}


@pytest.mark.parametrize(
    "role", [*sorted(SEES), "director", "school_board", "childcare_board", "researcher", "development_group"]
)  # fmt: skip
def test_who_sees_and_who_keeps_the_seats(client, role):
    seat = CommissionMemberFactory()
    client.force_login(UserFactory(**{role: True}))
    assert client.get(reverse("subsidies:commission_seats")).status_code == (
        200 if role in SEES else 403
    )
    keeping = [
        reverse("subsidies:seat_add"),
        reverse("subsidies:commission_settings"),
        reverse("subsidies:seat_renew", args=[seat.pk]),
        reverse("subsidies:seat_end", args=[seat.pk]),
    ]
    wanted = 200 if role == "admin" else 403
    assert {client.get(address).status_code for address in keeping} == {wanted}


@pytest.mark.parametrize("members", [1, 3])
def test_the_page_of_the_commission_costs_the_same_for_one_seat_and_for_three(
    client, members, django_assert_max_num_queries
):
    assessing_round(applications=1, members=members)
    client.force_login(UserFactory(project_leader=True))
    with django_assert_max_num_queries(14):
        assert client.get(reverse("subsidies:commission_seats")).status_code == 200
