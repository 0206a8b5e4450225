"""What a person may do with reviews, conclusions, actions and year plans (monitoring reference 3.5)."""

from typing import TYPE_CHECKING

import rules

from ikc.roles import Role
from ikc.rules import has_role, is_municipal
from monitoring.models import Return
from monitoring.services.learning import WORTH_SHARING
from monitoring.services.reviewing import is_open_for_review
from monitoring.states import EDITABLE, CycleState

if TYPE_CHECKING:
    from ikc.models import User
    from monitoring.models import Action, Conclusion, Practice, YearPlan

is_project_leader = has_role(Role.PROJECT_LEADER)
is_researcher = has_role(Role.RESEARCHER)
is_development_group = has_role(Role.DEVELOPMENT_GROUP)


def directs(user: "User", return_: Return) -> bool:
    return return_.agreement.ikc_id in user.ikc_ids(Role.IKC_DIRECTOR)


def speaks_for_party(user: "User", return_: Return) -> bool:
    """Represents the school board or the childcare organisation of this agreement."""
    organisations = user.organisation_ids(Role.SCHOOL_BOARD, Role.CHILDCARE_BOARD)
    return bool(organisations) and any(
        party.organisation_id in organisations for party in return_.version.parties.all()
    )


@rules.predicate
def directs_this_ikc(user: "User", return_: Return | None) -> bool:
    return return_ is not None and directs(user, return_)


@rules.predicate
def is_party_to_it(user: "User", return_: Return | None) -> bool:
    return return_ is not None and speaks_for_party(user, return_)


@rules.predicate
def may_be_reviewed(user: "User", return_: Return | None) -> bool:
    return return_ is not None and is_open_for_review(return_)


@rules.predicate
def is_filed(user: "User", return_: Return | None) -> bool:
    return return_ is not None and return_.state not in EDITABLE


@rules.predicate
def takes_actions(user: "User", return_: Return | None) -> bool:
    """The cycle runs: figures come in, or people work on what came of them."""
    return return_ is not None and return_.cycle.state not in (
        CycleState.PLANNED,
        CycleState.CLOSED,
    )


@rules.predicate
def asks_amendment(user: "User", conclusion: "Conclusion | None") -> bool:
    """Adopted as 'bijstellen', and no other text was begun for it."""
    return (
        conclusion is not None
        and conclusion.is_adopted
        and conclusion.asks_amendment
        and not hasattr(conclusion, "amendment")
    )


@rules.predicate
def owns(user: "User", action: "Action | None") -> bool:
    return action is not None and action.owner_id == user.pk


@rules.predicate
def directs_its_ikc(user: "User", action: "Action | None") -> bool:
    return action is not None and directs(user, action.conclusion.of_return)


@rules.predicate
def is_party_to_action(user: "User", action: "Action | None") -> bool:
    return action is not None and speaks_for_party(user, action.conclusion.of_return)


@rules.predicate
def waits_for_judgement(user: "User", action: "Action | None") -> bool:
    return action is not None and action.waits_for_judgement


@rules.predicate
def directs_ikc_of_plan(user: "User", plan: "YearPlan | None") -> bool:
    return plan is not None and plan.ikc_id in user.ikc_ids(Role.IKC_DIRECTOR)


@rules.predicate
def directs_ikc_of_card(user: "User", practice: "Practice | None") -> bool:
    return practice is not None and practice.ikc_id in user.ikc_ids(Role.IKC_DIRECTOR)


@rules.predicate
def is_worth_sharing(user: "User", action: "Action | None") -> bool:
    return action is not None and action.effect in WORTH_SHARING


works_on_results = is_municipal | has_role(
    Role.RESEARCHER,
    Role.DEVELOPMENT_GROUP,
    Role.IKC_DIRECTOR,
    Role.SCHOOL_BOARD,
    Role.CHILDCARE_BOARD,
)

rules.add_perm("monitoring.view_actions", works_on_results)
# The IKC and the bureau look back together; adopted figures are over.
rules.add_perm("monitoring.review_goal", (is_researcher | directs_this_ikc) & may_be_reviewed)
rules.add_perm("monitoring.conclude", (is_researcher | is_project_leader) & is_filed)
rules.add_perm("monitoring.reply_conclusion", is_filed & is_party_to_it)
rules.add_perm("monitoring.adopt_conclusions", is_development_group & is_filed)
# IKC, boards and municipality act; the bureau proposes.
rules.add_perm(
    "monitoring.agree_action",
    (directs_this_ikc | is_party_to_it | is_project_leader) & takes_actions,
)
rules.add_perm("monitoring.propose_action", is_researcher & takes_actions)
rules.add_perm("monitoring.explain_no_action", (is_researcher | directs_this_ikc) & may_be_reviewed)
rules.add_perm("monitoring.move_action", owns | directs_its_ikc | is_project_leader)
rules.add_perm("monitoring.accept_action", owns)
rules.add_perm(
    "monitoring.judge_effect",
    (is_researcher | is_project_leader | directs_its_ikc | is_party_to_action)
    & waits_for_judgement
    & ~owns,
)
rules.add_perm("monitoring.place_action", directs_its_ikc)
rules.add_perm("monitoring.start_amendment", is_project_leader & asks_amendment)
rules.add_perm("monitoring.start_year_plan", has_role(Role.IKC_DIRECTOR))
rules.add_perm("monitoring.change_year_plan", directs_ikc_of_plan)

# Learning: the IKC writes and agrees to be named, the project leader shares; everybody who works on results reads.
rules.add_perm("monitoring.view_practices", works_on_results)
rules.add_perm(
    "monitoring.write_practice", (directs_its_ikc | is_project_leader) & is_worth_sharing
)
rules.add_perm("monitoring.change_practice", directs_ikc_of_card | is_project_leader)
rules.add_perm("monitoring.agree_practice", directs_ikc_of_card)
rules.add_perm("monitoring.publish_practice", is_project_leader)
rules.add_perm("monitoring.withdraw_practice", directs_ikc_of_card | is_project_leader)
rules.add_perm("monitoring.follow_practice", has_role(Role.IKC_DIRECTOR) & ~directs_ikc_of_card)
rules.add_perm(
    "monitoring.ask_practice",
    has_role(
        Role.IKC_DIRECTOR,
        Role.SCHOOL_BOARD,
        Role.CHILDCARE_BOARD,
        Role.PROJECT_LEADER,
        Role.DEVELOPMENT_GROUP,
        Role.RESEARCHER,
    ),
)
rules.add_perm("monitoring.answer_practice", directs_ikc_of_card | is_project_leader)
rules.add_perm("monitoring.plan_learning_meeting", is_project_leader)
