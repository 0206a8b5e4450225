"""Everything that the portal holds about one person (AVG article 15; domain reference 8.1), for that person."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from kvk2.core.audit import record
from kvk2.core.models import AuditEvent, OutgoingMail

if TYPE_CHECKING:
    from ikc.models import User


def own_data(user: "User", *, at: datetime) -> dict[str, Any]:
    """The account, the roles, what the person did, the mail to them, and where else their name stands, as JSON values."""
    record(user, "user.data_taken", actor=user, at=at)
    return {
        "made_at": at,
        "account": {
            "email": user.email,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "job_title": user.job_title,
            "since": user.date_joined,
            "last_login": user.last_login,
            "may_log_in": user.is_active,
        },
        "roles": list(
            user.assignments.order_by("valid_from", "pk").values(
                "role", "organisation__name", "ikc__name", "valid_from", "valid_until"
            )
        ),
        "mandates": list(
            user.mandates.order_by("valid_from", "pk").values(
                "reference", "organisation__name", "ikc__name", "valid_from", "valid_until"
            )
        ),
        "deeds": list(
            AuditEvent.objects.filter(actor=user)
            .order_by("at", "pk")
            .values("at", "verb", "object_type__model", "object_id", "ip")
        ),
        "mail": list(
            OutgoingMail.objects.filter(to__iexact=user.email)
            .order_by("created_at", "pk")
            .values("created_at", "sent_at", "subject")
        ),
        "elsewhere": elsewhere(user),
    }


def elsewhere(user: "User") -> list[dict[str, Any]]:
    """Per kind of record and per part in it, how many name this person; kinds without any are left out."""
    found = []
    for relation in user._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.many_to_many:
            continue
        field: Any = relation.field  # type: ignore[union-attr]
        if field.model._meta.proxy or not field.model._meta.managed:  # shows rows of other tables
            continue
        rows = field.model._base_manager.filter(**{field.name: user}).order_by()
        count = rows.aggregate(count=Count("pk"))["count"]
        if count:
            meta = field.model._meta
            found.append(
                {"kind": str(meta.verbose_name), "as": str(field.verbose_name), "count": count}
            )
    return sorted(found, key=lambda row: (row["kind"], row["as"]))
