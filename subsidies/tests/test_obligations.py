"""What came of an effort that a grant asks for: evidence, verdict, and who does what (domain reference 3.5)."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.earlier_results import history_of
from subsidies.models import Decision, Letter, Obligation
from subsidies.services import letters
from subsidies.services import obligations as services
from subsidies.services.obligations import EvidenceMissing, NotAnEffort, VerdictIncomplete
from subsidies.states_obligations import ObligationState
from subsidies.tests.factories import PDF, SubsidyRoundFactory
from subsidies.tests.factories_assessment import DECIDED_AT, admitted, decided_round
from subsidies.worklist import obligations as worklist

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
# verb: who, in which states
MATRIX = {
    "submit_evidence": (LEADER | {"own_director"}, {"open"}),
    "judge_obligation": (LEADER, {"evidence_submitted"}),
    "waive_obligation": (LEADER, {"open"}),
}
SEES = {"project_leader", "signer", "auditor", "own_director"}


def efforts(count: int = 1) -> list[Obligation]:
    """Of grants that were sent."""
    decided_round(applications=count, conclusions=["positive_with_effort"] * count)
    for letter in Letter.objects.order_by("pk"):
        letters.render_letter(letter.pk, at=DECIDED_AT)
    return list(Obligation.objects.filter(kind="effort").order_by("pk"))


@pytest.fixture
def duty():
    return efforts()[0]


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


def director_of(duty: Obligation):
    return duty.decision.application.created_by


def shown(duty: Obligation) -> Obligation:
    return services.submit_evidence(
        duty, evidence="Er is één dagprogramma.", by=director_of(duty), at=DECIDED_AT
    )


def test_who_sees_it_and_who_does_what(duty):
    people = {role: UserFactory(**{role: True}) for role in ROLES}
    people["own_director"] = director_of(duty)
    for role, user in people.items():
        found = Obligation.objects.visible_to(user).filter(pk=duty.pk).exists()
        assert found == (role in SEES), role
        expected = role in SEES | {"director", "school_board"}
        assert user.has_perm("subsidies.view_obligations") == expected, role
        for verb, (who, when) in MATRIX.items():
            for state in ObligationState.values:
                duty.state = state
                allowed = user.has_perm(f"subsidies.{verb}", duty)
                assert allowed == (role in who and state in when), f"{role} {verb} {state}"


def test_from_evidence_to_a_verdict_on_the_pages(client, duty, leader):
    client.force_login(director_of(duty))
    page = client.get(duty.get_absolute_url()).content.decode()
    assert "Bewijs indienen" in page
    assert "Oordeel geven" not in page
    address = reverse("subsidies:obligation_evidence", args=[duty.pk])
    assert client.post(address, {"evidence": " "}).status_code == 422
    data = {
        "evidence": "Er is één dagprogramma.",
        "files": SimpleUploadedFile("programma.pdf", PDF, content_type="application/pdf"),
    }
    assert client.post(address, data).status_code == 302
    file = duty.files.get()
    assert file.stored.scan_state == "pending"
    assert "programma.pdf" in client.get(duty.get_absolute_url()).content.decode()
    assert client.post(address, data).status_code == 403  # once

    client.force_login(leader)
    address = reverse("subsidies:obligation_verdict", args=[duty.pk])
    assert client.post(address, {"verdict": "not_met", "reason": ""}).status_code == 422
    data = {"verdict": "not_met", "reason": "Het team werkt nog los.", "commission_view": "Eens."}
    amount = duty.decision.amount
    assert client.post(address, data).status_code == 302
    page = client.get(duty.get_absolute_url()).content.decode()
    assert "Het team werkt nog los." in page
    assert "artikel 4:46, tweede lid, onder b, Awb" in page
    duty.refresh_from_db()
    assert (duty.state, duty.decision.amount) == ("not_met", amount)
    verbs = events_of(duty.decision.application).values_list("verb", flat=True)
    assert {"obligation_evidence_submitted", "obligation_judged"} <= set(verbs)


def test_a_file_opens_after_the_scan_only(client, duty):
    services.submit_evidence(
        duty,
        evidence="Zie het stuk.",
        files=[services.NewFile("programma.pdf", PDF)],
        by=director_of(duty),
        at=DECIDED_AT,
    )
    file = duty.files.get()
    client.force_login(director_of(duty))
    address = reverse("subsidies:obligation_file", args=[duty.pk, file.pk])
    assert client.get(address).status_code == 302
    type(file.stored).objects.filter(pk=file.stored_id).update(
        scan_state="clean", scanned_at=DECIDED_AT, scan_due_at=None
    )
    assert client.get(address).status_code == 200
    client.force_login(UserFactory(director=True))
    assert client.get(address).status_code == 404


def test_refusals_change_nothing(duty, leader):
    with pytest.raises(EvidenceMissing):
        services.submit_evidence(duty, evidence=" ", by=leader, at=DECIDED_AT)
    with pytest.raises(TransitionNotAllowed):
        services.judge_obligation(duty, verdict="met", reason="Goed.", by=leader, at=DECIDED_AT)
    with pytest.raises(VerdictIncomplete):
        services.waive_obligation(duty, reason="", by=leader, at=DECIDED_AT)
    standard = duty.decision.obligations.filter(kind="standard").first()
    with pytest.raises(NotAnEffort):
        services.waive_obligation(standard, reason="Weg.", by=leader, at=DECIDED_AT)
    services.waive_obligation(duty, reason="Het IKC is gefuseerd.", by=leader, at=DECIDED_AT)
    with pytest.raises(TransitionNotAllowed):
        shown(duty)


def test_nothing_is_followed_before_the_decision_is_sent(leader):
    decided_round(applications=1, conclusions=["positive_with_effort"])
    duty = Obligation.objects.get(kind="effort")
    assert not Obligation.objects.visible_to(leader).exists()
    with pytest.raises(NotAnEffort):
        shown(duty)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        # Three constraints refuse an unknown state; the database names the first of them.
        ("obligation_(evidence_is_whole|state_is_known)", {"state": "anders"}),
        ("obligation_evidence_is_whole", {"state": "evidence_submitted"}),
        ("obligation_verdict_has_a_reason", {"verdict_reason": "zomaar"}),
    ],
)
def test_the_database_refuses_half_a_verdict(duty, name, values):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Obligation.objects.filter(pk=duty.pk).update(**values)


def test_the_database_refuses_a_verdict_on_a_standard_duty(duty, leader):
    standard = duty.decision.obligations.filter(kind="standard")
    with (
        pytest.raises(IntegrityError, match="obligation_only_an_effort_is_followed"),
        transaction.atomic(),
    ):
        standard.update(state="waived", verdict_reason="x", judged_at=DECIDED_AT, judged_by=leader)


def test_it_is_a_task_before_its_day_and_after_the_evidence(duty, leader):
    director = director_of(duty)
    assert worklist.tasks_for(director, today=date(2026, 12, 1)) == []
    (task,) = worklist.tasks_for(director, today=date(2027, 1, 2))
    assert (task.badge, task.due) == ("bewijs gevraagd", date(2027, 2, 1))
    (task,) = worklist.tasks_for(leader, today=date(2027, 2, 1))
    assert task.badge == "te laat"
    shown(duty)
    assert worklist.tasks_for(director, today=date(2027, 2, 1)) == []
    (task,) = worklist.tasks_for(leader, today=date(2027, 2, 1))
    assert task.badge == "bewijs ingediend"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(client, leader, count, no_repeated_sql):
    efforts(count)
    client.force_login(leader)
    client.get(reverse("subsidies:obligation_list"))
    with no_repeated_sql() as queries:
        page = client.get(reverse("subsidies:obligation_list"))
    assert len(page.context["page"].rows) == count
    assert len(queries) == 5
    found = client.get(reverse("subsidies:obligation_list"), {"status": "met"})
    assert "Geen verplichtingen gevonden" in found.content.decode()


def test_the_verdict_stands_beside_the_next_application(duty, leader):
    shown(duty)
    services.judge_obligation(duty, verdict="met", reason="Goed.", by=leader, at=DECIDED_AT)
    decision = Decision.objects.get(pk=duty.decision_id)
    later = SubsidyRoundFactory(
        assessing=True, period_start=date(2027, 8, 1), period_end=date(2028, 7, 31)
    )
    application = admitted(later, ikc=decision.application.ikc)
    (row,) = history_of(application, UserFactory(secretary=True)).rows
    assert row.granted == decision.amount
    assert row.duties[0].outcome == "Voldaan, volgens de gemeente."
