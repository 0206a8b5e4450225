from django.conf import settings
from django.db import models
from django.db.models import Q

from subsidies.querysets_lists import SavedViewQuerySet


class ListColumns(models.Model):
    """The columns that somebody wants to see in a list, until they choose others."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="gebruiker"
    )
    list_key = models.CharField("lijst", max_length=30)
    # As the address of the list names them: 'number.ikc.score'.
    columns = models.CharField("kolommen", max_length=400)

    class Meta:
        verbose_name = "gekozen kolommen"
        verbose_name_plural = "gekozen kolommen"
        constraints = [
            models.UniqueConstraint(fields=["user", "list_key"], name="list_columns_once_per_user"),
        ]

    def __str__(self) -> str:
        return f"kolommen van {self.list_key}"


class SavedView(models.Model):
    """Filters, sorting and columns of a list under a name; the owner may share it within the municipality."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="gebruiker"
    )
    list_key = models.CharField("lijst", max_length=30)
    name = models.CharField("naam", max_length=60)
    # What stands behind the question mark in the address of the list.
    query = models.CharField("zoekvraag", max_length=1000)
    is_default = models.BooleanField("openen als de lijst opent", default=False)
    is_shared = models.BooleanField("delen met collega's", default=False)
    created_at = models.DateTimeField("bewaard op")

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = "bewaarde lijst"
        verbose_name_plural = "bewaarde lijsten"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "list_key", "name"],
                name="saved_view_name_once_per_user",
                violation_error_message="U hebt al een lijst met deze naam bewaard.",
            ),
            models.UniqueConstraint(
                fields=["user", "list_key"],
                condition=Q(is_default=True),
                name="saved_view_one_default",
                violation_error_message="Er is al een lijst die vanzelf opent.",
            ),
            models.CheckConstraint(
                name="saved_view_has_a_name",
                condition=~Q(name=""),
                violation_error_message="Geef de lijst een naam.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
