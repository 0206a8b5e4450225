"""Who sees and who may do what with rounds and applications, written out in full: these tables are the specification."""

import pytest
from django.urls import reverse

from ikc.tests.factories import IkcFactory, IkcPartnerFactory, OrganisationFactory, UserFactory
from subsidies.models import Application, Review, SubsidyRound
from subsidies.states import ApplicationState, RoundState
from subsidies.tests.factories import (
    APPLICATION_STATES,
    ROUND_STATES,
    ApplicationFactory,
    SubsidyRoundFactory,
)
from subsidies.tests.factories_assessment import CommissionMemberFactory

pytestmark = pytest.mark.django_db

ALL_ROUNDS = frozenset(RoundState.values) - {"archived"}
PUBLIC_ROUNDS = ALL_ROUNDS - {"draft", "adopted", "cancelled"}
FILED = frozenset(ApplicationState.values) - {"draft", "lapsed"}
OWN = frozenset(ApplicationState.values)

SEES_ROUNDS = {
    "project_leader": ALL_ROUNDS,
    "signer": ALL_ROUNDS,
    "auditor": ALL_ROUNDS,
    "secretary": ALL_ROUNDS,
    "member": PUBLIC_ROUNDS,
    "director": PUBLIC_ROUNDS,
    "school_board": PUBLIC_ROUNDS,
    "childcare_board": PUBLIC_ROUNDS,
    "researcher": PUBLIC_ROUNDS,
    "development_group": PUBLIC_ROUNDS,
    "admin": PUBLIC_ROUNDS,
    "nobody": frozenset(),
}
SEES_APPLICATIONS = {
    "project_leader": FILED,
    "signer": FILED,
    "auditor": FILED,
    "director": OWN,
    "school_board": OWN,
    "childcare_board": OWN,
    "other_director": frozenset(),
    "other_board": frozenset(),
    "other_childcare": frozenset(),
    "member": frozenset(),
    "secretary": frozenset({"admitted", "in_review", "advised", "intent", "decided"}),
    "researcher": frozenset(),
    "development_group": frozenset(),
    "admin": frozenset(),
    "nobody": frozenset(),
}
WITHDRAWABLE = FILED - {"decided", "not_processed", "withdrawn"}
# verb -> role -> states in which it may
MAY_ROUND = {
    "change": {"project_leader": {"draft"}},
    "adopt": {"signer": {"draft"}},
    "publish": {"project_leader": {"adopted"}},
    "cancel": {"project_leader": {"draft", "adopted", "published"}},
    "assess": {"project_leader": {"closed"}},
    "archive": {"admin": {"settled"}},
    "change_ceiling": {"signer": {"published", "open", "closed", "assessing", "advised"}},
    "record_outage": {"project_leader": {"published", "open", "closed"}},
    "extend_closing": {"project_leader": {"open"}},
    "copy": {"project_leader": ALL_ROUNDS},
    "view_publication": dict.fromkeys(("project_leader", "signer", "auditor"), ALL_ROUNDS),
    "view_figures": dict.fromkeys(("project_leader", "signer", "auditor"), ALL_ROUNDS),
    "start": {
        role: {"open"} for role in ("director", "other_director", "school_board", "other_board")
    },
}
PERMISSION_ROUND = {
    "view_figures": "subsidies.view_round_figures",
    "change_ceiling": "subsidies.change_ceiling",
    "record_outage": "subsidies.record_outage",
    "extend_closing": "subsidies.extend_closing",
    "view_publication": "subsidies.view_round_publication",
    "start": "subsidies.start_application",
}
MAY_APPLICATION = {
    "change": {key: {"draft"} for key in ("director", "school_board")},
    "submit": {key: {"draft"} for key in ("director", "school_board")},
    "withdraw": dict.fromkeys(("director", "school_board"), WITHDRAWABLE),
    "check": {"project_leader": {"submitted", "checking"}},
    "complete": {key: {"incomplete"} for key in ("director", "school_board")},
}


@pytest.fixture
def ikc():
    return IkcFactory()


@pytest.fixture
def people(ikc):
    """One person per role, tied to `ikc` where the role is; `other_…` to another."""
    partner = IkcPartnerFactory(ikc=ikc).organisation
    simple = (
        "project_leader",
        "signer",
        "auditor",
        "secretary",
        "member",
        "researcher",
        "development_group",
        "admin",
    )
    return {
        **{role: UserFactory(**{role: True}) for role in simple},
        "director": UserFactory(director=True, ikc=ikc),
        "other_director": UserFactory(director=True),
        "school_board": UserFactory(school_board=True, organisation=ikc.board),
        "other_board": UserFactory(school_board=True, organisation=OrganisationFactory()),
        "childcare_board": UserFactory(childcare_board=True, organisation=partner),
        "other_childcare": UserFactory(childcare_board=True),
        "nobody": UserFactory(),
    }


