"""What a person may do with agreements (domain reference 6.2). Seeing is for `visible_to`, the state for the service."""

from typing import TYPE_CHECKING

import rules

from agreements.states import AgreementState
from ikc.roles import Role
from ikc.rules import has_role, is_municipal

if TYPE_CHECKING:
    from agreements.models import AgreementParty, AgreementVersion, Comment
    from ikc.models import User


@rules.predicate
def is_editable(user: "User", version: "AgreementVersion | None") -> bool:
    return version is not None and version.is_editable


@rules.predicate
def is_offered(user: "User", version: "AgreementVersion | None") -> bool:
    return version is not None and version.is_offered


@rules.predicate
def is_concluded(user: "User", version: "AgreementVersion | None") -> bool:
    return version is not None and version.is_concluded


@rules.predicate
def is_negotiated(user: "User", version: "AgreementVersion | None") -> bool:
    return version is not None and version.is_negotiated


@rules.predicate
def is_director_of_its_ikc(user: "User", version: "AgreementVersion | None") -> bool:
    return version is not None and version.agreement.ikc_id in user.ikc_ids(Role.IKC_DIRECTOR)


@rules.predicate
def is_party(user: "User", version: "AgreementVersion | None") -> bool:
    """Speaks for one of the parties."""
    return version is not None and any(
        party.may_be_signed_by(user) for party in version.parties.all()
    )


@rules.predicate
def signs_for(user: "User", party: "AgreementParty | None") -> bool:
    """Holds the signing role for the organisation of this party."""
    return party is not None and party.may_be_signed_by(user)


@rules.predicate
def is_of_editable(user: "User", party: "AgreementParty | None") -> bool:
    return party is not None and party.version.is_editable


@rules.predicate
def is_of_negotiated(user: "User", party: "AgreementParty | None") -> bool:
    return party is not None and party.version.is_negotiated


@rules.predicate
def is_of_signing(user: "User", party: "AgreementParty | None") -> bool:
    return party is not None and party.version.state == AgreementState.SIGNING


@rules.predicate
def wrote(user: "User", comment: "Comment | None") -> bool:
    return comment is not None and comment.author_id == user.pk


is_project_leader = has_role(Role.PROJECT_LEADER)
# Who sits at the table about one agreement: the parties, the IKC itself, and the municipality's project leader.
sits_at_table = is_project_leader | is_director_of_its_ikc | is_party

# The library of indicators: who sees it is for `visible_to`.
rules.add_perm("agreements.edit_library", is_project_leader)
rules.add_perm("agreements.draft_agreement", is_project_leader)
# Text, parties, period: the municipality's draft. Goals: the IKC's as well.
rules.add_perm("agreements.edit_version", is_project_leader & is_editable)
rules.add_perm("agreements.edit_party", is_project_leader & is_of_editable)
rules.add_perm("agreements.edit_goals", (is_project_leader | is_director_of_its_ikc) & is_editable)
# A board may write down what it contributes itself.
rules.add_perm("agreements.edit_contributions", (is_project_leader | signs_for) & is_of_editable)
rules.add_perm("agreements.lay_version", is_project_leader & is_editable)
rules.add_perm("agreements.agree_party", signs_for & is_of_negotiated)
rules.add_perm("agreements.comment_version", sits_at_table & is_negotiated)
rules.add_perm("agreements.settle_comment", is_project_leader | wrote)
# Comments and earlier texts are the table's; the Ontwikkelgroep reads what the agreement says.
rules.add_perm("agreements.view_negotiation", sits_at_table | is_municipal)
# What became of a pledge, once it was signed.
rules.add_perm("agreements.record_contribution", is_project_leader | signs_for)
# What was delivered of a function. Its employer is free text, so whoever sits at the table may say it.
rules.add_perm("agreements.record_staffing", sits_at_table)
rules.add_perm("agreements.manage_templates", is_project_leader)
# How the standing clauses read in agreements to come.
rules.add_perm("agreements.view_standard_clauses", is_municipal)
rules.add_perm("agreements.edit_standard_clauses", is_project_leader)
# Whether there is money behind all promises: sums for the Ontwikkelgroep, the IKCs behind them for the municipality.
rules.add_perm("agreements.view_cover", is_municipal | has_role(Role.DEVELOPMENT_GROUP))
rules.add_perm("agreements.view_cover_per_ikc", is_municipal)
rules.add_perm("agreements.edit_funding", is_project_leader)
rules.add_perm("agreements.offer_version", is_project_leader)
rules.add_perm("agreements.reopen_version", is_project_leader)
rules.add_perm("agreements.withdraw_version", is_project_leader)
rules.add_perm("agreements.amend_agreement", is_project_leader)
rules.add_perm("agreements.sign_party", signs_for)
rules.add_perm("agreements.evaluate_version", is_project_leader & is_concluded)
rules.add_perm("agreements.give_notice", signs_for)
rules.add_perm("agreements.refuse_party", signs_for & is_of_signing)
# A signature on paper is put into the portal by the party itself, or by the project leader who got it.
rules.add_perm("agreements.upload_signed", (signs_for | is_project_leader) & is_of_signing)
# The Ontwikkelgroep and directors of other parties see sums; the parties themselves see each other's amounts.
sees_contributions = is_municipal | has_role(
    Role.IKC_DIRECTOR, Role.SCHOOL_BOARD, Role.CHILDCARE_BOARD
)
rules.add_perm("agreements.view_contributions", sees_contributions)
# The whole text on paper (L26, L27) holds what each party puts in.
rules.add_perm("agreements.print_version", sees_contributions & is_offered)
