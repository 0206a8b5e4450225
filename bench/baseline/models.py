from django.db import models


class Item(models.Model):
    """A row of the list."""

    title = models.CharField(max_length=120)
    organisation = models.CharField(max_length=120)
    state = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.title