@pytest.fixture
def rounds():
    return {
        "draft": SubsidyRoundFactory(),
        **{state: SubsidyRoundFactory(**{state: True}) for state in ROUND_STATES},
    }


@pytest.fixture
def applications(ikc, people):
    given = {"ikc": ikc, "director": people["director"]}
    return {
        "draft": ApplicationFactory(**given),
        **{state: ApplicationFactory(**given, **{state: True}) for state in APPLICATION_STATES},
    }


def test_the_tables_speak_of_every_state(rounds, applications):
    assert set(rounds) == ALL_ROUNDS
    assert set(applications) == OWN


def test_who_sees_which_rounds(people, rounds):
    sees = {
        role: {round_.state for round_ in SubsidyRound.objects.visible_to(people[role])}
        for role in SEES_ROUNDS
    }

    assert sees == SEES_ROUNDS


def test_who_sees_which_applications(people, applications):
    sees = {
        role: {one.state for one in Application.objects.visible_to(people[role])}
        for role in SEES_APPLICATIONS
    }

    assert sees == SEES_APPLICATIONS


@pytest.mark.parametrize("verb", MAY_ROUND)
def test_who_may_do_what_with_a_round(verb, people, rounds):
    permission = PERMISSION_ROUND.get(verb, f"subsidies.{verb}_round")
    may = {
        role: {state for state, round_ in rounds.items() if user.has_perm(permission, round_)}
        for role, user in people.items()
    }

    assert {role: states for role, states in may.items() if states} == MAY_ROUND[verb]


@pytest.mark.parametrize("verb", MAY_APPLICATION)
def test_who_may_do_what_with_an_application(verb, people, applications):
    may = {
        role: {
            state
            for state, application in applications.items()
            if user.has_perm(f"subsidies.{verb}_application", application)
        }
        for role, user in people.items()
    }

    assert {role: states for role, states in may.items() if states} == MAY_APPLICATION[verb]


def test_who_may_remove_a_file(people, applications):
    file = applications["draft"].attachments.get()
    filed = applications["submitted"].attachments.get()

    may = {
        role for role, user in people.items() if user.has_perm("subsidies.remove_attachment", file)
    }

    assert may == {"director", "school_board"}
    assert not people["director"].has_perm("subsidies.remove_attachment", filed)
    restorers = {
        role for role, user in people.items() if user.has_perm("subsidies.restore_attachment", file)
    }
    assert restorers == {"director", "school_board"}
    assert not people["director"].has_perm("subsidies.restore_attachment", filed)


def test_who_may_open_a_file_as_it_came_in(people, applications):
    file = applications["submitted"].attachments.get()

    may = {
        role
        for role, user in people.items()
        if user.has_perm("subsidies.open_original_attachment", file)
    }

    assert may == {"auditor"}


def test_who_may_make_a_round_and_take_the_list(people):
    add = {role for role, user in people.items() if user.has_perm("subsidies.add_round")}
    export = {
        role for role, user in people.items() if user.has_perm("subsidies.export_applications")
    }

    assert add == {"project_leader"}
    assert export == {"project_leader", "signer", "auditor"}
    many = {
        role for role, user in people.items() if user.has_perm("subsidies.bulk_check_applications")
    }
    assert many == {"project_leader"}
    pictures = {
        role for role, user in people.items() if user.has_perm("subsidies.view_round_overview")
    }
    assert pictures == {"project_leader", "signer", "auditor", "secretary"}


def test_without_a_mandate_a_director_may_read_only(people, applications):
    director = people["director"]
    director.mandates.update(valid_until="2021-01-01")

    assert Application.objects.visible_to(director).count() == len(applications)
    assert not director.has_perm("subsidies.change_application", applications["draft"])


