"""The register of interests: versions, who reads it, the download, and the day on which it is wiped."""

import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from django.urls import reverse

from ikc.roles import Role
from ikc.tests.factories import IkcPartnerFactory, OrganisationFactory, UserFactory, give_role
from kvk2.core.models import AuditEvent
from subsidies.models import CommissionMember, DeclarationVersion, InterestDeclaration
from subsidies.services import commission
from subsidies.services.register import delete_old_interests
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    CommissionMemberFactory,
    assessing_round,
    declared_member,
)
from subsidies.tests.test_documents import words

pytestmark = pytest.mark.django_db
NOTE = "=Mijn zus werkt bij dit IKC"


@pytest.fixture
def register(client):
    def read(user, round_, **extra):
        client.force_login(user)
        return client.get(reverse("subsidies:interest_register"), {"ronde": round_.pk, **extra})

    return read


def redeclared():
    """A round with a member who declared an interest in an IKC and later one less, and a colleague."""
    round_ = assessing_round(applications=1, members=1)
    ikc = round_.applications.get().ikc
    member = CommissionMemberFactory()
    first = {"ikcs": [ikc], "note": NOTE, "by": member.user, "at": ASSESSED_AT}
    commission.declare_interests(member, round_, **first)
    commission.declare_interests(member, round_, by=member.user, at=ASSESSED_AT + timedelta(days=1))
    return round_, member, ikc


def test_a_new_declaration_counts_and_the_old_one_stays_to_be_read(register):
    round_, member, ikc = redeclared()

    assert InterestDeclaration.objects.get(member=member).ikcs.count() == 0
    assert DeclarationVersion.objects.filter(member=member).count() == 2
    page = register(UserFactory(secretary=True), round_).content.decode()
    assert "1 eerdere opgave" in page
    assert f"Persoonlijk belang bij {ikc.name}" in page


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("project_leader", "all"),
        ("signer", "all"),
        ("auditor", "all"),
        ("secretary", "all"),
        ("member", "own"),
        ("admin", "none"),
        ("director", "none"),
        ("school_board", "none"),
        ("childcare_board", "none"),
        ("researcher", "none"),
        ("development_group", "none"),
    ],
)
def test_who_reads_the_register(register, role, sees):
    round_, member, _ = redeclared()
    response = register(UserFactory(**{role: True}), round_)

    assert response.status_code == (403 if sees == "none" else 200)
    assert (member.user.full_name in response.content.decode()) == (sees == "all")
    if role == "member":
        assert NOTE.lstrip("=") in register(member.user, round_).content.decode()


def test_ties_follow_from_data_up_to_the_ikc(register):
    round_ = assessing_round(applications=1, members=0)
    ikc = round_.applications.get().ikc
    sinne = OrganisationFactory(childcare=True, name="Sinne Kinderopvang")
    IkcPartnerFactory(ikc=ikc, organisation=sinne)
    member = declared_member(round_)
    give_role(member.user, Role.CHILDCARE_BOARD, organisation=sinne)

    page = register(UserFactory(auditor=True), round_).content.decode()
    assert "Sinne Kinderopvang (kinderopvangorganisatie, als vertegenwoordiger" in page
    assert ikc.name in page


def test_taking_out_the_register_is_written_down_and_carries_no_formula(register):
    round_, member, _ = redeclared()
    leader = UserFactory(project_leader=True)

    rows = register(leader, round_, export="csv").content.decode("utf-8-sig").splitlines()

    assert len([row for row in rows if row.startswith(member.user.full_name)]) == 2
    assert any(f";'{NOTE}" in row for row in rows)
    event = AuditEvent.objects.get(verb="interests_downloaded")
    assert (event.actor, event.object_id, event.data) == (leader, round_.pk, {"whole": True})

    file = b"".join(register(leader, round_, export="xlsx").streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(file))["Belangenregister"]
    told = [cell for row in sheet.iter_rows() for cell in row if cell.value == NOTE]
    assert [cell.data_type for cell in told] == ["s"]
    assert AuditEvent.objects.filter(verb="interests_downloaded").count() == 2


def test_the_register_is_a_document_for_who_may_see_it(register):
    round_, member, _ = redeclared()
    leader = UserFactory(project_leader=True)

    whole = words(register(leader, round_, export="pdf").content)
    own = words(register(member.user, round_, export="pdf").content)

    assert "Overzicht van belangen" in whole
    assert "Belangenverklaring" in own
    assert NOTE in whole
    assert NOTE in own
    others = {
        row.member.user.full_name for row in DeclarationVersion.objects.exclude(member=member)
    }
    assert others
    for name in others:
        assert name in whole
        assert name not in own
    event = AuditEvent.objects.filter(verb="interests_downloaded").latest("pk")
    assert (event.actor, event.data) == (member.user, {"whole": False})


def test_another_or_a_hidden_round_is_not_found(register):
    round_, member, _ = redeclared()
    round_.pk = 999_999
    assert register(member.user, round_).status_code == 404


def test_what_was_declared_is_wiped_three_years_after_the_membership():
    _, member, _ = redeclared()
    CommissionMember.objects.filter(pk=member.pk).update(valid_until=date(2026, 6, 30))
    others = DeclarationVersion.objects.exclude(member=member).count()

    assert delete_old_interests(at=datetime(2029, 6, 30, 9, tzinfo=UTC)) == 0
    assert delete_old_interests(at=datetime(2029, 7, 1, 9, tzinfo=UTC)) == 1
    assert delete_old_interests(at=datetime(2029, 7, 2, 9, tzinfo=UTC)) == 0

    assert not InterestDeclaration.objects.filter(member=member).exists()
    assert DeclarationVersion.objects.count() == others > 0
    event = AuditEvent.objects.get(verb="interests_deleted")
    assert (event.actor, event.reason, event.data) == (None, "", {})


def test_who_sits_again_keeps_what_was_declared():
    _, member, _ = redeclared()
    CommissionMember.objects.filter(pk=member.pk).update(valid_until=date(2026, 6, 30))
    CommissionMemberFactory(user=member.user, valid_from=date(2027, 1, 1))

    assert delete_old_interests(at=datetime(2035, 1, 1, tzinfo=UTC)) == 0


@pytest.mark.parametrize("members", [1, 3])
def test_the_register_costs_the_same_for_one_member_and_for_three(
    register, members, django_assert_max_num_queries
):
    round_ = assessing_round(applications=1, members=members)
    reader = UserFactory(project_leader=True)
    with django_assert_max_num_queries(32):
        assert register(reader, round_).status_code == 200
