"""Keys for machines: made and shown once, looked up by their digest, revoked; and writes that are carried out once."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from ikc.models import User
from ikc.roles import Role
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from monitoring.models import ApiRequest, ApiToken, MonitoringCycle

PREFIX = "kvk2_"
LONGEST = timedelta(days=366)


class TokenRefused(DomainError):
    """A key that cannot be made like this."""

    code = "TOKEN_REFUSED"


class KeyUsedForAnother(DomainError):
    """The same Idempotency-Key was sent before with another request."""

    code = "KEY_USED_FOR_ANOTHER"


@transaction.atomic
def make_token(
    cycle: MonitoringCycle, *, holder: User, name: str, expires_on: date, by: User, at: datetime
) -> tuple[ApiToken, str]:
    """The row, and the key itself: the only time that anybody sees it. Refusal: `TokenRefused`."""
    today = local_date(at)
    if not today <= expires_on <= today + LONGEST:
        raise TokenRefused("Kies een einddatum van vandaag tot over een jaar.")
    if not holder.has_role(Role.RESEARCHER):
        raise TokenRefused("Een sleutel is alleen voor een onderzoeker van het bureau.")
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        cycle=cycle,
        holder=holder,
        name=name,
        digest=digest_of(key),
        hint=key[:10],
        expires_on=expires_on,
        made_by=by,
        made_at=at,
    )
    for subject in (token, cycle):
        record(
            subject,
            "api_token_made",
            actor=by,
            at=at,
            name=name,
            holder=holder.pk,
            expires_on=expires_on,
        )
    return token, key


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User, at: datetime) -> ApiToken:
    """Close the door at once. Twice is no harm."""
    token = (
        ApiToken.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=token.pk)
    )
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by = at, by
        token.save(update_fields=["revoked_at", "revoked_by"])
        for subject in (token, token.cycle):
            record(subject, "api_token_revoked", actor=by, at=at, name=token.name)
    return token


def digest_of(key: str) -> str:
    """A key is 256 random bits: a plain digest of it cannot be guessed back."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def token_for(key: str, *, day: date) -> ApiToken | None:
    """The token that opens the door with `key` on `day`; None when none does, or its holder is no researcher now."""
    if not key.startswith(PREFIX):
        return None
    token = (
        ApiToken.objects.running(day)
        .select_related("holder", "cycle__year__programme", "cycle__ruleset")
        .filter(digest=digest_of(key))
        .first()
    )
    if token is None or not token.holder.is_active or not token.holder.has_role(Role.RESEARCHER):
        return None
    return token


@transaction.atomic
def once(
    token: ApiToken, key: str, body: bytes, deed: Callable[[], dict[str, Any]], *, at: datetime
) -> tuple[dict[str, Any], bool]:
    """What `deed` answers, and whether it was carried out now: under one key it is, once.

    What is refused leaves nothing behind, so that it may be sent again, mended, under the same key. Two at once wait
    for each other on the row of the token. Refusal: `KeyUsedForAnother`, and those of the deed.
    """
    ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    digest = hashlib.sha256(body).hexdigest()
    earlier = ApiRequest.objects.filter(token=token, key=key).first()
    if earlier is not None:
        if earlier.sha256 != digest:
            raise KeyUsedForAnother(
                "Deze Idempotency-Key is al gebruikt voor een ander verzoek. Gebruik een nieuwe."
            )
        return earlier.answer, False
    answer = deed()
    ApiRequest.objects.create(token=token, key=key, sha256=digest, answer=answer, at=at)
    ApiToken.objects.filter(pk=token.pk).update(used_at=at)
    return answer, True
