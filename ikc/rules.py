"""What a person may do with IKCs, organisations and accounts (domain reference 6.2). Seeing is for `visible_to`."""

from typing import TYPE_CHECKING

import rules
from django.utils import timezone

from ikc.models import Mandate
from ikc.roles import AREA_ROLES, MUNICIPAL_ROLES, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from ikc.models import (
        ActionItem,
        BankAccount,
        Ikc,
        Organisation,
        RoleAssignment,
        SupportRequest,
        User,
    )


def has_role(*roles: Role) -> rules.Predicate:
    """A predicate: the user holds one of `roles` today. Combine with `&`, `|` and `~`."""

    def holds(user: "User | AnonymousUser") -> bool:
        return user.is_authenticated and user.has_role(*roles)

    return rules.predicate(holds, name="_or_".join(sorted(role.value for role in roles)))


is_municipal = has_role(*sorted(MUNICIPAL_ROLES))
has_any_role = has_role(*Role)


@rules.predicate
def is_own_organisation(user: "User", organisation: "Organisation | None") -> bool:
    """The user holds a role for this very organisation."""
    return organisation is not None and organisation.pk in user.organisation_ids()


@rules.predicate
def acts_for_board(user: "User", ikc: "Ikc | None") -> bool:
    """The user may act for the board of this IKC today: for the board itself, or as director with a mandate (Awb 2:1)."""
    if ikc is None:
        return False
    if ikc.board_id in user.organisation_ids(Role.SCHOOL_BOARD):
        return True
    mandates = Mandate.objects.covering(user=user, ikc=ikc, day=timezone.localdate())
    return ikc.pk in user.ikc_ids(Role.IKC_DIRECTOR) and mandates.exists()


@rules.predicate
def is_school_board(user: "User", organisation: "Organisation | None") -> bool:
    return organisation is not None and organisation.kind == "school_board"


@rules.predicate
def is_own_board(user: "User", organisation: "Organisation | None") -> bool:
    """Represents this very board."""
    return organisation is not None and organisation.pk in user.organisation_ids(Role.SCHOOL_BOARD)


@rules.predicate
def is_open_account(user: "User", account: "BankAccount | None") -> bool:
    return account is not None and account.is_open


@rules.predicate
def waits_for_another(user: "User", account: "BankAccount | None") -> bool:
    """The account waits for a check by somebody who had no hand in it (domain reference 3.7)."""
    return account is not None and account.is_open and not account.involves(user)


@rules.predicate
def proposed_this_account(user: "User", account: "BankAccount | None") -> bool:
    return account is not None and account.proposed_by_id == user.pk


is_leader = has_role(Role.PROJECT_LEADER)
is_auditor = has_role(Role.AUDITOR)
checks_accounts = has_role(Role.PROJECT_LEADER, Role.SIGNER)

rules.add_perm("ikc.view_ikc", has_any_role)
rules.add_perm("ikc.change_ikc", has_role(Role.PROJECT_LEADER))
rules.add_perm("ikc.view_child_counts", is_municipal)
rules.add_perm("ikc.change_child_counts", has_role(Role.PROJECT_LEADER))
rules.add_perm("ikc.confirm_child_counts", has_any_role & acts_for_board)
rules.add_perm("ikc.view_area", has_any_role)
# Domain reference 6.2, 'edit areas / recalibration': the project leader edits, the signer adopts, six roles read.
rules.add_perm("ikc.view_area_analysis", has_role(*sorted(AREA_ROLES)))
rules.add_perm("ikc.change_areas", has_role(Role.PROJECT_LEADER))
# A file may tell more of schools than the figures that were taken out of it.
rules.add_perm("ikc.open_area_import", is_leader | is_auditor)
rules.add_perm("ikc.adopt_recalibration", has_role(Role.SIGNER))
rules.add_perm("ikc.view_organisation", has_any_role)
rules.add_perm("ikc.change_organisation", has_role(Role.PROJECT_LEADER, Role.ADMIN))
# Who runs the account of an organisation is no business of its neighbours.
rules.add_perm("ikc.view_bank_account", is_municipal | (has_any_role & is_own_organisation))
rules.add_perm("ikc.propose_bank_account", is_school_board & (is_leader | is_own_board))
rules.add_perm("ikc.check_bank_account", checks_accounts & waits_for_another)
rules.add_perm(
    "ikc.reject_bank_account", is_open_account & (checks_accounts | proposed_this_account)
)
rules.add_perm("ikc.open_bank_proof", checks_accounts | is_auditor)
rules.add_perm("ikc.view_users", has_role(Role.ADMIN, Role.AUDITOR))
rules.add_perm("ikc.view_downloads", has_role(Role.PROJECT_LEADER, Role.AUDITOR))
rules.add_perm("ikc.manage_users", has_role(Role.ADMIN))
# Awb 2:8: the board says so itself, or somebody records what it wrote.
rules.add_perm("ikc.change_consent", is_school_board & (is_own_board | is_leader))

