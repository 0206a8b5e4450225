"""What is said about each place of a version, shown at the place itself."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.urls import reverse

from agreements.models import AgreementVersion, Comment
from agreements.places import WHOLE, Place, places
from agreements.states import CommentPlace

if TYPE_CHECKING:
    from ikc.models import User


@dataclass(frozen=True, slots=True)
class Talk:
    """The comments on one place for one reader; `new_url` is empty for who may not say anything."""

    label: str
    open: int
    settled: int
    list_url: str
    new_url: str

    def __bool__(self) -> bool:
        return bool(self.open or self.settled or self.new_url)


def talk_at(version: AgreementVersion, user: "User") -> dict[Place, Talk]:
    """The talk of every place, for who may read it; in one query, and none for others."""
    if not user.has_perm("agreements.view_negotiation", version):
        return {}
    counts = {
        (row["place"], row["place_key"]): (row["open"], row["total"] - row["open"])
        for row in Comment.objects.filter(version=version)
        .order_by()
        .values("place", "place_key")
        .annotate(open=Count("pk", filter=Q(settled_at=None)), total=Count("pk"))
    }
    may_comment = user.has_perm("agreements.comment_version", version)
    list_url = reverse("agreements:version_comments", args=[version.pk])
    return {
        place: Talk(
            label,
            *counts.get(place, (0, 0)),
            list_url,
            _new_url(version, place) if may_comment else "",
        )
        for place, label in places(version).items()
    }


def _new_url(version: AgreementVersion, place: Place) -> str:
    kind, key = place
    args = [version.pk, str(kind), key] if key else [version.pk, str(kind)]
    return reverse("agreements:comment_create", args=args)


def hang_talk(version: AgreementVersion, user: "User") -> Talk | None:
    """Give each part of the version its `talk`, for the templates; the talk about the whole comes back."""
    found = talk_at(version, user)
    if not found:
        return None
    parts: list[tuple[Any, Place]] = [
        *((row, (CommentPlace.TOPIC, row.code)) for row in version.topics.all()),
        *((row, (CommentPlace.PARTY, str(row.pk))) for row in version.parties.all()),
    ]
    for result in version.results.all():
        parts.append((result, (CommentPlace.RESULT, str(result.pk))))
        parts.extend(
            (row, (CommentPlace.INDICATOR, str(row.series_key))) for row in result.indicators.all()
        )
    for party in version.parties.all():
        parts.extend(
            (row, (CommentPlace.CONTRIBUTION, str(row.pk))) for row in party.contributions.all()
        )
    for part, place in parts:
        part.talk = found[place]
    return found[WHOLE]