# page -> state of its object -> role -> what it answers
PAGES = {
    ("round_detail", "draft"): {
        "project_leader": 200,
        "signer": 200,
        "director": 404,
        "member": 404,
    },
    ("round_edit", "draft"): {"project_leader": 200, "signer": 403, "director": 404},
    ("round_edit", "adopted"): {"project_leader": 403, "signer": 403, "director": 404},
    ("round_adopt", "draft"): {"signer": 200, "project_leader": 403, "auditor": 403},
    ("round_publish", "adopted"): {"project_leader": 200, "signer": 403},
    ("round_cancel", "published"): {"project_leader": 200, "signer": 403, "director": 403},
    ("round_archive", "settled"): {"admin": 200, "project_leader": 403, "director": 403},
    ("round_ceiling", "open"): {"signer": 200, "project_leader": 403, "director": 403},
    ("round_ceiling", "adopted"): {"signer": 403, "director": 404},
    ("outage_record", "open"): {"project_leader": 200, "signer": 403, "director": 403},
    ("closing_extend", "open"): {"project_leader": 200, "signer": 403, "director": 403},
    ("closing_extend", "closed"): {"project_leader": 403, "director": 403},
    ("round_copy", "open"): {"project_leader": 200, "signer": 403, "director": 403},
    ("round_publication", "adopted"): {"project_leader": 200, "auditor": 200, "director": 404},
    ("round_publication", "open"): {"signer": 200, "director": 403, "member": 403},
    ("round_history", "open"): {"project_leader": 200, "auditor": 200, "director": 403},
    ("round_decision", "open"): {"director": 403},
    ("round_copied", "draft"): {"project_leader": 404, "signer": 403, "director": 404},
    ("round_assess", "closed"): {"project_leader": 200, "signer": 403, "secretary": 403},
    ("application_start", "open"): {"director": 200, "project_leader": 403, "nobody": 404},
}
APPLICATION_PAGES = {
    ("application_detail", "submitted"): {
        "project_leader": 200,
        "auditor": 200,
        "director": 200,
        "school_board": 200,
        "childcare_board": 200,
        "other_director": 404,
        "other_board": 404,
        "member": 404,
        "secretary": 404,
        "admin": 404,
    },
    ("application_detail", "draft"): {"project_leader": 404, "signer": 404, "childcare_board": 200},
    ("application_steps", "draft"): {
        "director": 200,
        "school_board": 200,
        "childcare_board": 403,
        "project_leader": 404,
        "other_director": 404,
    },
    ("application_budget", "draft"): {"director": 200, "childcare_board": 403, "other_board": 404},
    ("application_budget", "submitted"): {"director": 302, "project_leader": 302},
    ("application_sign", "draft"): {"director": 200, "childcare_board": 403, "project_leader": 404},
    ("application_check", "submitted"): {"project_leader": 200, "signer": 403, "director": 403},
    ("application_check", "admitted"): {"project_leader": 403},
    ("application_withdraw", "submitted"): {"director": 200, "project_leader": 403, "member": 404},
    ("application_receipt", "submitted"): {"director": 200, "other_director": 404},
    ("application_receipt", "draft"): {"director": 404},
}


@pytest.mark.parametrize(("page", "state"), PAGES)
def test_pages_of_a_round(page, state, client, people, rounds):
    answers = {}
    for role in PAGES[page, state]:
        client.force_login(people[role])
        answers[role] = client.get(
            reverse(f"subsidies:{page}", args=[rounds[state].pk])
        ).status_code

    assert answers == PAGES[page, state]


@pytest.mark.parametrize(("page", "state"), APPLICATION_PAGES)
def test_pages_of_an_application(page, state, client, people, applications):
    url = reverse(f"subsidies:{page}", args=[applications[state].pk])
    answers = {}
    for role in APPLICATION_PAGES[page, state]:
        client.force_login(people[role])
        answers[role] = client.get(url).status_code

    assert answers == APPLICATION_PAGES[page, state]


@pytest.mark.parametrize(
    ("role", "answer"),
    [("director", 200), ("project_leader", 200), ("other_director", 404), ("member", 404)],
)
def test_files_are_handed_out_to_who_sees_the_application(
    role, answer, client, people, applications
):
    client.force_login(people[role])
    file = applications["submitted"].attachments.get()

    response = client.get(reverse("subsidies:attachment_download", args=[file.pk]))

    assert response.status_code == answer
    response.close()


def test_a_member_reads_what_was_assigned_and_not_what_was_recused(client, people, applications):
    seat = CommissionMemberFactory(
        user=people["member"], organisation=people["member"].assignments.get().organisation
    )
    review = Review.objects.create(application=applications["in_review"], member=seat)
    client.force_login(people["member"])
    url = applications["in_review"].get_absolute_url()

    assert client.get(url).status_code == 200
    Review.objects.filter(pk=review.pk).update(state="recused", recusal_reason="belang")
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("name", ["round_list", "application_list"])
def test_a_visitor_is_asked_to_log_in(name, client):
    response = client.get(reverse(f"subsidies:{name}"))

    assert response.status_code == 302
    assert "next=" in response["location"]
