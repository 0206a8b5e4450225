"""The way of one later decision: four eyes, a mandate, a letter, and nothing else that changes it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.errors import DomainError
from kvk2.core.workflow import TransitionNotAllowed
from subsidies import act_kinds
from subsidies.act_kinds import ActKind
from subsidies.documents_standard import StandardLetterContext
from subsidies.letter_catalogue import Field, FieldKind, LetterType
from subsidies.models import Decision, Letter
from subsidies.services import acts, letter_templates, letters, standard_letters
from subsidies.services.acts import CHECKLIST, ActOpen
from subsidies.services.decision_guards import FourEyes, NoMandate
from subsidies.services.decisions import ChecklistIncomplete, ReasonMissing
from subsidies.states import DecisionState
from subsidies.tests.factories_assessment import DECIDED_AT, SigningMandateFactory
from subsidies.tests.test_grants import ROLES, granted
from subsidies.worklist import acts as worklist

pytestmark = pytest.mark.django_db
happened: list[str] = []


class Forbidden(DomainError):
    """The law of this kind says no."""


def refuse(decision, at):
    if decision.details.get("unlawful"):
        raise Forbidden("Dat mag niet.")


ACT = ActKind(
    letter=lambda decision: Letter.Code.REVOCATION,
    values=lambda decision, at: {"nieuw": decision.amount},
    refuse=refuse,
    on_take=lambda decision, by, at: happened.append("taken"),
    on_announce=lambda decision, at: happened.append("announced"),
)
TEXT = LetterType(
    title="Wijziging",
    is_decision=True,
    fields={"nieuw": Field("het nieuwe bedrag", FieldKind.AMOUNT)},
    required=frozenset({"nieuw"}),
    subject="Besluit: wij wijzigen uw subsidie voor {ikc}",
    body="Wij wijzigen uw subsidie in {nieuw}.",
    articles=("artikel 4:48 Awb",),
)


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    happened.clear()
    monkeypatch.setattr(act_kinds, "ACTS", {"amendment": "subsidies.tests.test_acts.ACT"})
    code = Letter.Code.REVOCATION
    for module in (letter_templates, standard_letters):
        monkeypatch.setattr(module, "letter_types", lambda: {code: TEXT})
    contexts = {**letters.CONTEXTS, code: StandardLetterContext}
    monkeypatch.setattr(letters, "CONTEXTS", contexts)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def checker():
    return UserFactory(second_project_leader=True)


def draft(leader, **wishes):
    grant = granted(applications=1)[0]
    wishes = {"amount": Decimal(9_000), "motivation": "Er kwamen minder kinderen."} | wishes
    return acts.draft_act(
        grant.application, "amendment", grant=grant, by=leader, at=DECIDED_AT, **wishes
    )


def ready(leader, checker):
    decision = draft(leader)
    acts.send_act_to_check(decision, by=leader, at=DECIDED_AT)
    return acts.approve_act(decision, checklist=list(CHECKLIST), by=checker, at=DECIDED_AT)


def test_a_later_decision_goes_from_draft_to_announcement(leader, checker):
    decision = ready(leader, checker)
    signer = SigningMandateFactory().user

    acts.take_act(decision, by=signer, at=DECIDED_AT)

    assert happened == ["taken"]
    letter = Letter.objects.get(decision=decision)
    assert letters.render_letter(letter.pk, at=DECIDED_AT)
    assert happened == ["taken", "announced"]
    decision.refresh_from_db()
    assert decision.state == DecisionState.SENT
    assert decision.objection_until
    verbs = [event.verb for event in events_of(decision)]
    assert set(verbs) == {
        "decision_drafted",
        "decision_sent_to_check",
        "decision_approved",
        "decision_taken",
        "decision_sent",
    }
    # the grant and its own decision go on beside it
    assert Decision.objects.get(kind="grant").state == DecisionState.SENT


def test_who_drafts_does_not_check_and_who_did_either_does_not_sign(leader, checker):
    decision = draft(leader)
    acts.send_act_to_check(decision, by=leader, at=DECIDED_AT)
    with pytest.raises(FourEyes):
        acts.approve_act(decision, checklist=list(CHECKLIST), by=leader, at=DECIDED_AT)
    acts.approve_act(decision, checklist=list(CHECKLIST), by=checker, at=DECIDED_AT)
    for user in (leader, checker):
        SigningMandateFactory(user=user)
        with pytest.raises(FourEyes):
            acts.take_act(decision, by=user, at=DECIDED_AT)


def test_nobody_signs_without_a_mandate_for_the_amount(leader, checker):
    decision = ready(leader, checker)
    with pytest.raises(NoMandate):
        acts.take_act(decision, by=UserFactory(signer=True), at=DECIDED_AT)
    low = SigningMandateFactory(max_amount=Decimal("8999.99"))
    with pytest.raises(NoMandate, match="Uw mandaat gaat tot"):
        acts.take_act(decision, by=low.user, at=DECIDED_AT)
    assert not Letter.objects.filter(decision=decision).exists()


def test_what_the_kind_forbids_is_refused_at_every_step(leader, checker):
    with pytest.raises(Forbidden):
        draft(leader, details={"unlawful": True})
    decision = ready(leader, checker)
    Decision.objects.filter(pk=decision.pk).update(details={"unlawful": True})
    with pytest.raises(Forbidden):
        acts.take_act(decision, by=SigningMandateFactory().user, at=DECIDED_AT)
    decision.refresh_from_db()
    assert decision.state == DecisionState.READY


def test_a_draft_wants_reasons_and_is_the_only_one_of_its_kind(leader):
    with pytest.raises(ReasonMissing):
        draft(leader, motivation=" ")
    decision = draft(leader)
    with pytest.raises(ActOpen):
        acts.draft_act(
            decision.application,
            "amendment",
            grant=decision.grant,
            amount=Decimal(1),
            motivation="Nog een.",
            by=leader,
            at=DECIDED_AT,
        )
    acts.discard_act(decision, reason="Vergissing.", by=leader, at=DECIDED_AT)
    with pytest.raises(TransitionNotAllowed):
        acts.edit_act(decision, motivation="Toch.", by=leader, at=DECIDED_AT)


def test_the_checklist_is_ticked_whole(leader, checker):
    decision = draft(leader)
    acts.send_act_to_check(decision, by=leader, at=DECIDED_AT)
    with pytest.raises(ChecklistIncomplete):
        acts.approve_act(decision, checklist=["competence"], by=checker, at=DECIDED_AT)


def test_it_goes_through_the_browser_and_stays_on_the_work_lists(client, leader, checker):
    decision = draft(leader)
    signer = SigningMandateFactory().user
    page, today = decision.get_absolute_url(), DECIDED_AT.date()
    assert [task.url for task in worklist.tasks_for(leader, today=today)] == [page]
    client.force_login(leader)
    assert client.get(page).status_code == 200
    assert client.get(f"{page}brief/")["Content-Type"] == "application/pdf"
    assert client.post(f"{page}motivering/", {"motivation": ""}).status_code == 422
    client.post(f"{page}motivering/", {"motivation": "Beter gezegd."})
    client.post(f"{page}voorleggen/")
    assert not worklist.tasks_for(leader, today=today)
    assert client.get(f"{page}toetsen/").status_code == 403

    client.force_login(checker)
    assert [task.url for task in worklist.tasks_for(checker, today=today)] == [page]
    assert client.post(f"{page}toetsen/", {}).status_code == 422
    client.post(f"{page}toetsen/", dict.fromkeys(CHECKLIST, "on"))

    client.force_login(signer)
    assert [task.url for task in worklist.tasks_for(signer, today=today)] == [page]
    assert client.post(f"{page}nemen/", {}).status_code == 422
    client.post(f"{page}nemen/", {"agreed": "on"})
    decision.refresh_from_db()
    assert (decision.state, decision.motivation) == ("taken", "Beter gezegd.")
    assert client.get(f"{page}brief/").status_code == 403


# verb: who, in which states
MATRIX = {
    "change_act": ({"project_leader"}, {"draft"}),
    "approve_act": ({"project_leader"}, {"legal_check"}),
    "take_act": ({"signer"}, {"ready"}),
    "discard_act": ({"project_leader"}, {"draft", "legal_check", "ready"}),
    "preview_act": ({"project_leader", "signer", "auditor"}, {"draft", "legal_check", "ready"}),
}


def test_who_may_do_what_in_which_state(leader, client):
    decision = draft(leader)
    for role in ROLES:
        user = UserFactory(**{role: True})
        for verb, (who, when) in MATRIX.items():
            for state in DecisionState.values:
                decision.state = state
                allowed = user.has_perm(f"subsidies.{verb}", decision)
                assert allowed == (role in who and state in when), f"{role} {verb} {state}"
        client.force_login(user)
        status = client.get(decision.get_absolute_url()).status_code
        assert status == (200 if role in {"project_leader", "signer", "auditor"} else 404), role
    # the recipient reads it once it was announced
    client.force_login(decision.application.created_by)
    assert client.get(decision.get_absolute_url()).status_code == 404
    answer = Decision.objects.get(kind="grant")
    client.force_login(leader)
    assert client.get(reverse("subsidies:act_detail", args=[answer.pk])).status_code == 404
