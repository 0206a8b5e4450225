from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render

from bench.baseline.models import Item


@login_required
def item_list(request):
    """Fifty rows with their count: four queries with the session and the user."""
    page = Paginator(Item.objects.order_by("-id"), 50).get_page(request.GET.get("page"))
    return render(request, "baseline/list.html", {"page": page})
