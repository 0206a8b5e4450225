"""The roles of the portal (domain reference 6.1) and which of them one person may not hold together."""

from django.db.models import TextChoices


class Role(TextChoices):
    PROJECT_LEADER = "project_leader", "projectleider"
    IKC_DIRECTOR = "ikc_director", "IKC-directeur"
    COMMISSION_MEMBER = "commission_member", "commissielid"
    COMMISSION_SECRETARY = "commission_secretary", "voorzitter of secretaris van de commissie"
    DEVELOPMENT_GROUP = "development_group", "lid Ontwikkelgroep"
    RESEARCHER = "researcher", "onderzoeker"
    SIGNER = "signer", "ondertekenaar namens het college"
    SCHOOL_BOARD = "school_board", "vertegenwoordiger schoolbestuur"
    CHILDCARE_BOARD = "childcare_board", "vertegenwoordiger kinderopvang"
    ADMIN = "admin", "beheerder"
    AUDITOR = "auditor", "auditor"


# Pairs that one person may not hold at the same time (domain reference 6.1). IKC_DIRECTOR with
# COMMISSION_MEMBER is forbidden per round: the interest rule of the commission guards that.
_WRITING_ROLES = frozenset(Role) - {Role.AUDITOR}
FORBIDDEN_TOGETHER: frozenset[frozenset[Role]] = frozenset(
    {
        frozenset({Role.PROJECT_LEADER, Role.COMMISSION_MEMBER}),
        frozenset({Role.PROJECT_LEADER, Role.COMMISSION_SECRETARY}),
        frozenset({Role.PROJECT_LEADER, Role.SIGNER}),
        frozenset({Role.ADMIN, Role.SIGNER}),
        frozenset({Role.RESEARCHER, Role.SIGNER}),
        *(frozenset({Role.AUDITOR, role}) for role in _WRITING_ROLES),
    }
)

# Roles that come with a seat in the commission and with nothing else (docs/adr/0013).
SEATED_ROLES = frozenset({Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY})

# Roles that see everything the municipality has (never drafts of applicants, never a member's notes).
MUNICIPAL_ROLES = frozenset({Role.PROJECT_LEADER, Role.SIGNER, Role.AUDITOR})

# Who reads the analysis of the areas and its two-yearly review (domain reference 6.2, 'edit areas / recalibration').
AREA_ROLES = MUNICIPAL_ROLES | {
    Role.DEVELOPMENT_GROUP,
    Role.RESEARCHER,
    Role.SCHOOL_BOARD,
    Role.CHILDCARE_BOARD,
}


def conflicting_role(role: Role, held: frozenset[Role]) -> Role | None:
    """The first role of `held` that may not go together with `role`, or None."""
    for other in sorted(held):
        if frozenset({role, other}) in FORBIDDEN_TOGETHER:
            return other
    return None
