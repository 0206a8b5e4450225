"""Grounds to refuse that a person finds, and the view of the applicant before a refusal (Awb 4:7-4:12, 4:35)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from ikc.tests.factories import UserFactory
from kvk2.core.workflow import TransitionNotAllowed
from subsidies import tasks
from subsidies.documents_terms import IntentContext, render_intent
from subsidies.models import Decision, Letter, RefusalFinding, StateAidAssessment, ViewRequest
from subsidies.services import allocations, decisions, refusals
from subsidies.services.refusals import (
    FindingsFixed,
    GroundUnknown,
    NoViewNeeded,
    ViewClosed,
    ViewIncomplete,
    ViewMissing,
    requires_view,
)
from subsidies.states import ApplicationState, DecisionState, ViewState
from subsidies.tests.factories import ApplicationFactory, move
from subsidies.tests.factories_assessment import (
    ADVISED_AT,
    DECIDED_AT,
    SigningMandateFactory,
    advised_round,
    drafted_round,
)

pytestmark = pytest.mark.django_db
LATER = ADVISED_AT + timedelta(days=15)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


def drafted_on(leader, *codes, on_other_data=False, state_aid="", **fields):
    """The draft on the first application of a round, on which these grounds were found."""
    round_ = advised_round(**{"applications": 1, **fields})
    first = round_.applications.order_by("number").first()
    for code in codes:
        refusals.find_ground(
            first,
            code=code,
            motivation="Dat staat in het handelsregister.",
            on_other_data=on_other_data,
            by=leader,
            at=ADVISED_AT,
        )
    if state_aid:
        StateAidAssessment.objects.filter(application=first).update(outcome=state_aid)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    allocations.lock_run(run, by=leader, at=ADVISED_AT, without_answer="Haast.")
    decisions.draft_decisions(round_, by=leader, at=ADVISED_AT)
    return Decision.objects.get(application=first)


def ready(decision, leader):
    round_ = decision.application.round
    decisions.send_to_check(round_, by=leader, at=LATER)
    decisions.approve_decisions(
        round_,
        checklist=list(decisions.CHECKLIST),
        by=UserFactory(second_project_leader=True),
        at=LATER,
    )
    return round_


def test_a_ground_keeps_out_of_the_division_and_stands_in_the_decision(leader):
    decision = drafted_on(
        leader, "insolvent", applications=2, ceiling=Decimal(15_000), scores=(5, 4)
    )
    assert (decision.kind, decision.grounds) == ("refusal", ["insolvent"])
    assert "omdat er sprake is van faillissement" in decision.motivation
    assert "handelsregister" in decision.motivation
    other = Decision.objects.exclude(pk=decision.pk).get()
    assert (other.kind, other.amount) == ("grant", 15_000)
    letter = decisions.preview_context(decision, at=DECIDED_AT)
    assert "artikel 4:35, tweede lid, onder b, Awb" in letter.legal_basis.articles
    assert not letter.adviser.followed  # the commission advised to grant


# The four cases of domain reference 3.2.
@pytest.mark.parametrize(
    ("codes", "fields", "needed"),
    [
        (("insolvent",), {}, True),  # 4:35
        (("late",), {"on_other_data": True}, True),  # 4:7: other facts than were supplied
        (("late",), {}, False),  # repaired in objection (4:12)
        ((), {"state_aid": "incompatible"}, True),  # 4:35(3)
    ],
)
def test_which_refusals_need_a_view(leader, codes, fields, needed):
    assert requires_view(drafted_on(leader, *codes, **fields)) is needed


def test_a_ceiling_that_is_reached_needs_no_view(leader):
    round_ = drafted_round(leader=leader, ceiling=Decimal(25_000), scores=(5, 4, 3))
    kinds = {row.kind: requires_view(row) for row in Decision.objects.all()}
    assert kinds == {"grant": False, "partial_grant": False, "refusal": False}
    assert decisions.send_to_check(round_, by=leader, at=ADVISED_AT)


def test_nothing_goes_on_before_the_applicant_could_react(leader):
    decision = drafted_on(leader, "insolvent")
    round_ = decision.application.round
    with pytest.raises(ViewMissing, match=decision.reference):
        decisions.send_to_check(round_, by=leader, at=ADVISED_AT)

    view = refusals.ask_view(decision, by=leader, at=ADVISED_AT)

    assert view.due_on == date(2026, 5, 11)
    assert view.grounds == ["insolvent"]
    decision.application.refresh_from_db()
    assert decision.application.state == ApplicationState.INTENT
    with pytest.raises(NoViewNeeded):
        refusals.ask_view(decision, by=leader, at=ADVISED_AT)
    with pytest.raises(ViewMissing):
        decisions.send_to_check(round_, by=leader, at=ADVISED_AT)
    assert refusals.lapse_views(at=ADVISED_AT + timedelta(days=14)) == 0
    assert refusals.lapse_views(at=LATER) == 1
    assert tasks.lapse_views() == 0
    round_ = ready(decision, leader)
    decisions.take_decisions(round_, by=SigningMandateFactory().user, at=DECIDED_AT)
    decision.application.refresh_from_db()
    assert decision.application.state == ApplicationState.DECIDED


def test_the_letter_says_what_is_intended_why_and_until_when(leader):
    decision = drafted_on(leader, "insolvent")
    refusals.ask_view(decision, by=leader, at=ADVISED_AT)
    letter = Letter.objects.get(code="L07")
    context = IntentContext.from_dict(letter.context)
    assert "van plan om uw aanvraag af te wijzen" in context.passages["intent"][0]
    assert "11\N{NO-BREAK SPACE}mei 2026" in context.passages["intent"][0]
    assert context.url.endswith(f"/aanvragen/{decision.application_id}/zienswijze/")
    assert render_intent(context).startswith(b"%PDF")


def test_a_view_is_kept_once_and_in_time(leader):
    decision = drafted_on(leader, "insolvent")
    view = refusals.ask_view(decision, by=leader, at=ADVISED_AT)
    given = {"manner": "oral", "text": "Dat klopt niet.", "by": leader, "at": LATER}
    with pytest.raises(ViewIncomplete):
        refusals.receive_view(view, **{**given, "text": " "}, received_on=view.due_on)
    with pytest.raises(ViewIncomplete):
        refusals.receive_view(view, **given, received_on=date(2026, 4, 1))
    with pytest.raises(ViewClosed):
        refusals.receive_view(view, **given, received_on=view.due_on + timedelta(days=1))
    refusals.receive_view(view, **given, received_on=view.due_on)
    with pytest.raises(TransitionNotAllowed):
        refusals.receive_view(view, **given, received_on=view.due_on)
    assert ready(decision, leader)


def test_a_new_draft_on_the_same_ground_does_not_ask_again(leader):
    decision = drafted_on(leader, "insolvent")
    refusals.ask_view(decision, by=leader, at=ADVISED_AT)
    refusals.lapse_views(at=LATER)
    decisions.discard_decision(decision, reason="andere tekst", by=leader, at=LATER)
    (again,) = decisions.draft_decisions(decision.application.round, by=leader, at=LATER)
    assert not refusals.missing_views([again])


def test_what_cannot_be_found(leader):
    application = ApplicationFactory(checking=True)
    given = {"motivation": "x", "on_other_data": False, "by": leader, "at": ADVISED_AT}
    for code in (
        "ceiling",
        "eligibility",
        "wrong_data",
        "nonsense",
    ):  # not for a person, or not in the scheme
        with pytest.raises(GroundUnknown):
            refusals.find_ground(application, code=code, **given)
    with pytest.raises(GroundUnknown):
        refusals.find_ground(application, code="late", **{**given, "motivation": " "})
    finding = refusals.find_ground(application, code="late", **given)
    with pytest.raises(GroundUnknown):
        refusals.find_ground(application, code="late", **given)
    refusals.withdraw_finding(finding, by=leader, at=ADVISED_AT)
    with pytest.raises(FindingsFixed):
        refusals.withdraw_finding(finding, by=leader, at=ADVISED_AT)
    assert refusals.find_ground(application, code="late", **given)


def test_grounds_are_fixed_with_the_division(leader):
    decision = drafted_on(leader, "late")
    with pytest.raises(FindingsFixed):
        refusals.withdraw_finding(RefusalFinding.objects.get(), by=leader, at=ADVISED_AT)
    with pytest.raises(FindingsFixed):
        refusals.find_ground(
            decision.application,
            code="insolvent",
            motivation="x",
            on_other_data=False,
            by=leader,
            at=ADVISED_AT,
        )


def test_the_database_refuses_what_the_act_forbids(leader):
    decision = drafted_on(leader, "insolvent")
    view = refusals.ask_view(decision, by=leader, at=ADVISED_AT)
    signer = SigningMandateFactory()
    taken = {
        "checked_by": UserFactory(second_project_leader=True),
        "state": DecisionState.TAKEN,
        "taken_by": signer.user,
        "taken_at": DECIDED_AT,
        "signing_mandate": signer,
    }
    move(decision, state=DecisionState.READY)
    rows = Decision.objects.filter(pk=decision.pk)
    refused = [
        ("refusal_after_a_view", lambda: rows.update(**taken)),
        ("refusal_finding_stays", lambda: RefusalFinding.objects.update(motivation="anders")),
        ("refusal_finding_stays", lambda: RefusalFinding.objects.all().delete()),
        ("view_received_is_there", lambda: ViewRequest.objects.update(state="received")),
        ("view_gives_a_term", lambda: ViewRequest.objects.update(due_on=date(2026, 4, 1))),
        ("view_is_about_grounds", lambda: ViewRequest.objects.update(grounds=[])),
        (
            "refusal_finding_withdrawn_by_somebody",
            lambda: RefusalFinding.objects.update(withdrawn_at=LATER),
        ),
        (
            "refusal_finding_is_of_a_person",
            lambda: RefusalFinding.objects.create(
                application=decision.application,
                code="ceiling",
                motivation="x",
                on_other_data=False,
                found_at=LATER,
                found_by=leader,
            ),
        ),
    ]
    for name, deed in refused:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            deed()
    for row, name in ((view, "view_one_open_per_application"), (RefusalFinding.objects.get(), "refusal_finding_once")):  # fmt: skip
        row.pk = None
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            row.save(force_insert=True)
    refusals.lapse_views(at=LATER)
    with pytest.raises(IntegrityError, match="view_stays"), transaction.atomic():
        ViewRequest.objects.update(text="anders")


def test_no_grant_while_a_compulsory_ground_applies(leader):
    decision = drafted_on(leader)
    RefusalFinding.objects.create(
        application=decision.application,
        code="state_aid",
        motivation="x",
        on_other_data=False,
        found_at=LATER,
        found_by=leader,
    )
    round_ = ready(decision, leader)
    with (
        pytest.raises(IntegrityError, match="grant_without_compulsory_ground"),
        transaction.atomic(),
    ):
        decisions.take_decisions(round_, by=SigningMandateFactory().user, at=DECIDED_AT)


def test_who_may_find_ask_record_and_give(leader):
    decision = drafted_on(leader, "insolvent")
    application = decision.application
    people = {
        role: UserFactory(**{role: True})
        for role in ("project_leader", "signer", "secretary", "auditor", "director", "admin")
    } | {"own_director": application.created_by}

    def may(verb, obj):
        return {role for role, user in people.items() if user.has_perm(f"subsidies.{verb}", obj)}

    found = {state for state in ApplicationState.values if _in(application, state, people)}
    assert found == {"checking", "admitted", "in_review", "advised", "intent"}
    assert may("ask_view", decision) == {"project_leader"}
    decision.state = DecisionState.LEGAL_CHECK
    assert may("ask_view", decision) == set()
    for state in ViewState.values:
        view = ViewRequest(application=application, state=state)
        asked = state == "asked"
        assert may("record_view", view) == ({"project_leader"} if asked else set())
        assert may("give_view", view) == ({"own_director"} if asked else set())
        assert may("read_view", view) == {"project_leader", "signer", "auditor", "own_director"}


def _in(application, state, people):
    application.state = state
    may = {
        role for role, user in people.items() if user.has_perm("subsidies.find_ground", application)
    }
    assert may <= {"project_leader"}
    return bool(may)


@pytest.mark.usefixtures("spring")
def test_the_pages_from_ground_to_view(client, leader):
    round_ = advised_round(applications=1)
    application = round_.applications.get()
    client.force_login(leader)
    page = reverse("subsidies:ground_add", args=[application.pk])
    assert (
        "Weigeringsgrond vastleggen" in client.get(application.get_absolute_url()).content.decode()
    )
    assert client.post(page, {}).status_code == 422
    answer = client.post(page, {"code": "insolvent", "motivation": "Failliet."}, follow=True)
    assert "Deze aanvraag wordt geweigerd" in answer.content.decode()
    finding = RefusalFinding.objects.get()
    client.post(reverse("subsidies:ground_withdraw", args=[finding.pk]))
    client.post(page, {"code": "insolvent", "motivation": "Toch failliet."})
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    allocations.lock_run(run, by=leader, at=ADVISED_AT, without_answer="Haast.")
    (decision,) = decisions.draft_decisions(round_, by=leader, at=ADVISED_AT)

    bundle = client.get(reverse("subsidies:decision_bundle", args=[round_.pk])).content.decode()
    assert "moeten eerst kunnen reageren" in bundle
    ask = reverse("subsidies:view_ask", args=[decision.pk])
    assert ask in client.get(decision.get_absolute_url()).content.decode()
    assert "veertien dagen" in client.get(ask).content.decode()
    assert "Het voornemen is verstuurd" in client.post(ask, follow=True).content.decode()

    give = reverse("subsidies:view_give", args=[application.pk])
    client.force_login(UserFactory(director=True))
    assert client.get(give).status_code == 404
    client.force_login(application.created_by)
    assert give in client.get(application.get_absolute_url()).content.decode()
    assert "Toch failliet." in client.get(give).content.decode()
    assert client.post(give, {}).status_code == 422
    client.post(give, {"text": "Het faillissement is opgeheven."})
    assert "opgeheven" in client.get(give).content.decode()
    client.force_login(leader)
    assert "opgeheven" in client.get(decision.get_absolute_url()).content.decode()
    view = ViewRequest.objects.get()
    assert client.get(reverse("subsidies:view_record", args=[view.pk])).status_code == 403
