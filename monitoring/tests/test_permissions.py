"""Role × state × verb, written out: who may do what with cycles, returns and reports, and who sees them at all."""

import pytest
from django.urls import reverse

from agreements.tests.factories import version_of
from ikc.tests.factories import UserFactory
from monitoring.models import AnnualReport, Return
from monitoring.tests.factories import AT, in_state, open_cycle, ordered, planned_cycle, return_of

pytestmark = pytest.mark.django_db

ROLES = [
    "project_leader",
    "own_director",
    "other_director",
    "member",
    "secretary",
    "development_group",
    "researcher",
    "signer",
    "own_board",
    "other_board",
    "own_childcare",
    "admin",
    "auditor",
    "nobody",
]
SEES_RUNNING_CYCLE = {
    "project_leader",
    "own_director",
    "other_director",
    "development_group",
    "researcher",
    "signer",
    "own_board",
    "other_board",
    "own_childcare",
    "auditor",
}
SEES_PLANNED_CYCLE = {"project_leader", "researcher", "signer", "auditor"}
SEES_RETURN = {
    "project_leader",
    "own_director",
    "development_group",
    "researcher",
    "signer",
    "own_board",
    "own_childcare",
    "auditor",
}
# A report of one's own part is there once it is made; these see the order of all of them.
SEES_ORDER = {"project_leader", "development_group", "researcher", "signer", "auditor"}
SEES_DONE_REPORT = SEES_ORDER | {"own_director", "own_board", "own_childcare"}
SEES_DONE_SUMMARY = SEES_ORDER

MAY = {
    ("monitoring.plan_cycle", "-"): {"project_leader"},
    ("monitoring.view_dashboard", "-"): SEES_RUNNING_CYCLE,
    ("monitoring.keep_dimension", "-"): {"project_leader", "researcher"},
    ("monitoring.keep_benchmark", "-"): {"project_leader", "researcher"},
    ("monitoring.edit_recommendations", "planned"): set(),
    ("monitoring.edit_recommendations", "collecting"): {"researcher"},
    ("monitoring.edit_recommendations", "fact_check"): {"researcher"},
    ("monitoring.edit_recommendations", "adopted"): set(),
    ("monitoring.answer_recommendation", "fact_check"): set(),
    ("monitoring.answer_recommendation", "adopted"): {"project_leader"},
    ("monitoring.answer_recommendation", "closed"): {"project_leader"},
    ("monitoring.open_cycle", "planned"): {"project_leader"},
    ("monitoring.open_cycle", "collecting"): set(),
    ("monitoring.close_cycle", "planned"): set(),
    ("monitoring.close_cycle", "collecting"): {"project_leader"},
    ("monitoring.close_cycle", "validating"): set(),
    ("monitoring.analyse_cycle", "collecting"): set(),
    ("monitoring.analyse_cycle", "validating"): {"researcher"},
    ("monitoring.draft_cycle", "analysing"): {"researcher"},
    ("monitoring.check_facts_cycle", "draft_report"): {"researcher"},
    ("monitoring.adopt_cycle", "fact_check"): {"development_group"},
    ("monitoring.adopt_cycle", "adopted"): set(),
    ("monitoring.publish_cycle", "adopted"): {"project_leader"},
    ("monitoring.act_cycle", "published"): {"project_leader"},
    ("monitoring.end_cycle", "acting"): {"project_leader"},
    ("monitoring.end_cycle", "closed"): set(),
    ("monitoring.adopt_returns", "planned"): set(),
    ("monitoring.adopt_returns", "validating"): {"development_group"},
    ("monitoring.import_figures", "planned"): set(),
    ("monitoring.import_figures", "collecting"): {"researcher"},
    ("monitoring.import_figures", "validating"): {"researcher"},
    ("monitoring.import_figures", "analysing"): set(),
    ("monitoring.manage_tokens", "planned"): set(),
    ("monitoring.manage_tokens", "collecting"): {"project_leader"},
    ("monitoring.read_link", "-"): {"project_leader", "researcher"},
    ("monitoring.order_reports", "planned"): set(),
    ("monitoring.order_reports", "collecting"): {"project_leader"},
    ("monitoring.order_reports", "analysing"): {"project_leader"},
    ("monitoring.enter_figure", "draft"): {"researcher", "own_director"},
    ("monitoring.enter_figure", "returned"): {"researcher", "own_director"},
    ("monitoring.enter_figure", "submitted"): set(),
    ("monitoring.submit_return", "draft"): {"researcher", "own_director"},
    ("monitoring.submit_return", "submitted"): set(),
    ("monitoring.send_back_return", "draft"): set(),
    ("monitoring.send_back_return", "submitted"): {"researcher"},
    ("monitoring.send_back_return", "checked"): {"researcher"},
    ("monitoring.send_back_return", "adopted"): set(),
    ("monitoring.check_return", "draft"): set(),
    ("monitoring.check_return", "submitted"): {"researcher"},
    ("monitoring.adopt_return", "submitted"): set(),
    ("monitoring.adopt_return", "checked"): {"development_group"},
    ("monitoring.adopt_return", "locked"): set(),
    ("monitoring.reopen_return", "adopted"): set(),
    ("monitoring.reopen_return", "locked"): {"development_group"},
    ("monitoring.retry_report", "waiting"): set(),
    ("monitoring.retry_report", "failed"): {"project_leader"},
    ("monitoring.retry_report", "cancelled"): {"project_leader"},
    ("monitoring.cancel_reports", "-"): {"project_leader"},
    ("monitoring.start_hearing", "-"): {"project_leader"},
    ("monitoring.react_to_report", "concept"): set(),
    ("monitoring.react_to_report", "hearing"): {
        "signer",
        "own_director",
        "own_board",
        "own_childcare",
    },
    ("monitoring.adopt_reports", "-"): {"development_group"},
    ("monitoring.publish_reports", "-"): {"project_leader"},
    ("monitoring.view_distribution", "-"): {"project_leader", "signer", "auditor"},
    ("monitoring.add_recipient", "concept"): {"project_leader"},
    ("monitoring.add_recipient", "replaced"): set(),
    ("monitoring.resend_report", "concept"): set(),
    ("monitoring.confirm_receipt", "concept"): set(),
}


