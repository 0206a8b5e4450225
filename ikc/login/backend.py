from typing import TYPE_CHECKING, Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings

if TYPE_CHECKING:
    from ikc.models import User


class PortalBackend(AuthenticationBackend):
    """Password login for active accounts; the accounts of the demonstration exist in a demo only."""

    def user_can_authenticate(self, user: "User") -> bool:
        return super().user_can_authenticate(user) and (settings.DEMO or not user.is_demo)

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Nobody may do anything by a row in the database: the rules of each app alone say who may do what."""
        return False