# Overleg: the project leaders organise it (domain reference 1.7); who does an action, closes it.


@rules.predicate
def owns_action(user: "User", action: "ActionItem | None") -> bool:
    return action is not None and action.owner_id == user.pk


rules.add_perm("ikc.view_bodies", has_any_role)
rules.add_perm("ikc.manage_bodies", is_leader)
rules.add_perm("ikc.close_action", is_leader | (has_any_role & owns_action))
rules.add_perm("ikc.drop_action", is_leader)


# A director leaves: who leaves prepares it, the project leader completes it.
@rules.predicate
def is_own_directorship(user: "User", assignment: "RoleAssignment | None") -> bool:
    return (
        assignment is not None
        and assignment.user_id == user.pk
        and assignment.role == Role.IKC_DIRECTOR
    )


rules.add_perm("ikc.prepare_hand_over", is_leader | is_own_directorship)
rules.add_perm("ikc.complete_hand_over", is_leader)


# Support staff (domain reference 6.2, 'staff allocations'): the municipality arranges it, the parties of an IKC read
# their own, the Ontwikkelgroep and researchers read sums.
@rules.predicate
def directs_this(user: "User", ikc: "Ikc | None") -> bool:
    """Director of this very IKC."""
    return ikc is not None and ikc.pk in user.ikc_ids(Role.IKC_DIRECTOR)


@rules.predicate
def asked_by_own_ikc(user: "User", request: "SupportRequest | None") -> bool:
    return request is not None and request.ikc_id in user.ikc_ids(Role.IKC_DIRECTOR)


rules.add_perm(
    "ikc.view_support",
    is_municipal
    | has_role(
        Role.IKC_DIRECTOR,
        Role.SCHOOL_BOARD,
        Role.CHILDCARE_BOARD,
        Role.DEVELOPMENT_GROUP,
        Role.RESEARCHER,
    ),
)
rules.add_perm("ikc.change_support", is_leader)
rules.add_perm("ikc.request_support", directs_this)
rules.add_perm("ikc.answer_support_request", is_leader)
rules.add_perm("ikc.withdraw_support_request", asked_by_own_ikc)


@rules.predicate
def speaks_for_a_party(user: "User", ikc: "Ikc | None") -> bool:
    """For the school board of the IKC, or for a childcare organisation that works in it today."""
    own = own_parties(user)
    if ikc is None or not own:
        return False
    return ikc.board_id in own or not own.isdisjoint(ikc.partner_ids_today)


def own_parties(user: "User") -> set[int]:
    """The boards and childcare organisations that the user speaks for today."""
    return user.organisation_ids(Role.SCHOOL_BOARD) | user.organisation_ids(Role.CHILDCARE_BOARD)


# Plus conditions (domain reference 6.2): the director supplies, the parties confirm, the project leader assesses, the
# signer decides, the Ontwikkelgroep reads.
rules.add_perm(
    "ikc.view_plus",
    is_municipal | has_role(Role.DEVELOPMENT_GROUP) | directs_this | speaks_for_a_party,
)
rules.add_perm(
    "ikc.view_plus_list",
    is_municipal
    | has_role(Role.DEVELOPMENT_GROUP, Role.IKC_DIRECTOR, Role.SCHOOL_BOARD, Role.CHILDCARE_BOARD),
)
rules.add_perm("ikc.assess_plus", is_leader)
rules.add_perm("ikc.supply_plus_evidence", directs_this)
rules.add_perm("ikc.confirm_plus", speaks_for_a_party)
rules.add_perm("ikc.decide_plus", has_role(Role.SIGNER))
rules.add_perm("ikc.answer_plus", has_any_role & acts_for_board)
