"""Who sees and who does what, as a literal matrix: role x state x verb (domain reference 6.2)."""

import pytest

from agreements.models import AgreementVersion, IndicatorDefinition, ResultAgreement
from agreements.tests.factories import AgreementFactory, DefinitionVersionFactory, version_of
from ikc.models import Ikc
from ikc.tests.factories import ROLE_TRAITS, IkcFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

STATES = ("draft", "negotiation", "agreed", "signing", "in_force")
EDITABLE = ("draft", "negotiation")
OWN = {"director", "school_board", "childcare_board"}

# role, and whether it is tied to the very IKC or one of its parties
PEOPLE = [
    *((role, False) for role in ROLE_TRAITS if role != "second_project_leader"),
    *((role, True) for role in sorted(OWN)),
    ("nobody", False),
]
SEE = {
    ("project_leader", False),
    ("signer", False),
    ("auditor", False),
    ("director", True),
    ("school_board", True),
    ("childcare_board", True),
}
# Who reads the summary of what is or was in force, and nothing else.
SUMMARY = {("development_group", False)}
LEADER = {("project_leader", False)}
# The municipality is a party, so its signer sits at every table.
TABLE = LEADER | {("signer", False), *((role, True) for role in OWN)}
VERBS = {
    # verb: (who, in which states)
    "draft_agreement": (LEADER, STATES),
    "edit_version": (LEADER, EDITABLE),
    "edit_goals": (LEADER | {("director", True)}, EDITABLE),
    "offer_version": (LEADER, STATES),
    "lay_version": (LEADER, EDITABLE),
    "reopen_version": (LEADER, STATES),
    "withdraw_version": (LEADER, STATES),
    "amend_agreement": (LEADER, STATES),
    "edit_library": (LEADER, STATES),
    "edit_funding": (LEADER, STATES),
    "manage_templates": (LEADER, STATES),
    "edit_standard_clauses": (LEADER, STATES),
    "view_standard_clauses": (LEADER | {("signer", False), ("auditor", False)}, STATES),
    "view_cover": (
        LEADER | {("signer", False), ("auditor", False), ("development_group", False)},
        STATES,
    ),
    "view_cover_per_ikc": (LEADER | {("signer", False), ("auditor", False)}, STATES),
    "comment_version": (TABLE, ("negotiation",)),
    "record_staffing": (TABLE, STATES),
    "evaluate_version": (LEADER, ("in_force",)),
    "view_negotiation": (TABLE | {("signer", False), ("auditor", False)}, STATES),
    "print_version": (
        {
            *LEADER,
            ("signer", False),
            ("auditor", False),
            *((role, own) for role in OWN for own in (True, False)),
        },
        ("signing", "in_force"),
    ),
    "view_contributions": (
        {
            *LEADER,
            ("signer", False),
            ("auditor", False),
            # any of these sees amounts where it sees the agreement at all
            *((role, own) for role in OWN for own in (True, False)),
        },
        STATES,
    ),
}
PARTY_VERBS = {
    # verb: {party role: who}, in which states
    "edit_party": (
        dict.fromkeys(("municipality", "school_board", "childcare"), LEADER),
        EDITABLE,
    ),
    "edit_contributions": (
        {
            "municipality": LEADER | {("signer", False)},
            "school_board": LEADER | {("school_board", True)},
            "childcare": LEADER | {("childcare_board", True)},
        },
        EDITABLE,
    ),
    "agree_party": (
        {
            "municipality": {("signer", False)},
            "school_board": {("school_board", True)},
            "childcare": {("childcare_board", True)},
        },
        ("negotiation",),
    ),
    "refuse_party": (
        {
            "municipality": {("signer", False)},
            "school_board": {("school_board", True)},
            "childcare": {("childcare_board", True)},
        },
        ("signing",),
    ),
    "upload_signed": (
        {
            "municipality": LEADER | {("signer", False)},
            "school_board": LEADER | {("school_board", True)},
            "childcare": LEADER | {("childcare_board", True)},
        },
        ("signing",),
    ),
    "give_notice": (
        {
            "municipality": {("signer", False)},
            "school_board": {("school_board", True)},
            "childcare": {("childcare_board", True)},
        },
        STATES,
    ),
    "record_contribution": (
        {
            "municipality": LEADER | {("signer", False)},
            "school_board": LEADER | {("school_board", True)},
            "childcare": LEADER | {("childcare_board", True)},
        },
        STATES,
    ),
    "sign_party": (
        {
            "municipality": {("signer", False)},
            "school_board": {("school_board", True)},
            "childcare": {("childcare_board", True)},
        },
        STATES,
    ),
}


