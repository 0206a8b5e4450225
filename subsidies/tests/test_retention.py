"""How long cases are kept, and their destruction under four eyes (domain reference 8.4; rules G1 and G2)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from ikc.tests.factories import UserFactory
from kvk2.core.audit import record
from kvk2.core.models import AuditEvent, StoredFile
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.case_rows import case_models, rows_of_case
from subsidies.destruction_guard import open_guards, with_exception
from subsidies.models import (
    Application,
    Decision,
    DestructionLine,
    DestructionList,
    LegalHold,
    Letter,
    Message,
    Recovery,
    RegisterEntry,
    RetentionRule,
)
from subsidies.services import destruction as services
from subsidies.services import letters, subsidy_register
from subsidies.services.destruction import (
    ListFixed,
    ListOpen,
    NothingToDestroy,
    NotReviewed,
    SignedByOne,
)
from subsidies.services.retention import (
    HoldExists,
    NoHold,
    ReasonMissing,
    lift_hold,
    load_retention,
    place_hold,
    retention_of,
    rules,
    with_retention,
)
from subsidies.states import ApplicationState
from subsidies.states_retention import DestructionState
from subsidies.tests.factories import ApplicationFactory, move
from subsidies.tests.factories_assessment import DECIDED_AT, decided_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
LATER = datetime(2037, 1, 15, 9, tzinfo=UTC)
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
MUNICIPAL = {"project_leader", "signer", "auditor"}
# Domain reference 8.4: result of the list, and months; None is for ever.
TERMS = {
    "granted": ("8.1.7", 84),
    "direct": ("8.1.8", 84),
    "refused": ("8.2", 60),
    "aborted": ("8.4", 12),
    "objection": ("13.1", 60),
    "payment": ("18", 84),
    "commission": ("1.2", None),
    "minutes": ("19.1.7", None),
    "consultation": ("19.1.10", 120),
    "advice": ("21.1", 60),
    "agreement": ("16.1.2 / 16.3.1", None),
    "report": ("20.1.6 / 4.1.9", None),
    "login": ("19.1.24", 6),
    "draft": ("", 6),
    "incident": ("", 36),
    "recipient": ("", 84),
    "destruction": ("19.1.18", None),
}
# Of a round that was decided.
ROUND_PAGES = (
    "round_detail",
    "round_overview",
    "round_ranking",
    "round_history",
    "allocation_round",
    "advice_round",
    "decision_bundle",
)
# verb: who, in which states of the list
MATRIX = {
    "judge_destruction": ({"project_leader"}, {"proposed"}),
    "sign_destruction_first": ({"project_leader"}, {"proposed"}),
    "sign_destruction_second": ({"admin"}, {"first_signed"}),
    "discard_destruction": ({"project_leader"}, {"proposed", "first_signed"}),
}


@pytest.fixture(autouse=True)
def _terms():
    load_retention(settings.BASE_DIR / "data" / "leeuwarden")


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def archivist():
    return UserFactory(admin=True)


def decided(*conclusions: str) -> list[Application]:
    """Applications of which the decisions were sent."""
    decided_round(applications=len(conclusions), conclusions=conclusions)
    for letter in Letter.objects.order_by("pk"):
        letters.render_letter(letter.pk, at=DECIDED_AT)
    return list(Application.objects.order_by("number"))


def end(granted: Application) -> None:
    """Determined, and nothing left to pay."""
    move(
        granted.grant,
        state="determined",
        determined_amount=granted.grant.amount,
        determined_on=date(2028, 5, 1),
    )
    for payment in granted.grant.payments.all():
        move(payment, state="cancelled", end_reason="Niet meer nodig.")


def kept(application: Application):
    return retention_of(
        with_retention(Application.objects.filter(pk=application.pk)).get(), rules()
    )


def torn_out(application: Application, line: str) -> None:
    """Somebody who knows the setting and deletes decisions with it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kvk2.destruction_line', %s, true)", [line])
        Decision.objects.filter(application=application)._raw_delete("default")


def signed(leader, archivist) -> DestructionList:
    made = services.propose_list(by=leader, at=LATER)
    for line in made.lines.order_by("pk"):
        services.judge_line(line, verdict="destroy", by=leader, at=LATER)
    made = services.sign_first(made, by=leader, at=LATER)
    return services.sign_second(made, by=archivist, at=LATER)


