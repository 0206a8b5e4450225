"""The status Plus from candidate to decision (domain reference 5.1 and 5.2, T-PL-01, T-PL-03 to T-PL-05)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from ikc.models import PlusCondition, PlusEvidence, PlusStatus
from ikc.plus import granted_period, review_years
from ikc.services import plus
from ikc.services.plus_record import PlusRefused
from ikc.states import ConditionOutcome, PlusState
from ikc.tests.factories import (
    IkcFactory,
    IkcPartnerFactory,
    OrganisationFactory,
    PlusStatusFactory,
    UserFactory,
)
from ikc.tests.plus_cases import (
    AT,
    DISCUSSED,
    END_OF_PROGRAMME,
    PROGRAMME,
    being_checked,
    discuss,
    granted,
    meet,
    proposed,
)
from kvk2.core.audit import events_of
from kvk2.core.tests.uploads import picture
from kvk2.core.uploads import FileRefused
from kvk2.core.workflow import TransitionNotAllowed

pytestmark = pytest.mark.django_db
PARTLY, MET = ConditionOutcome.PARTLY, ConditionOutcome.MET


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def signer():
    return UserFactory(signer=True)


def grant(status, by, valid_from=date(2026, 6, 1)):
    return plus.grant(status, valid_from=valid_from, programme=PROGRAMME, by=by, at=AT)


def test_t_pl_01_four_years_with_a_review_every_second_year():
    period = granted_period(date(2022, 1, 1), END_OF_PROGRAMME)

    assert period == (date(2022, 1, 1), date(2025, 12, 31))
    assert review_years(*period, areas_decided_in=2021) == [2023, 2025]
    assert granted_period(date(2024, 2, 29), END_OF_PROGRAMME)[1] == date(2028, 2, 28)


def test_t_pl_03_an_ikc_outside_the_areas_is_no_candidate(leader):
    with pytest.raises(plus.NotInAttentionArea):
        plus.nominate(IkcFactory(), source="brief", by=leader, at=AT)
    ikc = IkcFactory(in_area=True)
    ikc.attention_area.valid_until = AT.date() - timedelta(days=1)
    ikc.attention_area.save()
    with pytest.raises(plus.NotInAttentionArea):
        plus.nominate(ikc, source="brief", by=leader, at=AT)
    assert not PlusStatus.objects.exists()


def test_t_pl_04_a_second_period_ends_with_the_programme():
    assert granted_period(date(2026, 1, 1), END_OF_PROGRAMME)[1] == END_OF_PROGRAMME


@pytest.mark.parametrize("day", [date(2020, 12, 31), date(2029, 1, 1)])
def test_no_status_begins_outside_the_programme(leader, signer, day):
    status = proposed(leader)

    with pytest.raises(PlusRefused, match="van 1-1-2021 tot en met 31-12-2028"):
        grant(status, signer, valid_from=day)
    status.refresh_from_db()
    assert (status.state, status.valid_from) == (PlusState.PROPOSED, None)


def test_t_pl_05_a_condition_partly_met_needs_an_exception_of_the_college(leader, signer):
    status = being_checked(leader)
    meet(status, leader, but=("P07",))
    with pytest.raises(PlusRefused, match="bestuurlijk overleg"):
        plus.propose(status, by=leader, at=AT)
    discuss(status)
    condition = status.conditions.get(code="P07")
    with pytest.raises(plus.ConditionsNotMet, match="P07"):
        plus.propose(status, by=leader, at=AT)
    with pytest.raises(PlusRefused, match="ontbreekt"):
        plus.assess(condition, outcome=PARTLY, note=" ", by=leader, at=AT)
    plus.assess(condition, outcome=PARTLY, note="De opvang zit nog apart.", by=leader, at=AT)
    status = plus.propose(status, by=leader, at=AT)

    with pytest.raises(plus.ConditionsNotMet, match="P07"):
        grant(status, signer)
    for refused in ({"reason": ""}, {"decided_on": date(2027, 1, 1)}):
        with pytest.raises(PlusRefused):
            plus.make_exception(
                condition, **{"reason": "Tijdelijk.", "decided_on": DISCUSSED, **refused},
                by=signer, at=AT,
            )  # fmt: skip
    plus.make_exception(condition, reason="Tijdelijk.", decided_on=DISCUSSED, by=signer, at=AT)
    status = grant(status, signer)

    assert (status.state, status.valid_until) == (PlusState.GRANTED, END_OF_PROGRAMME)
    assert events_of(status.ikc).first().verb == "ikc.plus_granted"


def test_who_has_no_exception_for_what_is_met(leader, signer):
    status = being_checked(leader)
    for code in ("P00", "P01"):
        with pytest.raises(PlusRefused, match="deels"):
            plus.make_exception(
                status.conditions.get(code=code), reason="x", decided_on=DISCUSSED,
                by=signer, at=AT,
            )  # fmt: skip


def test_one_way_at_a_time_and_not_for_a_closed_ikc(leader):
    status = being_checked(leader)
    with pytest.raises(PlusRefused, match="al kandidaat"):
        plus.nominate(status.ikc, source="brief", by=leader, at=AT)
    with pytest.raises(PlusRefused, match="gesloten"):
        plus.nominate(
            IkcFactory(in_area=True, closed_on=date(2025, 8, 1)), source="brief", by=leader, at=AT
        )
    with pytest.raises(PlusRefused, match="uit volgt"):
        plus.nominate(IkcFactory(in_area=True), source=" ", by=leader, at=AT)


def test_a_candidate_of_the_register_gets_its_conditions_with_the_check(leader):
    ikc = IkcFactory(in_area=True)
    status = PlusStatusFactory(ikc=ikc, state="candidate", valid_from=None, valid_until=None)

    status = plus.check(status, by=leader, at=AT)

    assert status.nominated_by == leader
    assert status.conditions.count() == 12
    assert status.conditions.get(code="P00").outcome == MET
    with pytest.raises(PlusRefused, match="register"):
        plus.assess(status.conditions.get(code="P00"), outcome=MET, note="", by=leader, at=AT)


def test_the_director_supplies_and_the_parties_confirm(leader):
    status = being_checked(leader)
    partner = IkcPartnerFactory(ikc=status.ikc)
    condition = status.conditions.get(code="P01")
    director = UserFactory(director=True, ikc=status.ikc)

    def supply(text="", file=None):
        return plus.supply_evidence(condition, text=text, file=file, by=director, at=AT)

    assert supply("Visie op www.voorbeeld.nl").condition == condition
    assert supply(file=plus.NewFile("visie.png", picture())).stored.scan_state == "pending"
    with pytest.raises(PlusRefused, match="Voeg een bestand toe"):
        supply(" ")
    with pytest.raises(FileRefused):
        supply(file=plus.NewFile("visie.exe", b"MZ"))

    def confirm(organisation):
        return plus.confirm(status, organisation, by=UserFactory(), at=AT)

    assert confirm(status.ikc.board).organisation == status.ikc.board
    with pytest.raises(PlusRefused, match="al"):
        confirm(status.ikc.board)
    meet(status, leader)
    plus.propose(discuss(status), by=leader, at=AT)
    assert confirm(partner.organisation).organisation == partner.organisation
    with pytest.raises(PlusRefused, match="getoetst"):
        supply("Te laat")
    with pytest.raises(PlusRefused, match="staan vast"):
        plus.assess(condition, outcome=MET, note="", by=leader, at=AT)
    plus.return_to_check(status, reason="Te weinig draagvlak.", by=leader, at=AT)
    plus.refuse(status, reason="Te weinig draagvlak.", by=leader, at=AT)
    with pytest.raises(PlusRefused, match="niet over het predicaat is besloten"):
        confirm(OrganisationFactory())


def test_the_college_sends_it_back_or_refuses_with_reasons(leader, signer):
    status = proposed(leader)
    with pytest.raises(TransitionNotAllowed):
        plus.refuse(status, reason="Te weinig bewijs.", by=signer, at=AT)
    with pytest.raises(PlusRefused):
        plus.return_to_check(status, reason="", by=signer, at=AT)
    status = plus.return_to_check(status, reason="Kijk nog eens naar P02.", by=signer, at=AT)
    assert status.discussed_on is None
    with pytest.raises(PlusRefused):
        plus.refuse(status, reason=" ", by=signer, at=AT)
    status = plus.refuse(status, reason="Te weinig bewijs.", by=signer, at=AT)
    assert status.state == PlusState.REFUSED
    with pytest.raises(TransitionNotAllowed):
        plus.check(status, by=leader, at=AT)


def test_a_period_that_is_taken_is_refused(leader, signer):
    status = proposed(leader)
    PlusStatusFactory(ikc=status.ikc)
    with pytest.raises(PlusRefused, match="31 december 2028"):
        grant(status, signer)
    status.ikc.attention_area.valid_until = DISCUSSED
    status.ikc.attention_area.save()
    with pytest.raises(plus.NotInAttentionArea):
        grant(status, signer)


def refused_by_database(name, sql, *params):
    with (
        pytest.raises(IntegrityError, match=name),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, params)


def test_the_database_refuses_a_period_that_cannot_be(leader):
    status = PlusStatusFactory()
    insert = (
        "INSERT INTO ikc_plusstatus (ikc_id, state, valid_from, valid_until, source, refusal) "
        "VALUES (%s, %s, %s, %s, 'x', '')"
    )
    refused_by_database("granted_has_period", insert, IkcFactory().pk, "granted", None, None)
    refused_by_database(
        "four_years_at_most", insert, IkcFactory().pk, "granted", "2022-01-01", "2026-01-01"
    )
    for state in ("granted", "continued", "under_recalibration", "adjusted", "ended"):
        refused_by_database(
            "granted_once_at_a_time", insert, status.ikc_id, state, "2028-01-01", "2029-12-31"
        )
    refused_by_database(
        "period_stays",
        "UPDATE ikc_plusstatus SET valid_until = '2027-01-01' WHERE id = %s", status.pk,
    )  # fmt: skip
    being = being_checked(leader)
    refused_by_database("one_on_the_way", insert, being.ikc_id, "candidate", None, None)


def test_the_database_refuses_a_step_outside_the_table_and_a_grant_on_too_little(leader):
    move = "UPDATE ikc_plusstatus SET state = %s, valid_from = '2026-06-01', valid_until = '2026-12-31' WHERE id = %s"
    status = being_checked(leader)
    refused_by_database("plus_status_workflow", move, "granted", status.pk)
    refused_by_database("plus_status_stays", "DELETE FROM ikc_plusstatus WHERE id = %s", status.pk)
    meet(status, leader, but=("P07",))
    discuss(status)
    for outcome in (ConditionOutcome.NOT_MET, PARTLY):
        plus.assess(
            status.conditions.get(code="P07"), outcome=outcome, note="nee", by=leader, at=AT
        )
        with transaction.atomic():
            plus.propose(status, by=leader, at=AT)
            refused_by_database("plus_status_conditions", move, "granted", status.pk)
            plus.return_to_check(status, reason="Nog eens.", by=leader, at=AT)


def test_the_database_freezes_what_was_granted_on(leader):
    status = being_checked(leader)
    evidence = plus.supply_evidence(
        status.conditions.get(code="P01"), text="visie", file=None, by=leader, at=AT
    )
    meet(status, leader)
    status = plus.propose(discuss(status), by=leader, at=AT)
    row = PlusCondition.objects.get(status=status, code="P01")
    for sql in (
        "UPDATE ikc_pluscondition SET outcome = 'not_met', note = 'x' WHERE id = %s",
        "DELETE FROM ikc_pluscondition WHERE id = %s",
    ):
        refused_by_database("plus_condition_frozen", sql, row.pk)
    refused_by_database(
        "plus_evidence_stays", "DELETE FROM ikc_plusevidence WHERE id = %s", evidence.pk
    )
    with pytest.raises(IntegrityError, match="plus_evidence_stays"), transaction.atomic():
        PlusEvidence.objects.create(condition=row, text="x", supplied_by=leader, supplied_at=AT)


def test_a_granted_status_says_when(leader):
    status = granted(leader, valid_from=date(2024, 1, 1))

    assert status.valid_until == date(2027, 12, 31)
    assert PlusStatus.objects.granted().active_on(date(2025, 5, 1)).get() == status
