"""Role × verb, as domain reference 6.2 has it, written out by hand."""

from datetime import date

import pytest
from django.urls import reverse

from ikc.models import Ikc, PlusLapse, PlusStatus
from ikc.tests.factories import (
    ROLE_TRAITS,
    AreaDesignationFactory,
    AreaImportFactory,
    AreaIndicatorFactory,
    AreaRecalibrationFactory,
    BankAccountFactory,
    ChildCountFactory,
    DistrictFactory,
    IkcFactory,
    IkcPartnerFactory,
    IkcSuccessionFactory,
    MandateFactory,
    OrganisationFactory,
    PlusStatusFactory,
    RecalibratedIkcFactory,
    RoleAssignmentFactory,
    UserFactory,
)
from ikc.tests.plus_cases import AT, being_checked

pytestmark = pytest.mark.django_db

ALL = set(ROLE_TRAITS)
PROJECT_LEADERS = {"project_leader", "second_project_leader"}

# edit areas / recalibration
AREA_READERS = PROJECT_LEADERS | {
    "signer",
    "development_group",
    "researcher",
    "school_board",
    "childcare_board",
    "auditor",
}

# permission: the traits that have it
PERMISSIONS = {
    "ikc.view_ikc": ALL,
    "ikc.view_area": ALL,
    "ikc.view_area_analysis": AREA_READERS,
    "ikc.change_areas": PROJECT_LEADERS,
    "ikc.open_area_import": PROJECT_LEADERS | {"auditor"},
    "ikc.adopt_recalibration": {"signer"},
    "ikc.view_organisation": ALL,
    "ikc.change_ikc": PROJECT_LEADERS,
    "ikc.view_support": ALL - {"member", "secretary", "admin"},
    "ikc.change_support": PROJECT_LEADERS,
    "ikc.request_support": set(),  # for the own IKC only
    "ikc.answer_support_request": PROJECT_LEADERS,
    "ikc.withdraw_support_request": set(),  # by who asked
    "ikc.view_bodies": ALL,
    "ikc.manage_bodies": PROJECT_LEADERS,
    "ikc.close_action": PROJECT_LEADERS,  # and who does it, see below
    "ikc.drop_action": PROJECT_LEADERS,
    "ikc.prepare_hand_over": PROJECT_LEADERS,  # and who leaves, see test_hand_overs
    "ikc.complete_hand_over": PROJECT_LEADERS,
    "ikc.change_organisation": PROJECT_LEADERS | {"admin"},
    "ikc.view_child_counts": PROJECT_LEADERS | {"signer", "auditor"},
    "ikc.change_child_counts": PROJECT_LEADERS,
    "ikc.confirm_child_counts": set(),  # for the own IKC only, see below
    "ikc.view_users": {"admin", "auditor"},
    "ikc.manage_users": {"admin"},
    "ikc.view_downloads": PROJECT_LEADERS | {"auditor"},
    "ikc.view_plus": PROJECT_LEADERS | {"signer", "auditor", "development_group"},
    "ikc.view_plus_list": PROJECT_LEADERS
    | {"signer", "auditor", "development_group", "director", "school_board", "childcare_board"},
    "ikc.assess_plus": PROJECT_LEADERS,
    "ikc.decide_plus": {"signer"},
    # of the own IKC only, see below
    "ikc.supply_plus_evidence": set(),
    "ikc.confirm_plus": set(),
    "ikc.answer_plus": set(),
    "ikc.view_bank_account": PROJECT_LEADERS | {"signer", "auditor"},
}


@pytest.mark.parametrize("trait", sorted(ALL))
def test_what_a_role_may_do(trait):
    user = UserFactory(**{trait: True})

    held = {permission for permission in PERMISSIONS if user.has_perm(permission)}

    assert held == {permission for permission, traits in PERMISSIONS.items() if trait in traits}


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_somebody_without_a_role_may_do_nothing(permission):
    assert not UserFactory().has_perm(permission)


