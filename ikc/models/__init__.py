from ikc.models.areas import AttentionArea, District
from ikc.models.centres import (
    ChildCount,
    Ikc,
    IkcName,
    IkcPartner,
    IkcSuccession,
    PlusStatus,
    PupilCount,
)
from ikc.models.organisations import Organisation
from ikc.models.users import Mandate, RoleAssignment, User

__all__ = [
    "AttentionArea",
    "ChildCount",
    "District",
    "Ikc",
    "IkcName",
    "IkcPartner",
    "IkcSuccession",
    "Mandate",
    "Organisation",
    "PlusStatus",
    "PupilCount",
    "RoleAssignment",
    "User",
]
