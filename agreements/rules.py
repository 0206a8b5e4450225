"""What a person may do with agreements (domain reference 6.2). Seeing is for `visible_to`, the state for the service."""

from typing import TYPE_CHECKING

import rules

from agreements.states import FROZEN
from ikc.roles import Role
from ikc.rules import has_role, is_municipal

if TYPE_CHECKING:
    from agreements.models import AgreementParty, AgreementVersion
    from ikc.models import User


@rules.predicate
def is_draft(user: "User", version: "AgreementVersion | None") -> bool:
    return version is not None and version.is_draft


@rules.predicate
def is_offered(user: "User", version: "AgreementVersion | None") -> bool:
    return version is not None and version.state in FROZEN


@rules.predicate
def is_director_of_its_ikc(user: "User", version: "AgreementVersion | None") -> bool:
    return version is not None and version.agreement.ikc_id in user.ikc_ids(Role.IKC_DIRECTOR)


@rules.predicate
def signs_for(user: "User", party: "AgreementParty | None") -> bool:
    """Holds the signing role for the organisation of this party."""
    return party is not None and party.may_be_signed_by(user)


@rules.predicate
def is_of_draft(user: "User", party: "AgreementParty | None") -> bool:
    return party is not None and party.version.is_draft


is_project_leader = has_role(Role.PROJECT_LEADER)

# The library of indicators: who sees it is for `visible_to`.
rules.add_perm("agreements.edit_library", is_project_leader)
rules.add_perm("agreements.draft_agreement", is_project_leader)
# Text, parties, period: the municipality's draft. Goals: the IKC's as well.
rules.add_perm("agreements.edit_version", is_project_leader & is_draft)
rules.add_perm("agreements.edit_party", is_project_leader & is_of_draft)
rules.add_perm("agreements.edit_goals", (is_project_leader | is_director_of_its_ikc) & is_draft)
# A board may write down what it contributes itself.
rules.add_perm("agreements.edit_contributions", (is_project_leader | signs_for) & is_of_draft)
# What became of a pledge, once it was signed.
rules.add_perm("agreements.record_contribution", is_project_leader | signs_for)
rules.add_perm("agreements.manage_templates", is_project_leader)
# Whether there is money behind all promises: sums for the Ontwikkelgroep, the IKCs behind them for the municipality.
rules.add_perm("agreements.view_cover", is_municipal | has_role(Role.DEVELOPMENT_GROUP))
rules.add_perm("agreements.view_cover_per_ikc", is_municipal)
rules.add_perm("agreements.edit_funding", is_project_leader)
rules.add_perm("agreements.offer_version", is_project_leader)
rules.add_perm("agreements.return_version", is_project_leader)
rules.add_perm("agreements.withdraw_version", is_project_leader)
rules.add_perm("agreements.amend_agreement", is_project_leader)
rules.add_perm("agreements.sign_party", signs_for)
# The Ontwikkelgroep and directors of other parties see sums; the parties themselves see each other's amounts.
sees_contributions = is_municipal | has_role(
    Role.IKC_DIRECTOR, Role.SCHOOL_BOARD, Role.CHILDCARE_BOARD
)
rules.add_perm("agreements.view_contributions", sees_contributions)
# The whole text on paper (L26, L27) holds what each party puts in.
rules.add_perm("agreements.print_version", sees_contributions & is_offered)
