"""How the views of this app find their object: unseen is 404, not allowed is 403."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from ikc.models import Ikc


def require(request: HttpRequest, permission: str, obj: object = None) -> None:
    """403 unless the user may do `permission` with `obj`."""
    if not request.user.has_perm(permission, obj):
        raise PermissionDenied


def get_ikc_or_404(request: HttpRequest, pk: int) -> Ikc:
    visible = Ikc.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("board", "attention_area__district"), pk=pk)
