"""Along what figures are broken down: kept by the bureau or the project leader, as long as no figure stands in the way."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from agreements.models import IndicatorDefinition
from ikc.models import User
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from monitoring.models import Breakdown, Category, Dimension

FEWEST, MOST = 2, 12  # groups
LONGEST_CODE = 30


class DimensionRefused(DomainError):
    """These groups cannot be; `field` is where the sentence belongs."""

    code = "DIMENSION_REFUSED"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def keep_dimension(
    dimension: Dimension | None,
    *,
    name: str,
    groups: Sequence[str],
    is_exhaustive: bool,
    definitions: Collection[IndicatorDefinition],
    by: User,
    at: datetime,
) -> Dimension:
    """Add a way of breaking down (`dimension` None), or change it; `groups` are the names in order.

    Refusal: `DimensionRefused`, when there are too few or too many groups, one stands there twice, or one with figures
    would go.
    """
    _require_groups(groups)
    verb = "dimension_changed" if dimension else "dimension_added"
    if dimension is None:
        code = _free(name, set(Dimension.objects.values_list("code", flat=True)))
        dimension = Dimension(code=code)
    else:
        dimension = Dimension.objects.select_for_update().get(pk=dimension.pk)
    dimension.name, dimension.is_exhaustive = name, is_exhaustive
    dimension.save()
    _keep_groups(dimension, groups)
    dimension.definitions.set(definitions)
    record(
        dimension,
        verb,
        actor=by,
        at=at,
        groups=list(groups),
        indicators=sorted(definition.code for definition in definitions),
    )
    return dimension


def _require_groups(groups: Sequence[str]) -> None:
    if not FEWEST <= len(groups) <= MOST:
        raise DimensionRefused(
            f"Noem {FEWEST} tot {MOST} groepen, elk op een regel.", field="groups"
        )
    seen: set[str] = set()
    for name in groups:
        if name.casefold() in seen:
            raise DimensionRefused(f"‘{name}’ staat er twee keer.", field="groups")
        seen.add(name.casefold())


def _keep_groups(dimension: Dimension, groups: Sequence[str]) -> None:
    kept = {row.name: row for row in dimension.categories.all()}
    gone = [row for name, row in kept.items() if name not in groups]
    used = Breakdown.objects.filter(category__in=gone).select_related("category").order_by("pk")
    if first := used.first():
        raise DimensionRefused(
            f"Bij de groep ‘{first.category}’ staan al cijfers. Laat deze groep staan.",
            field="groups",
        )
    Category.objects.filter(pk__in=[row.pk for row in gone]).delete()
    codes = {row.code for name, row in kept.items() if name in groups}
    for order, name in enumerate(groups):
        row = kept.get(name)
        if row is None:
            row = Category(dimension=dimension, name=name, code=_free(name, codes))
            codes.add(row.code)
        row.order = order
        row.save()


def _free(name: str, taken: Collection[str]) -> str:
    """A code made of the name that nobody has."""
    stem = slugify(name)[: LONGEST_CODE - 3] or "groep"
    codes = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(code for code in codes if code not in taken)
