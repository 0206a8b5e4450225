from typing import TYPE_CHECKING

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings

if TYPE_CHECKING:
    from ikc.models import User


class PortalBackend(AuthenticationBackend):
    """Password login for active accounts; the accounts of the demonstration exist in a demo only."""

    def user_can_authenticate(self, user: "User") -> bool:
        return super().user_can_authenticate(user) and (settings.DEMO or not user.is_demo)