RECIPIENT_VERBS = ("add_recipient", "resend_report", "confirm_receipt")
BATCH_VERBS = {"cancel_reports", "start_hearing", "adopt_reports", "publish_reports"}


def person(role: str, return_: Return):
    ikc = return_.agreement.ikc
    partner = version_of(return_.agreement).parties.get(role="childcare").organisation
    special = {
        "own_director": {"director": True, "ikc": ikc},
        "other_director": {"director": True},
        "own_board": {"school_board": True, "organisation": ikc.board},
        "other_board": {"school_board": True},
        "own_childcare": {"childcare_board": True, "organisation": partner},
        "nobody": {},
    }
    return UserFactory(**special.get(role, {role: True}))


def subject(permission: str, state: str, return_: Return):
    verb = permission.split(".")[1]
    cycle = return_.cycle
    if state == "-" or verb in BATCH_VERBS:
        return None
    if verb in ("react_to_report", *RECIPIENT_VERBS):
        report = ordered(cycle).reports.get(kind="ikc")
        days = {"hearing_from": AT.date(), "hearing_until": AT.date()} if state == "hearing" else {}
        AnnualReport.objects.filter(pk=report.pk).update(stage=state, **days)
        report.refresh_from_db()
        return report
    if verb.endswith("cycle") or verb in (
        "order_reports",
        "adopt_returns",
        "import_figures",
        "manage_tokens",
        "edit_recommendations",
        "answer_recommendation",
    ):
        return in_state(cycle, state)
    if verb.endswith("report"):
        report = ordered(cycle).reports.get(kind="ikc")
        AnnualReport.objects.filter(pk=report.pk).update(state=state)
        report.refresh_from_db()
        return report
    at = "2025-09-01T09:00Z"
    Return.objects.filter(pk=return_.pk).update(
        state=state,
        **{f"{deed}_at": at for deed in ("submitted", "checked", "adopted", "locked")},
        **{f"{deed}_by": UserFactory() for deed in ("submitted", "checked", "adopted")},
    )
    return return_of(cycle)


@pytest.mark.parametrize(("permission", "state"), MAY, ids=str)
def test_who_may_do_what(permission, state):
    return_ = return_of(open_cycle())
    people = {role: person(role, return_) for role in ROLES}
    thing = subject(permission, state, return_)
    allowed = {role for role, user in people.items() if user.has_perm(permission, thing)}
    assert allowed == MAY[permission, state]


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_a_running_cycle_and_its_return(client, role):
    cycle = open_cycle()
    return_ = return_of(cycle)
    client.force_login(person(role, return_))
    assert client.get(cycle.get_absolute_url()).status_code == (
        200 if role in SEES_RUNNING_CYCLE else 404
    )
    assert client.get(return_.get_absolute_url()).status_code == (
        200 if role in SEES_RETURN else 404
    )


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_a_planned_cycle(client, role):
    return_ = return_of(open_cycle(index=3))
    client.force_login(person(role, return_))
    assert client.get(planned_cycle().get_absolute_url()).status_code == (
        200 if role in SEES_PLANNED_CYCLE else 404
    )


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_which_reports(role):
    cycle = open_cycle(agreements=2)
    return_ = return_of(cycle)
    batch = ordered(cycle)
    user = person(role, return_)
    waiting = set(AnnualReport.objects.visible_to(user).values_list("kind", flat=True))
    assert waiting == ({"ikc", "programme", "public"} if role in SEES_ORDER else set())
    own = batch.reports.get(agreement=return_.agreement)
    other = batch.reports.exclude(agreement=return_.agreement).get(kind="ikc")
    summary, public = (batch.reports.get(kind=kind) for kind in ("programme", "public"))
    for report, seen_by in (
        (own, SEES_DONE_REPORT),
        (other, SEES_ORDER),
        (summary, SEES_DONE_SUMMARY),
        (public, SEES_DONE_SUMMARY),
    ):
        visible = AnnualReport.objects.visible_to(user).filter(pk=report.pk)
        if role in SEES_ORDER:
            assert visible.exists()
        else:
            assert not visible.exists()  # nothing is made yet
        assert (role in seen_by) or not visible.exists()


@pytest.mark.parametrize(
    "name",
    ["return_submit", "return_send_back", "return_check", "return_adopt", "return_reopen"],
)
def test_seeing_without_being_allowed_is_a_403(client, name):
    return_ = return_of(open_cycle())
    client.force_login(UserFactory(auditor=True))
    assert client.get(reverse(f"monitoring:{name}", args=[return_.pk])).status_code == 403


@pytest.mark.parametrize(
    "name", ["cycle_open", "cycle_close", "cycle_adopt", "returns_adopt", "batch_order"]
)
def test_a_cycle_is_not_everybodys_to_move(client, name):
    cycle = open_cycle()
    client.force_login(UserFactory(researcher=True))
    assert client.get(reverse(f"monitoring:{name}", args=[cycle.pk])).status_code == 403