def test_the_terms_are_those_of_the_selection_list_and_are_loaded_once():
    found = {rule.record_kind: (rule.result, rule.term_months) for rule in rules().values()}
    assert found == TERMS
    assert set(found) == set(RetentionRule.RecordKind.values)
    assert load_retention(settings.BASE_DIR / "data" / "leeuwarden") == (0, len(TERMS))


def test_the_longest_term_counts_and_what_runs_has_none(leader):
    granted, refused = decided("positive", "negative")
    decision = refused.decisions.get()
    assert kept(refused).until == date(
        decision.objection_until.year + 5,
        decision.objection_until.month,
        decision.objection_until.day,
    )
    assert kept(granted).until is None  # the grant runs
    end(granted)
    found = kept(granted)
    assert (found.longest.rule.result, found.until) == ("8.1.7", date(2035, 5, 1))
    claim = Recovery.objects.create(
        grant=granted.grant,
        determination=granted.decisions.get(),
        amount=Decimal(100),
        advanced=Decimal(100),
        proposed_at=DECIDED_AT,
    )
    assert kept(granted).until is None  # and so does a claim on it
    move(claim, state="waived", reason="Te weinig.", ended_at=datetime(2029, 6, 1, 9, tzinfo=UTC))
    assert kept(granted).longest.ended_on <= date(2029, 6, 1) < kept(granted).until
    move(refused.decisions.get(), state="contested")
    assert kept(refused).until is None
    RetentionRule.objects.filter(record_kind="granted").delete()
    assert kept(granted).until is None  # what nobody laid down, is not destroyed


def test_a_hold_keeps_a_case_until_it_is_lifted_or_over(leader):
    (refused,) = decided("negative")
    with pytest.raises(ReasonMissing):
        place_hold(refused, reason=" ", until=None, by=leader, at=DECIDED_AT)
    with pytest.raises(NoHold):
        lift_hold(refused, by=leader, at=DECIDED_AT)
    hold = place_hold(refused, reason="Wob-procedure", until=None, by=leader, at=DECIDED_AT)
    with pytest.raises(HoldExists):
        place_hold(refused, reason="Nog een", until=None, by=leader, at=DECIDED_AT)
    with pytest.raises(NothingToDestroy):
        services.propose_list(by=leader, at=LATER)
    LegalHold.objects.filter(pk=hold.pk).update(until=date(2036, 12, 31))
    assert kept(refused).is_over(LATER.date())
    LegalHold.objects.filter(pk=hold.pk).update(until=None)
    lift_hold(refused, by=leader, at=DECIDED_AT)
    assert services.propose_list(by=leader, at=LATER).lines.get().case == refused.number


def test_a_signed_case_goes_whole_and_leaves_a_record_without_content(
    leader, archivist, django_capture_on_commit_callbacks
):
    granted, refused = decided("positive", "negative")
    subsidy_register.prepare_entries(at=DECIDED_AT)
    entry = RegisterEntry.objects.get()
    end(granted)
    title, number = granted.title, granted.number
    files = [letter.stored for letter in Letter.objects.select_related("stored")]
    paths = [path for stored in files if stored for path in stored.paths]
    assert paths
    made = signed(leader, archivist)
    with django_capture_on_commit_callbacks(execute=True):
        assert services.execute_signed(at=LATER) == 2
    connection.check_constraints()
    made.refresh_from_db()
    assert made.state == DestructionState.DONE
    for application in (granted, refused):
        assert not Application.objects.filter(pk=application.pk).exists()
        assert {
            model for model in rows_of_case(application.pk) if model is not Application
        } == set()
    assert not Message.objects.exists()
    assert not Decision.objects.exists()
    storage = StoredFile._meta.get_field("file").storage
    assert not any(storage.exists(path) for path in paths)
    line = made.lines.get(case=number)
    assert line.application is None
    assert line.record["rows"]["subsidies.Application"] == 1
    assert len(line.record["files"]) >= 1
    assert all(len(one["sha256"]) == 64 for one in line.record["files"])
    assert title not in str(line.record)
    entry.refresh_from_db()  # what the public reads stays
    assert entry.decision is None
    for change in (
        lambda: DestructionLine.objects.filter(pk=line.pk).update(error="weg"),
        lambda: DestructionLine.objects.filter(pk=line.pk)._raw_delete("default"),
        lambda: DestructionList.objects.filter(pk=made.pk)._raw_delete("default"),
        lambda: DestructionLine.objects.create(
            list=made,
            case="x",
            ikc="x",
            rule="x",
            ended_on=LATER.date(),
            retention_until=LATER.date(),
        ),
    ):
        with pytest.raises(IntegrityError, match=r"permanent|no more lines"), transaction.atomic():
            change()