def test_the_own_account_number_is_no_secret():
    board = OrganisationFactory()
    user = UserFactory(school_board=True, organisation=board)

    assert user.has_perm("ikc.view_bank_account", board)
    assert not user.has_perm("ikc.view_bank_account", OrganisationFactory())


def test_a_count_is_confirmed_for_the_own_board_only():
    ikc = IkcFactory()
    director = UserFactory(director=True, ikc=ikc)
    board = UserFactory(school_board=True, organisation=ikc.board)
    others = [
        UserFactory(director=True, ikc=IkcFactory()),
        UserFactory(school_board=True, organisation=OrganisationFactory()),
        UserFactory(project_leader=True),
        UserFactory(childcare_board=True, organisation=IkcPartnerFactory(ikc=ikc).organisation),
    ]

    assert board.has_perm("ikc.confirm_child_counts", ikc)
    assert director.has_perm("ikc.confirm_child_counts", ikc)
    assert not any(user.has_perm("ikc.confirm_child_counts", ikc) for user in others)

    director.mandates.all().delete()

    assert not director.has_perm("ikc.confirm_child_counts", ikc)


def test_each_party_does_its_own_part_for_plus():
    ikc = IkcFactory()
    partner = IkcPartnerFactory(ikc=ikc)
    own = {
        "director": UserFactory(director=True, ikc=ikc),
        "board": UserFactory(school_board=True, organisation=ikc.board),
        "childcare": UserFactory(childcare_board=True, organisation=partner.organisation),
    }
    names = ("view_plus", "supply_plus_evidence", "confirm_plus", "answer_plus")
    has = {
        who: {name for name in names if user.has_perm(f"ikc.{name}", ikc)}
        for who, user in own.items()
    }

    assert has == {
        "director": {"view_plus", "supply_plus_evidence", "answer_plus"},
        "board": {"view_plus", "confirm_plus", "answer_plus"},
        "childcare": {"view_plus", "confirm_plus"},
    }
    other = IkcFactory()
    assert not any(user.has_perm(f"ikc.{name}", other) for user in own.values() for name in names)


def test_the_list_of_plus_holds_what_the_page_of_an_ikc_opens():
    status = PlusStatusFactory()
    ikc = status.ikc
    left = IkcPartnerFactory(ikc=ikc, valid_until=date(2022, 7, 31)).organisation
    people = {
        "director": UserFactory(director=True, ikc=ikc),
        "board": UserFactory(school_board=True, organisation=ikc.board),
        "childcare": UserFactory(
            childcare_board=True, organisation=IkcPartnerFactory(ikc=ikc).organisation
        ),
        "childcare that left": UserFactory(childcare_board=True, organisation=left),
        "another board": UserFactory(school_board=True),
        "commission member": UserFactory(member=True),
        "auditor": UserFactory(auditor=True),
    }
    listed = {who for who, user in people.items() if PlusStatus.objects.visible_to(user).exists()}

    assert listed == {who for who, user in people.items() if user.has_perm("ikc.view_plus", ikc)}
    assert listed == {"director", "board", "childcare", "auditor"}


@pytest.mark.parametrize("trait", sorted(ALL))
def test_every_role_sees_the_profile_of_every_ikc(trait):
    ikc = IkcFactory()

    assert ikc in Ikc.objects.visible_to(UserFactory(**{trait: True}))


def test_nobody_sees_an_ikc_without_a_role():
    IkcFactory()

    assert not Ikc.objects.visible_to(UserFactory()).exists()


