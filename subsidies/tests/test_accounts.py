"""Accounting for a grant: by the clock, by the recipient, by the municipality; and what may never be (domain reference 3.8)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.account_differences import asks_why
from subsidies.models import (
    AccountabilityReport,
    AccountReminder,
    ActivityResult,
    ActualLine,
    DutyVerdict,
    Letter,
)
from subsidies.services import account_checks, account_reminders, accounts, letters
from subsidies.services.account_checks import CheckIncomplete, TermInvalid, Unnecessary, Verdict
from subsidies.services.accounts import (
    AccountChanged,
    AccountFixed,
    AccountIncomplete,
    ActivityAnswer,
    LineAnswer,
)
from subsidies.states_accountability import ACCOUNT_BADGES, AccountState
from subsidies.tasks import keep_accounts
from subsidies.tests.factories import PDF, move
from subsidies.tests.factories_accounts import (
    DUE_ON,
    OVER_AT,
    SIGNED,
    accepted,
    board_of,
    director_of,
    due_reports,
    filled,
    judged,
    submitted,
)
from subsidies.worklist import accountability as worklist

pytestmark = pytest.mark.django_db
ROLES = (
    "project_leader",
    "director",
    "member",
    "secretary",
    "development_group",
    "researcher",
    "signer",
    "school_board",
    "childcare_board",
    "admin",
    "auditor",
)
LEADER = {"project_leader"}
OPEN = {"due", "overdue", "incomplete"}
# verb: who, in which states
MATRIX = {
    "fill_account": ({"own_director", "own_board"}, OPEN),
    "submit_account": ({"own_board"}, OPEN),
    "check_account": (LEADER, {"submitted"}),
    "judge_account": (LEADER, {"checking"}),
    "set_account_term": (LEADER, {"overdue"}),
}
SEES = {"project_leader", "signer", "auditor", "own_director", "own_board"}


@pytest.fixture
def report():
    return due_reports()[0]


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


def at_day(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def test_who_sees_it_and_who_does_what(report):
    people = {role: UserFactory(**{role: True}) for role in ROLES}
    people |= {"own_director": director_of(report), "own_board": board_of(report)}
    for role, user in people.items():
        found = AccountabilityReport.objects.visible_to(user).filter(pk=report.pk).exists()
        assert found == (role in SEES), role
        expected = role in SEES | {"director", "school_board"}
        assert user.has_perm("subsidies.view_accounts") == expected, role
        for verb, (who, when) in MATRIX.items():
            for state in AccountState.values:
                report.state = state
                allowed = user.has_perm(f"subsidies.{verb}", report)
                assert allowed == (role in who and state in when), f"{role} {verb} {state}"
        report.state, report.grant.determined_amount = "due", Decimal(1)
        assert not user.has_perm("subsidies.fill_account", report), "after the determination"
        assert not user.has_perm("subsidies.submit_account", report)
        report.grant.determined_amount = None


def test_it_opens_after_the_period_as_it_was_planned(report):
    grant = report.grant
    grant.refresh_from_db()
    assert (report.state, report.due_on, grant.state) == ("due", DUE_ON, "accounting")
    application = grant.application
    assert {row.activity_id for row in report.results.all()} == set(
        application.activities.values_list("pk", flat=True)
    )
    for line in report.lines.select_related("budget_line"):
        assert line.planned == line.actual == line.budget_line.amount
    assert report.lines.count() == application.budget_lines.count()
    assert report.documents == ["activity_report"]
    assert accounts.start_reports(at=OVER_AT) == accounts.open_due_reports(at=OVER_AT) == 0


@pytest.mark.parametrize(
    ("planned", "actual", "threshold", "asked"),
    [
        (1000, 1000, None, False),
        (1000, 999, None, True),
        (1000, 900, Decimal(10), False),
        (1000, Decimal("899.99"), Decimal(10), True),
        (0, 1, Decimal(50), True),
        (0, 0, None, False),
    ],
)
def test_only_a_difference_above_the_threshold_is_explained(planned, actual, threshold, asked):
    assert asks_why(planned, actual, threshold) is asked


def test_from_the_first_page_to_the_signature(client, report):
    director, board = director_of(report), board_of(report)
    client.force_login(director)
    page = client.get(report.get_absolute_url()).content.decode()
    assert "Begroot en werkelijk" in page
    row, line = report.results.get(), report.lines.order_by("order")[0]
    address = reverse("subsidies:account_activities", args=[report.pk])
    data = {
        "version": "1",
        "summary": "",
        f"outcome_{row.pk}": "partly",
        f"reach_{row.pk}": "12",
        f"explanation_{row.pk}": "",
        "next": "1",
    }
    assert client.post(address, data).status_code == 302
    sign = reverse("subsidies:account_sign", args=[report.pk])
    page = client.get(sign).content.decode()
    assert "Schrijf op wat is bereikt." in page
    assert "Licht toe wat er anders ging" in page
    assert "Voeg toe: verslag van de activiteiten." in page
    # an older tab does not write over a newer one
    assert "intussen bewaard" in client.post(address, data).content.decode()
    data |= {
        "version": "2",
        "summary": "Veel.",
        f"explanation_{row.pk}": "De leerkracht was ziek.",
    }
    assert client.post(address, data).status_code == 302
    address = reverse("subsidies:account_budget", args=[report.pk])
    lines = {f"actual_{one.pk}": str(one.actual).replace(".", ",") for one in report.lines.all()}
    lines |= {f"explanation_{one.pk}": "" for one in report.lines.all()}
    wrong = client.post(address, {**lines, "version": "3", f"actual_{line.pk}": "honderd"})
    assert wrong.status_code == 422
    assert "honderd" in wrong.content.decode()
    answer = client.post(
        address,
        {
            **lines,
            "version": "3",
            f"actual_{line.pk}": "100,10",
            f"explanation_{line.pk}": "Korting.",
        },
    )
    assert answer.status_code == 302
    line.refresh_from_db()
    assert line.actual == Decimal("100.10")
    file = SimpleUploadedFile("verslag.pdf", PDF, content_type="application/pdf")
    address = reverse("subsidies:account_files", args=[report.pk])
    assert client.post(address, {"document": "activity_report", "files": file}).status_code == 302
    # the director fills in, the board signs
    assert "Het schoolbestuur ondertekent" in client.get(sign).content.decode()
    signature = {
        "version": "4",
        "signed_name": "Jan Bestuur",
        "signed_job_title": "bestuurder",
        "declared": "on",
    }
    assert client.post(sign, signature).status_code == 403
    client.force_login(board)
    assert "Ondertekenen en indienen" in client.get(sign).content.decode()
    assert client.post(sign, {**signature, "declared": ""}).status_code == 422
    assert client.post(sign, signature).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.signed_by) == ("submitted", board)
    assert len(report.declarations) == 4
    assert client.post(sign, signature).status_code == 403
    # the copy of everything that was typed
    letter = Letter.objects.get(code="L12O")
    texts = str(letter.context)
    assert "De leerkracht was ziek." in texts
    assert "€ 100,10" in texts
    assert letters.render_letter(letter.pk, at=OVER_AT)
    assert client.get(report.get_absolute_url()).status_code == 200
    stranger = UserFactory(director=True)
    client.force_login(stranger)
    assert client.get(report.get_absolute_url()).status_code == 404


def test_files_are_scanned_and_taken_away(client, report):
    file = accounts.add_files(
        report,
        document="activity_report",
        files=[accounts.NewFile("verslag.pdf", PDF)],
        by=director_of(report),
        at=OVER_AT,
    )[0]
    client.force_login(director_of(report))
    address = reverse("subsidies:account_file", args=[report.pk, file.pk])
    assert client.get(address).status_code == 302
    move(file.stored, scan_state="clean", scanned_at=OVER_AT, scan_due_at=None)
    assert client.get(address).status_code == 200
    away = reverse("subsidies:account_file_remove", args=[report.pk, file.pk])
    assert client.post(away).status_code == 302
    assert not report.files.exists()


def test_the_municipality_checks_completes_and_agrees(client, report, leader):
    report = submitted(report, cut=Decimal(500))
    client.force_login(leader)
    assert client.post(reverse("subsidies:account_check", args=[report.pk])).status_code == 302
    ask = reverse("subsidies:account_ask", args=[report.pk])
    assert client.post(ask, {"asked": "", "due_on": "1-9-2027"}).status_code == 422
    report.refresh_from_db()
    account_checks.request_completion(
        report,
        asked="De namenlijst.\nHet rooster.",
        due_on=date(2027, 8, 20),
        by=leader,
        at=OVER_AT,
    )
    report.refresh_from_db()
    assert report.state == "incomplete"
    assert Letter.objects.get(code="L12A").context["values"]["lines"]["ontbreekt"] == [
        "De namenlijst.",
        "Het rooster.",
    ]
    client.force_login(director_of(report))
    assert "Het rooster." in client.get(report.get_absolute_url()).content.decode()
    report = submitted(report)
    assert report.state == "checking"
    assert report.completions.get().outcome == "completed"
    with pytest.raises(CheckIncomplete):
        account_checks.accept_report(report, by=leader, at=OVER_AT)
    client.force_login(leader)
    address = reverse("subsidies:account_judge", args=[report.pk])
    row = report.results.get()
    data = {f"activity_{row.pk}": "partly", f"activity_note_{row.pk}": "", "assessment": "Goed."}
    assert client.post(address, data).status_code == 422
    data[f"activity_note_{row.pk}"] = "Twee weken minder."
    assert client.post(address, {**data, "accept": "1"}).status_code == 422  # duties are missing
    data |= {f"duty_{duty.pk}": "met" for duty in account_checks.standard_duties(report)}
    assert client.post(address, {**data, "accept": "1"}).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.accepted_by) == ("accepted", leader)
    page = client.get(report.get_absolute_url()).content.decode()
    assert "Twee weken minder." in page
    verbs = set(events_of(report.grant.application).values_list("verb", flat=True))
    assert {"account_submitted", "account_completed", "account_judged", "account_accepted"} <= verbs


def test_a_completion_that_does_not_come_ends_by_itself(report, leader):
    report = account_checks.start_check(submitted(report), by=leader, at=OVER_AT)
    with pytest.raises(TermInvalid):
        account_checks.request_completion(
            report, asked="Iets.", due_on=OVER_AT.date(), by=leader, at=OVER_AT
        )
    request = account_checks.request_completion(
        report, asked="Iets.", due_on=date(2027, 8, 20), by=leader, at=OVER_AT
    )
    assert account_checks.expire_completions(at=at_day(date(2027, 8, 20))) == 0
    assert account_checks.expire_completions(at=at_day(date(2027, 8, 21))) == 1
    request.refresh_from_db()
    report.refresh_from_db()
    assert (request.outcome, report.state) == ("expired", "checking")


def test_reminders_go_out_once_and_late_gets_a_new_term(report, leader):
    early = at_day(DUE_ON - timedelta(weeks=5))
    assert account_reminders.remind(at=early) == 0
    soon = at_day(DUE_ON - timedelta(weeks=3))
    assert account_reminders.remind(at=soon) == 1
    assert account_reminders.remind(at=soon) == 0
    assert account_reminders.remind(at=at_day(DUE_ON)) == 0, "the last day counts"
    late = at_day(DUE_ON + timedelta(days=1))
    assert account_reminders.remind(at=late) == 1
    assert account_reminders.remind(at=late + timedelta(days=1)) == 0
    report.refresh_from_db()
    assert (report.state, report.extra_due_on) == ("overdue", date(2027, 11, 28))
    codes = Letter.objects.filter(code__startswith="L12").order_by("pk")
    assert list(codes.values_list("code", flat=True)) == ["L12", "L12T"]
    tasks = worklist.tasks_for(leader, today=date(2027, 11, 1))
    assert [task.badge for task in tasks] == ["te laat"]
    assert worklist.tasks_for(director_of(report), today=late.date())[0].kind == "danger"
    report = account_checks.set_extra_term(report, due_on=date(2027, 12, 20), by=leader, at=late)
    assert submitted(report, at=late).state == "submitted", "late is not lost"


def test_accounting_after_the_determination_is_refused(report, leader):
    version = report.version
    grant = report.grant
    move(grant, state="determined", determined_amount=grant.amount, determined_on=OVER_AT.date())
    for deed in (
        lambda: accounts.save_lines(report, {}, version=version, by=leader, at=OVER_AT),
        lambda: accounts.submit_report(report, **SIGNED, version=version, by=leader, at=OVER_AT),
    ):
        with pytest.raises(AccountFixed, match="al vastgesteld"):
            deed()
    with pytest.raises(Error, match="account_after_determination"), transaction.atomic():
        move(
            report,
            state="submitted",
            submitted_at=OVER_AT,
            signed_by=leader,
            signed_name="a",
            signed_job_title="b",
            declarations=["c"],
        )


def test_refusals_change_nothing(report, leader):
    director = director_of(report)
    with pytest.raises(AccountIncomplete):
        accounts.submit_report(report, **SIGNED, version=1, by=director, at=OVER_AT)
    report = filled(report)
    with pytest.raises(AccountIncomplete, match="vinkje"):
        accounts.submit_report(
            report,
            **(SIGNED | {"declared": False}),
            version=report.version,
            by=director,
            at=OVER_AT,
        )
    with pytest.raises(AccountChanged):
        accounts.submit_report(report, **SIGNED, version=1, by=director, at=OVER_AT)
    with pytest.raises(TransitionNotAllowed):
        account_checks.start_check(report, by=leader, at=OVER_AT)
    line = report.lines.order_by("order")[0]
    report = judged(submitted(report))
    with pytest.raises(CheckIncomplete, match="niet meer onnodig"):
        account_checks.judge_report(
            report,
            activities={},
            duties={},
            unnecessary={line.pk: Unnecessary(line.actual + 1, "x")},
            assessment="",
            by=leader,
            at=OVER_AT,
        )
    with pytest.raises(CheckIncomplete, match="hoort niet bij"):
        account_checks.judge_report(
            report,
            activities={},
            duties={0: Verdict("met")},
            unnecessary={},
            assessment="",
            by=leader,
            at=OVER_AT,
        )
    with pytest.raises(AccountFixed):
        accounts.save_lines(
            report,
            {line.pk: LineAnswer(Decimal(1), "")},
            version=report.version,
            by=director,
            at=OVER_AT,
        )
    with pytest.raises(AccountFixed):
        accounts.save_activities(
            report,
            {0: ActivityAnswer("done", 1, "")},
            summary="",
            version=report.version,
            by=director,
            at=OVER_AT,
        )


CONSTRAINTS = {
    "account_state_is_known": {"state": "gone"},
    "account_extra_term_is_later": {"extra_due_on": DUE_ON},
    "account_handed_in_is_signed": {"state": "submitted"},
    "account_accepted_by_somebody": {"accepted_at": OVER_AT},
    "account_threshold_is_a_share": {"explain_above": 101},
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_what_the_database_refuses_of_an_account(report, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        move(report, **CONSTRAINTS[name])


def test_what_the_database_refuses_of_its_rows(report, leader):
    row, line = report.results.get(), report.lines.order_by("order")[0]
    refused = [
        ("account_activity_outcome_is_known", row, {"outcome": "x"}),
        ("account_line_amount_is_in_range", line, {"actual": -1}),
        ("account_rows_stay", row, {"verdict": "done"}),
    ]
    for name, one, values in refused:
        with pytest.raises(Error, match=name), transaction.atomic():
            move(one, **values)
    with pytest.raises(Error, match="account_activity_once"), transaction.atomic():
        ActivityResult.objects.create(report=report, activity=row.activity, order=9)
    with pytest.raises(Error, match="account_line_once"), transaction.atomic():
        ActualLine.objects.create(
            report=report, budget_line=line.budget_line, order=9, planned=1, actual=1
        )
    duty = account_checks.standard_duties(report)[0]
    with pytest.raises(Error, match="account_verdict_stays"), transaction.atomic():
        DutyVerdict.objects.create(report=report, obligation=duty, verdict="met")
    report = account_checks.start_check(submitted(report), by=leader, at=OVER_AT)
    stay = [
        ("account_rows_stay", row, {"outcome": "done", "reach": 999}),
        ("account_rows_stay", line, {"actual": 1}),
        ("account_handed_in_stays", report, {"summary": "Anders."}),
        ("account_adverse_verdict_has_a_reason", row, {"verdict": "partly"}),
        (
            "account_unnecessary_within_actual",
            line,
            {"unnecessary": line.actual + 1, "unnecessary_reason": "x"},
        ),
        ("account_unnecessary_has_a_reason", line, {"unnecessary": 1}),
    ]
    for name, one, values in stay:
        with pytest.raises(Error, match=name), transaction.atomic():
            move(one, **values)
    with pytest.raises(Error, match="account_adverse_duty_has_a_reason"), transaction.atomic():
        DutyVerdict.objects.create(report=report, obligation=duty, verdict="not_met")
    DutyVerdict.objects.create(report=report, obligation=duty, verdict="met")
    with pytest.raises(Error, match="account_duty_once"), transaction.atomic():
        DutyVerdict.objects.create(report=report, obligation=duty, verdict="met")
    account_checks.request_completion(
        report, asked="Iets.", due_on=date(2027, 8, 20), by=leader, at=OVER_AT
    )
    asked = report.completions.get()
    with pytest.raises(Error, match="account_completion_one_open"), transaction.atomic():
        report.completions.create(
            asked="x", asked_at=OVER_AT, asked_by=leader, due_on=date(2027, 9, 1)
        )
    with pytest.raises(Error, match="account_completion_gives_a_term"), transaction.atomic():
        move(asked, due_on=OVER_AT.date())
    with (
        pytest.raises(Error, match="account_completion_closed_has_an_outcome"),
        transaction.atomic(),
    ):
        move(asked, outcome="expired")
    with pytest.raises(Error, match="account_stays"), transaction.atomic():
        AccountabilityReport.objects.filter(pk=report.pk)._raw_delete("default")
    letter = Letter.objects.filter(code="L12A").get()
    AccountReminder.objects.create(report=report, kind="before", letter=letter, sent_at=OVER_AT)
    other = Letter.objects.exclude(pk=letter.pk).first()
    with pytest.raises(Error, match="account_reminder_once"), transaction.atomic():
        AccountReminder.objects.create(report=report, kind="before", letter=other, sent_at=OVER_AT)


def test_pages_ask_the_same_for_one_and_for_three(client, leader, django_assert_max_num_queries):
    first = due_reports(1)[0]
    client.force_login(leader)
    address = reverse("subsidies:account_list")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        assert first.grant.application.number in client.get(address).content.decode()
    due_reports(2)
    with django_assert_max_num_queries(len(one)):
        client.get(address)
    assert AccountabilityReport.objects.count() == 3
    csv = client.get(address, {"export": "csv", "status": "due"}).content.decode()
    assert csv.count("KVK2-2026-") == 3
    accepted(first)
    found = client.get(address, {"status": "to_determine"}).content.decode()
    assert "1 verantwoording gevonden" in found
    page = client.get(first.grant.get_absolute_url()).content.decode()
    assert "Naar de verantwoording" in page


def test_the_daily_sweep_is_harmless_twice(report):
    assert keep_accounts() >= 0
    assert report.reminders.count() <= 1
    assert set(ACCOUNT_BADGES) == set(AccountState)