def test_pages_of_the_round_stay_when_its_cases_are_gone(leader, archivist, client):
    (refused,) = decided("negative")
    round_ = refused.round
    signed(leader, archivist)
    assert services.execute_signed(at=LATER) == 1
    client.force_login(leader)
    assert client.get(round_.get_absolute_url()).status_code == 200
    for name in ROUND_PAGES:
        address = reverse(f"subsidies:{name}", args=[round_.pk])
        assert client.get(address, follow=True).status_code == 200, name


def test_nothing_goes_without_two_signatures_on_a_line_to_destroy(leader, archivist):
    first, second = decided("negative", "negative")
    made = services.propose_list(by=leader, at=LATER)
    with pytest.raises(ListOpen):
        services.propose_list(by=leader, at=LATER)
    one, other = made.lines.order_by("case")
    services.judge_line(one, verdict="destroy", by=leader, at=LATER)
    with pytest.raises(NotReviewed):
        services.sign_first(made, by=leader, at=LATER)
    with pytest.raises(ReasonMissing):
        services.judge_line(other, verdict="keep", reason="", by=leader, at=LATER)
    services.judge_line(other, verdict="keep", reason="Historisch belang", by=leader, at=LATER)
    assert services.execute_signed(at=LATER) == 0
    made = services.sign_first(made, by=leader, at=LATER)
    with pytest.raises(ListFixed):
        services.judge_line(other, verdict="destroy", by=leader, at=LATER)
    with pytest.raises(SignedByOne):
        services.sign_second(made, by=leader, at=LATER)
    for setting in ("", "0", str(one.pk)):
        with pytest.raises(IntegrityError):
            torn_out(first, setting)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEvent.objects.all()._raw_delete("default")
    services.sign_second(made, by=archivist, at=LATER)
    # the line that is kept opens nothing, and neither does a signed list without its setting
    with pytest.raises(IntegrityError):
        torn_out(second, str(other.pk))
    place_hold(first, reason="Beroep", until=None, by=leader, at=LATER)
    assert services.execute_signed(at=LATER) == 0
    one.refresh_from_db()
    assert "moet blijven" in one.error
    assert Application.objects.filter(pk__in=[first.pk, second.pk]).count() == 2


def test_a_crash_leaves_whole_cases_and_the_next_sweep_goes_on(leader, archivist, monkeypatch):
    decided("negative", "negative")
    made = signed(leader, archivist)
    one = made.lines.order_by("pk").values_list("pk", flat=True)[0]
    monkeypatch.setattr(services, "_raw_delete", _killed(services._raw_delete, after=3))
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        services.destroy_case(one, at=LATER)
    monkeypatch.undo()
    assert Application.objects.count() == 2
    assert Letter.objects.filter(application__isnull=False).count() >= 2
    assert services.destroy_case(one, at=LATER)
    assert not services.destroy_case(one, at=LATER)
    assert services.execute_signed(at=LATER) == 1
    made.refresh_from_db()
    assert made.state == DestructionState.DONE
    assert not Application.objects.exists()


def _killed(function, *, after: int):
    calls = []

    def until(*args):
        calls.append(1)
        if len(calls) > after:
            raise KeyboardInterrupt
        return function(*args)

    return until


def test_a_draft_that_nobody_filed_goes_six_months_after_the_closing():
    draft = ApplicationFactory()
    filed = ApplicationFactory(submitted=True)
    record(draft, "application_started", actor=None, at=timezone.now())
    closes = draft.round.closes_at
    assert services.forget_drafts(at=closes.replace(year=closes.year, month=closes.month)) == 0
    assert services.forget_drafts(at=closes.replace(year=closes.year + 1)) == 1
    connection.check_constraints()
    assert not Application.objects.filter(pk=draft.pk).exists()
    assert Application.objects.filter(pk=filed.pk).exists()


def test_every_guard_of_a_case_knows_the_exception():
    tables = [model._meta.db_table for model in case_models()]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER subsidies_tomorrow BEFORE DELETE ON subsidies_letter"
            " FOR EACH ROW EXECUTE FUNCTION kvk2_append_only()"
        )
        open_guards()
        cursor.execute(
            "SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT tgisinternal AND tgtype & 9 = 9 AND relname = ANY(%s)"
            " AND pg_get_triggerdef(t.oid) NOT LIKE '%%subsidies_destruction_runs%%'",
            [tables],
        )
        assert cursor.fetchall() == []
    guarded = "CREATE TRIGGER a BEFORE DELETE ON b FOR EACH ROW WHEN ((x = 1)) EXECUTE FUNCTION f()"
    assert "WHEN (((x = 1)) AND NOT subsidies_destruction_runs())" in with_exception(guarded)


