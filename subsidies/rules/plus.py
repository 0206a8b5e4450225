"""Who does what with the letters about the status Plus (domain reference 5.2, 6.2)."""

from typing import TYPE_CHECKING

import rules

from ikc.roles import Role
from ikc.rules import has_role, is_municipal

if TYPE_CHECKING:
    from ikc.models import Ikc, User
    from subsidies.models import PlusLetter


@rules.predicate
def is_of_this_ikc(user: "User", ikc: "Ikc | None") -> bool:
    """Director of the IKC, or speaks for its board."""
    return ikc is not None and (
        ikc.pk in user.ikc_ids(Role.IKC_DIRECTOR)
        or ikc.board_id in user.organisation_ids(Role.SCHOOL_BOARD)
    )


@rules.predicate
def is_message(user: "User", letter: "PlusLetter | None") -> bool:
    """Tells that the status goes on, and decides nothing (L25a)."""
    return letter is not None and not letter.is_decision


rules.add_perm("subsidies.view_plus_letters", is_municipal | is_of_this_ikc)
rules.add_perm("subsidies.draft_plus_letter", has_role(Role.PROJECT_LEADER))
rules.add_perm(
    "subsidies.sign_plus_letter",
    has_role(Role.SIGNER) | (has_role(Role.PROJECT_LEADER) & is_message),
)