# url name: (permission, what it is about)
PAGES = {
    "ikc_detail": (ALL, "ikc"),
    "ikc_edit": (PROJECT_LEADERS, "ikc"),
    "partner_add": (PROJECT_LEADERS, "ikc"),
    "director_leave": (PROJECT_LEADERS, "director"),
    "partner_end": (PROJECT_LEADERS, "partner"),
    "succession_confirm": (PROJECT_LEADERS, "succession"),
    "ikc_list": (ALL, None),
    "child_count_list": (PROJECT_LEADERS | {"signer", "auditor"}, None),
    "child_count_prefill": (PROJECT_LEADERS, "day"),
    "child_count_enter": (PROJECT_LEADERS, "ikc and day"),
    "child_count_resolve": (PROJECT_LEADERS, "dispute"),
    "child_count_confirm": (set(), "ikc and day"),
    "child_count_dispute": (set(), "dispute"),
    "area_map": (ALL, None),
    "area_analysis": (AREA_READERS, None),
    "district_detail": (AREA_READERS, "district"),
    "recalibration_list": (AREA_READERS, None),
    "recalibration_detail": (AREA_READERS, "recalibration"),
    "recalibration_add": (PROJECT_LEADERS, None),
    "recalibration_agenda": (PROJECT_LEADERS, "recalibration"),
    "recalibration_adopt": ({"signer"}, "recalibration"),
    "designation_edit": (PROJECT_LEADERS, "designation"),
    "recalibrated_ikc_handle": (PROJECT_LEADERS, "moved"),
    "area_indicator_list": (AREA_READERS, None),
    "area_indicator_add": (PROJECT_LEADERS, None),
    "area_indicator_edit": (PROJECT_LEADERS, "indicator"),
    "area_import_list": (AREA_READERS, None),
    "area_import_detail": (AREA_READERS, "import"),
    "area_import_add": (PROJECT_LEADERS, None),
    "area_import_map": (PROJECT_LEADERS, "import"),
    "area_import_discard": (PROJECT_LEADERS, "import"),
    **dict.fromkeys(
        ("ikc_open", "ikc_rename", "ikc_change_form", "ikc_board", "ikc_close", "ikc_merge"),
        (PROJECT_LEADERS, "ikc"),
    ),
    "plus_list": (
        PROJECT_LEADERS
        | {"signer", "auditor", "development_group", "director", "school_board", "childcare_board"},
        None,
    ),
    "plus_detail": (PROJECT_LEADERS | {"signer", "auditor", "development_group"}, "ikc"),
    "plus_nominate": (PROJECT_LEADERS, "ikc"),
    **dict.fromkeys(
        ("plus_check", "plus_propose", "plus_recalibrate", "plus_announce", "plus_continue"),
        (PROJECT_LEADERS, "plus"),
    ),
    **dict.fromkeys(
        ("plus_return", "plus_grant", "plus_refuse", "plus_adjust", "plus_end"),
        ({"signer"}, "plus"),
    ),
    "plus_confirm": (set(), "plus"),
    "plus_answer": (set(), "plus"),
    "plus_condition": (PROJECT_LEADERS | {"signer", "auditor", "development_group"}, "condition"),
    "plus_evidence_add": (set(), "condition"),
    "plus_condition_assess": (PROJECT_LEADERS, "condition"),
    "plus_exception": ({"signer"}, "condition"),
    "plus_lapse_settle": (PROJECT_LEADERS, "lapse"),
    "organisation_list": (ALL, None),
    "organisation_detail": (ALL, "board"),
    "bank_account_detail": (PROJECT_LEADERS | {"signer", "auditor"}, "board"),
    "bank_account_propose": (PROJECT_LEADERS, "board"),
    "bank_account_check": (PROJECT_LEADERS | {"signer"}, "account"),
    "bank_account_reject": (PROJECT_LEADERS | {"signer"}, "account"),
    "organisation_edit": (PROJECT_LEADERS | {"admin"}, "board"),
    "organisation_consent": (PROJECT_LEADERS, "board"),
    "user_list": ({"admin", "auditor"}, None),
    "user_detail": ({"admin", "auditor"}, "person"),
    "user_invite": ({"admin"}, None),
    "user_edit": ({"admin"}, "person"),
    "user_block": ({"admin"}, "person"),
    "user_unblock": ({"admin"}, "person"),
    "role_add": ({"admin"}, "person"),
    "role_end": ({"admin"}, "assignment"),
    "mandate_add": ({"admin"}, "person"),
    "mandate_end": ({"admin"}, "mandate"),
}