def test_who_does_what(leader):
    people = {role: UserFactory(**{role: True}) for role in ROLES}

    def may(verb, thing=None):
        return {role for role, one in people.items() if one.has_perm(f"subsidies.{verb}", thing)}

    assert may("view_retention") == MUNICIPAL | {"admin"}
    assert may("view_case_archive") == MUNICIPAL
    assert may("propose_destruction") == may("hold_case") == {"project_leader"}
    assert may("export_case") == {"project_leader", "auditor"}
    for verb, (who, states) in MATRIX.items():
        for state in DestructionState.values:
            made = DestructionList(year=2037, state=state)
            assert may(verb, made) == (who if state in states else set()), (verb, state)


def test_the_database_refuses_what_must_never_be(leader, archivist):
    (refused,) = decided("negative")
    hold = place_hold(refused, reason="Beroep", until=None, by=leader, at=DECIDED_AT)
    with pytest.raises(IntegrityError, match="legal_hold_one_per_case"), transaction.atomic():
        LegalHold.objects.create(application=refused, reason="x", placed_at=LATER, placed_by=leader)
    lift_hold(refused, by=leader, at=DECIDED_AT)
    made = services.propose_list(by=leader, at=LATER)
    line = made.lines.get()
    for name, rows, values in (
        ("legal_hold_has_a_reason", LegalHold.objects.filter(pk=hold.pk), {"reason": ""}),
        (
            "legal_hold_lifted_by_somebody",
            LegalHold.objects.filter(pk=hold.pk),
            {"lifted_by": None},
        ),
        (
            "retention_term_has_a_start",
            RetentionRule.objects.filter(record_kind="granted"),
            {"term_months": None},
        ),
        (
            "destruction_list_signatures_are_there",
            DestructionList.objects.filter(pk=made.pk),
            {"state": "signed"},
        ),
        (
            "destruction_list_signed_by_two",
            DestructionList.objects.filter(pk=made.pk),
            {"first_signed_by": leader, "second_signed_by": leader},
        ),
        (
            "destruction_list_(state_is_known|signatures_are_there)",
            DestructionList.objects.filter(pk=made.pk),
            {"state": "elsewhere"},
        ),
        (
            "destruction_line_verdict_is_whole",
            DestructionLine.objects.filter(pk=line.pk),
            {"verdict": "keep"},
        ),
        (
            "destruction_line_done_was_judged",
            DestructionLine.objects.filter(pk=line.pk),
            {"done_at": LATER},
        ),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rows.update(**values)
    with pytest.raises(IntegrityError, match="one_open_per_year"), transaction.atomic():
        DestructionList.objects.create(year=made.year, proposed_at=LATER)
    with pytest.raises(TransitionNotAllowed):
        services.sign_second(made, by=archivist, at=LATER)


def test_the_pages_from_a_list_to_two_signatures(client, leader, archivist, monkeypatch):
    (refused,) = decided("negative")
    monkeypatch.setattr("subsidies.views.retention.timezone.now", lambda: LATER)
    client.force_login(leader)
    assert "8.1.7" in client.get(reverse("subsidies:retention")).content.decode()
    assert client.post(reverse("subsidies:destruction_propose")).status_code == 302
    assert client.post(reverse("subsidies:destruction_propose")).status_code == 422
    made = DestructionList.objects.get()
    judge = reverse("subsidies:destruction_judge", args=[made.pk, made.lines.get().pk])
    assert client.post(judge, {"verdict": "keep", "reason": ""}).status_code == 422
    assert client.post(judge, {"verdict": "destroy", "reason": ""}).status_code == 302
    sign = reverse("subsidies:destruction_sign", args=[made.pk])
    client.post(sign)
    assert client.post(sign).status_code == 403
    client.force_login(archivist)
    assert refused.number in client.get(made.get_absolute_url()).content.decode()
    client.post(sign)
    made.refresh_from_db()
    assert made.state == DestructionState.SIGNED
    client.force_login(UserFactory(director=True))
    assert client.get(reverse("subsidies:retention")).status_code == 403
    assert Application.objects.get().state == ApplicationState.DECIDED