@pytest.fixture(params=STATES)
def version(request) -> AgreementVersion:
    flags = {
        "draft": "complete",
        "negotiation": "negotiated",
        "agreed": "agreed",
        "signing": "offered",
        "in_force": "in_force",
    }
    version = version_of(AgreementFactory(**{flags[request.param]: True}))
    assert version.state == request.param
    return version


def person(role: str, own: bool, ikc: Ikc):
    if role == "nobody":
        return UserFactory()
    if not own:
        return UserFactory(**{role: True}, **_elsewhere(role))
    match role:
        case "director":
            return UserFactory(director=True, ikc=ikc)
        case "school_board":
            return UserFactory(school_board=True, organisation=ikc.board)
    return UserFactory(childcare_board=True, organisation=ikc.partners.get().organisation)


def _elsewhere(role: str) -> dict:
    match role:
        case "director":
            return {"ikc": IkcFactory()}
        case "school_board":
            return {"organisation": OrganisationFactory()}
        case "childcare_board":
            return {"organisation": OrganisationFactory(childcare=True)}
    return {}


def test_the_matrix(version):
    parties = {party.role: party for party in version.parties.select_related("version")}
    for role, own in PEOPLE:
        user = person(role, own, version.agreement.ikc)
        who = (role, own)
        in_summary = who in SEE or (who in SUMMARY and version.state == "in_force")
        assert ResultAgreement.objects.visible_to(user).exists() == in_summary, who
        assert AgreementVersion.objects.visible_to(user).exists() == (who in SEE), who
        assert AgreementVersion.objects.summarised_to(user).exists() == in_summary, who
        for verb, (people, states) in VERBS.items():
            allowed = who in people and version.state in states
            assert user.has_perm(f"agreements.{verb}", version) == allowed, (who, verb)
        for verb, (by_party, states) in PARTY_VERBS.items():
            for party_role, people in by_party.items():
                allowed = who in people and version.state in states
                has = user.has_perm(f"agreements.{verb}", parties[party_role])
                assert has == allowed, (who, verb, party_role)


def test_an_organisation_that_is_party_without_the_school_sees_it_too():
    """A second school board of the same IKC is a party, though the IKC runs under another board."""
    version = version_of(AgreementFactory())
    second = OrganisationFactory()
    version.parties.create(role="school_board", organisation=second, organisation_name="x")
    user = UserFactory(school_board=True, organisation=second)

    assert ResultAgreement.objects.visible_to(user).get() == version.agreement


def test_the_library_is_read_by_who_agrees_measures_or_decides():
    """Monitoring reference 3.5: the library is the same for all parties; the commission has no use for it."""
    definition = DefinitionVersionFactory().definition
    readers = {role for role, _ in SEE | SUMMARY} | {"researcher"}
    for role in ROLE_TRAITS:
        if role == "second_project_leader":
            continue
        user = UserFactory(**{role: True}, **_elsewhere(role))
        sees = IndicatorDefinition.objects.visible_to(user).filter(pk=definition.pk).exists()
        assert sees == (role in readers), role


def test_without_an_object_nobody_may_edit_or_sign():
    leader, signer = UserFactory(project_leader=True), UserFactory(signer=True)

    assert not leader.has_perm("agreements.edit_version")
    assert not leader.has_perm("agreements.edit_contributions")
    assert not leader.has_perm("agreements.edit_goals")
    assert not signer.has_perm("agreements.sign_party")