READ_ONLY = {
    "user_list",
    "user_detail",
    "child_count_list",
    "bank_account_detail",
    "area_analysis",
    "district_detail",
    "area_indicator_list",
    "area_import_list",
    "area_import_detail",
    "plus_list",
    "plus_detail",
    "plus_condition",
    "recalibration_list",
    "recalibration_detail",
}


@pytest.fixture
def objects():
    partner = IkcPartnerFactory()
    status = being_checked(UserFactory())
    return {
        "plus": status,
        "condition": status.conditions.get(code="P01"),
        "lapse": PlusLapse.objects.create(status=status, code="P04", note="Opgezegd.", at=AT),
        "ikc": partner.ikc,
        "board": partner.ikc.board,
        "partner": partner,
        "account": BankAccountFactory(proposed=True),
        "succession": IkcSuccessionFactory(predecessor=partner.ikc),
        "person": UserFactory(),
        "assignment": RoleAssignmentFactory(),
        "mandate": MandateFactory(),
        "director": UserFactory(director=True, ikc=partner.ikc).assignments.get(),
        "district": DistrictFactory(),
        "indicator": AreaIndicatorFactory(),
        "import": AreaImportFactory(),
        "recalibration": (recalibration := AreaRecalibrationFactory(state="analysed")),
        "designation": AreaDesignationFactory(recalibration=recalibration),
        "moved": RecalibratedIkcFactory(recalibration=recalibration),
        "dispute": ChildCountFactory(ikc=partner.ikc, disputed=True),
    }


# A status, a condition and what happened to it are there for who may see the Plus of this IKC, and for nobody else.
HIDDEN = {"plus", "condition", "lapse"}
SEE_PLUS = PAGES["plus_detail"][0]


def refusal(name: str, trait: str) -> int:
    return 404 if PAGES[name][1] in HIDDEN and trait not in SEE_PLUS else 403


def address(name, objects) -> str:
    about = PAGES[name][1]
    if about == "day":
        return reverse(f"ikc:{name}", args=["2025-10-01"])
    if about == "ikc and day":
        return reverse(f"ikc:{name}", args=[objects["ikc"].pk, "2026-02-01"])
    return reverse(f"ikc:{name}", args=[objects[about].pk] if about else [])


@pytest.mark.parametrize("trait", sorted(ALL))
def test_each_page_opens_for_its_roles_and_for_nobody_else(client, objects, trait):
    client.force_login(UserFactory(**{trait: True}))

    for name, (traits, _) in PAGES.items():
        response = client.get(address(name, objects))
        assert response.status_code == (200 if trait in traits else refusal(name, trait)), name


def test_no_page_opens_without_logging_in(client, objects):
    for name in PAGES:
        response = client.get(address(name, objects))
        assert response.status_code == 302, name
        assert response["Location"].startswith(reverse("account_login")), name


def test_somebody_without_a_role_sees_no_ikc(client, objects):
    client.force_login(UserFactory())

    assert client.get(address("ikc_detail", objects)).status_code == 404
    assert client.get(address("ikc_edit", objects)).status_code == 404
    assert "Geen IKC gevonden" in client.get(address("ikc_list", objects)).content.decode()


def test_a_post_needs_the_same_permission(client, objects):
    client.force_login(UserFactory(director=True, ikc=IkcFactory()))

    for name, (traits, _) in PAGES.items():
        if traits != ALL and name not in READ_ONLY:
            refused = client.post(address(name, objects), {})
            assert refused.status_code == refusal(name, "director"), name
