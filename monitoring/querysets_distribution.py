"""To whom reports were sent, with what came of it."""

from typing import TYPE_CHECKING, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from kvk2.core.models import AuditEvent

if TYPE_CHECKING:
    from ikc.models import User

OPENED = "receipt_opened"


class ReportRecipientQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Names and addresses are for the municipality, which sends; everybody sees their own row."""
        return self if user.is_municipal else self.filter(user=user)

    def standing(self) -> Self:
        """Without the addresses that were taken off."""
        return self.filter(withdrawn_at=None)

    def with_receipts(self) -> Self:
        """Annotates opened_at: the first time that the report was read or taken; who confirmed has it."""
        first = (
            AuditEvent.objects.filter(
                object_type=ContentType.objects.get_for_model(self.model),
                object_id=OuterRef("pk"),
                verb=OPENED,
            )
            .order_by("at", "pk")
            .values("at")[:1]
        )
        return self.annotate(
            opened_at=Coalesce(
                Subquery(first, output_field=models.DateTimeField()), F("confirmed_at")
            )
        ).select_related("mail", "notice__mail")

    def unopened(self) -> Self:
        """Who did not read or take the report yet."""
        return self.with_receipts().filter(opened_at=None)

    def search(self, text: str) -> Self:
        """By name, organisation or address; accents do not matter."""
        return self.filter(
            Q(name__unaccent__icontains=text)
            | Q(organisation__unaccent__icontains=text)
            | Q(email__icontains=text)
        )
