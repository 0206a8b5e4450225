"""How the views of this app find their object: unseen is 404, not allowed is 403."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from ikc.models import Ikc

Crumbs = list[tuple[str, str | None]]


def get_ikc_or_404(request, pk):
    visible = Ikc.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("board", "attention_area__district"), pk=pk)


def crumbs_to(root, root_name, obj=None, last="") -> Crumbs:
    """The way from the list to a thing, and to `last`, what is done with it."""
    trail: Crumbs = [(root, reverse(root_name))]
    if obj is not None:
        trail.append((str(obj), obj.get_absolute_url() if last else None))
    if last:
        trail.append((last, None))
    return trail
