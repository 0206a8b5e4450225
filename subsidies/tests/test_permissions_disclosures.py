"""Who may do what with documents of a round, in which state: domain reference 6.2 and 8.3 written out a second time."""

import pytest

from ikc.tests.factories import UserFactory
from subsidies.models import Disclosure
from subsidies.tests.factories_objections import handler, objected, sent_decisions

pytestmark = pytest.mark.django_db

STATES = ("collecting", "reviewing", "proposed", "making", "ready", "given", "cancelled")
CANCELLABLE = {"collecting", "reviewing", "proposed", "ready"}
# verb -> role -> states in which it may; who is not named may never.
OBJECTION = {
    "judge_disclosure": {"leader": {"reviewing"}},
    "order_disclosure": {"leader": {"reviewing"}},
    "propose_disclosure": {},
    "give_disclosure": {"leader": {"ready"}},
    "cancel_disclosure": {"leader": CANCELLABLE},
}
WOO = {
    "judge_disclosure": {"leader": {"reviewing"}, "drafter": {"reviewing"}},
    "order_disclosure": {},
    "propose_disclosure": {"leader": {"reviewing"}, "drafter": {"reviewing"}},
    "approve_disclosure": {"signer": {"proposed"}},
    "return_disclosure": {"signer": {"proposed"}},
    "give_disclosure": {"leader": {"ready"}, "drafter": {"ready"}},
    "cancel_disclosure": {"leader": CANCELLABLE, "drafter": CANCELLABLE},
}
SEE = {"leader", "drafter", "signer", "auditor"}


def test_each_role_in_each_state():
    (decision,) = sent_decisions()
    leader = handler()
    people = {
        "leader": leader,
        "drafter": decision.drafted_by,  # of the contested decision
        "signer": UserFactory(signer=True),
        "auditor": UserFactory(auditor=True),
        "secretary": UserFactory(secretary=True),
        "member": UserFactory(member=True),
        "objector": decision.application.created_by,
        "director": UserFactory(director=True),
        "admin": UserFactory(admin=True),
    }
    objection = objected(decision, by=leader)
    round_ = decision.application.round
    for kind, about, matrix in (("objection", objection, OBJECTION), ("woo", None, WOO)):
        row = Disclosure(kind=kind, round=round_, objection=about, started_by=UserFactory())
        for verb, roles in matrix.items():
            found = {name: set() for name in people}
            for row.state in STATES:
                for name, user in people.items():
                    if user.has_perm(f"subsidies.{verb}", row):
                        found[name].add(row.state)
            assert found == {name: roles.get(name, set()) for name in people}, (kind, verb)

    def may(verb, about=None):
        return {name for name, user in people.items() if user.has_perm(f"subsidies.{verb}", about)}

    assert may("view_disclosures") == SEE
    assert may("see_woo_disclosures", round_) == SEE
    assert may("start_woo_disclosure", round_) == {"leader", "drafter"}
    assert may("start_objection_disclosure", objection) == {"leader"}
    round_.state = "advised"
    assert may("start_woo_disclosure", round_) == may("see_woo_disclosures", round_) == set()
    row.started_by, row.state = people["signer"], "proposed"
    assert may("approve_disclosure", row) == set()
    assert may("open_disclosure", row) == set()  # nothing to take yet


def test_what_is_not_given_is_seen_by_the_municipality_only():
    (decision,) = sent_decisions()
    leader = handler()
    objection = objected(decision, by=leader, own_application=decision.application)
    for kind, about in (("objection", objection), ("woo", None)):
        Disclosure.objects.create(
            kind=kind,
            round=decision.application.round,
            objection=about,
            state="reviewing",
            started_at=objection.received_at,
            started_by=leader,
            next_attempt_at=objection.received_at,
        )
    sees = {
        leader: 2,
        UserFactory(auditor=True): 2,
        decision.application.created_by: 0,
        UserFactory(member=True): 0,
        UserFactory(secretary=True): 0,
        UserFactory(director=True): 0,
        UserFactory(admin=True): 0,
    }
    for user, number in sees.items():
        assert Disclosure.objects.visible_to(user).count() == number
