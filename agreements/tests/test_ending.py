"""Looking back each year, giving notice, and the end (domain reference 5.4, T-RA-05)."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from agreements.models import AgreementVersion, AnnualEvaluation, Termination
from agreements.services import ending
from agreements.services.refusals import NotMandated
from agreements.tests.factories import AgreementFactory, signer_of, version_of
from ikc.services import plus
from ikc.states import ConditionOutcome
from ikc.tests.factories import UserFactory
from kvk2.core.models import OutgoingMail

pytestmark = pytest.mark.django_db
GIVEN_AT = datetime(2024, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def in_force() -> AgreementVersion:
    return version_of(AgreementFactory(in_force=True))


def notice_of(version: AgreementVersion) -> Termination:
    party = version.parties.in_order()[1]
    return ending.give_notice(party, reason="Het gaat anders.", by=signer_of(party), at=GIVEN_AT)


@pytest.mark.parametrize(
    ("given_on", "months", "ends_on"),
    [
        (date(2026, 2, 1), 6, date(2026, 8, 1)),
        (date(2026, 2, 2), 6, date(2027, 8, 1)),
        (date(2026, 12, 31), 6, date(2027, 8, 1)),
        (date(2026, 8, 1), 12, date(2027, 8, 1)),
        (date(2026, 8, 2), 12, date(2028, 8, 1)),
        (date(2026, 7, 1), 1, date(2026, 8, 1)),
    ],
)
def test_an_agreement_ends_on_the_first_august_after_the_term(given_on, months, ends_on):
    assert ending.end_after_notice(given_on, months=months) == ends_on


def test_a_party_gives_notice_and_the_agreement_holds_until_the_day(in_force):
    party, leader = in_force.parties.in_order()[1], UserFactory(project_leader=True)
    with pytest.raises(NotMandated):
        ending.give_notice(party, reason="x", by=leader, at=GIVEN_AT)

    notice = notice_of(in_force)

    assert notice.ends_on == date(2025, 8, 1)
    assert OutgoingMail.objects.filter(subject__startswith="Opgezegd").exists()
    with pytest.raises(ending.NoticeGiven):
        notice_of(in_force)
    assert ending.end_agreements(at=datetime(2025, 7, 31, 9, tzinfo=UTC)) == 0
    assert ending.end_agreements(at=datetime(2025, 8, 1, 3, tzinfo=UTC)) == 1
    assert ending.end_agreements(at=datetime(2025, 8, 1, 3, tzinfo=UTC)) == 0
    in_force.refresh_from_db()
    assert in_force.state == "terminated"


def test_t_ra_05_in_force_meets_p04_and_terminated_does_not():
    version = version_of(AgreementFactory(offered=True))
    leader, ikc = UserFactory(project_leader=True), version.agreement.ikc
    status = ikc.plus_statuses.order_by("-pk").first()
    if status is None:
        status = plus.nominate(ikc, source="programma", by=leader, at=GIVEN_AT)
    settled: list[tuple[str, str]] = []
    original = ending.settle_condition
    from agreements.services import signing  # noqa: PLC0415 - both call it by their own name
    from agreements.tests.factories import sign_all  # noqa: PLC0415

    def noted(of_ikc, code, outcome, note, **deed):
        settled.append((code, outcome))
        original(of_ikc, code, outcome, note, **deed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing, "settle_condition", noted)
        patch.setattr(ending, "settle_condition", noted)
        sign_all(version)
        version.refresh_from_db()
        notice_of(version)
        ending.end_agreements(at=datetime(2025, 8, 1, 3, tzinfo=UTC))

    assert settled == [("P04", ConditionOutcome.MET), ("P04", ConditionOutcome.NOT_MET)]


def test_there_is_one_evaluation_a_calendar_year_and_the_last_completes(in_force):
    leader = UserFactory(project_leader=True)

    def evaluate(year, *, final=False):
        return ending.evaluate(
            in_force.agreement,
            year=year,
            outcome="on_track",
            text="Het gaat goed.",
            held_on=date(2022, 12, 1),
            is_final=final,
            by=leader,
            at=datetime(2029, 1, 10, 9, tzinfo=UTC),
        )

    assert evaluate(2022).badge == "success"
    with pytest.raises(ending.AlreadyEvaluated):
        evaluate(2022)
    with pytest.raises(ending.NotInForce):
        evaluate(2021)
    after = datetime(2029, 1, 2, 9, tzinfo=UTC)
    assert ending.end_agreements(at=after) == 0  # no final evaluation yet
    evaluate(2028, final=True)
    assert ending.end_agreements(at=after) == 1
    in_force.refresh_from_db()
    assert in_force.state == "completed"


def refuses(match: str, sql: str) -> None:
    with (
        pytest.raises(DatabaseError, match=match),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_the_database_keeps_what_was_written_about_the_end(in_force):
    state = "UPDATE agreements_agreementversion SET state = '{}'"
    refuses("written down why", state.format("terminated"))
    refuses("written down why", state.format("completed"))
    party = in_force.parties.in_order()[0]
    values = {
        "version": in_force,
        "party": party,
        "reason": "x",
        "given_by": signer_of(party),
        "name": "X",
        "given_at": GIVEN_AT,
    }
    for ends_on, name in (
        (date(2024, 8, 1), "the notice term is too short"),
        (date(2029, 8, 1), "the notice term is too short"),
        (date(2025, 9, 1), "on_the_first_of_august"),
    ):
        with pytest.raises(DatabaseError, match=name), transaction.atomic():
            Termination.objects.create(ends_on=ends_on, **values)
    notice_of(in_force)
    refuses("stays", "DELETE FROM agreements_termination")
    AnnualEvaluation.objects.create(
        agreement=in_force.agreement,
        year=2024,
        outcome="concern",
        text="x",
        held_on=date(2024, 12, 1),
        written_by=values["given_by"],
        written_at=GIVEN_AT,
    )
    refuses("stays", "UPDATE agreements_annualevaluation SET outcome = 'on_track'")
