"""What the parties say about a place in the text: written, answered and settled, all of it kept."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from agreements.models import AgreementVersion, Comment, CommentAnswer
from agreements.places import Place, places
from agreements.services.locking import lock
from agreements.services.notifying import tell_table
from agreements.services.refusals import NotNegotiated
from agreements.states import AgreementState
from ikc.roles import Role
from kvk2.core.audit import record
from kvk2.core.errors import DomainError

if TYPE_CHECKING:
    from ikc.models import User


class NoSuchPlace(DomainError):
    """The place is not, or no longer, in the text."""


class AlreadySettled(DomainError):
    """Somebody wrote down before what was done with the comment."""


def voice_of(user: "User", version: AgreementVersion) -> str:
    """On whose behalf `user` speaks at this table: a party, the IKC or the project leader."""
    for party in version.parties.in_order():
        if party.may_be_signed_by(user):
            return party.organisation_name
    if version.agreement.ikc_id in user.ikc_ids(Role.IKC_DIRECTOR):
        return version.ikc_name
    return "projectleider"


@transaction.atomic
def comment_on(
    version: AgreementVersion, place: Place, *, text: str, by: "User", at: datetime
) -> Comment:
    """Say something about one place of a text that is being negotiated."""
    locked = lock(version)
    if locked.state != AgreementState.NEGOTIATION:
        raise NotNegotiated("Over deze versie is nu geen overleg.")
    version = AgreementVersion.objects.with_content().get(pk=locked.pk)
    label = places(version).get(place)
    if label is None:
        raise NoSuchPlace("Deze plek staat niet meer in de tekst.")
    comment = Comment.objects.create(
        version=version,
        place=place[0],
        place_key=place[1],
        place_label=label,
        text=text.strip(),
        author=by,
        on_behalf_of=voice_of(by, version),
        written_at=at,
    )
    record(
        version,
        "agreement.commented",
        actor=by,
        at=at,
        on_behalf_of=comment.on_behalf_of,
        place=label,
    )
    tell_table(version, "commented", by=by, at=at, comment=comment)
    return comment


@transaction.atomic
def answer(comment: Comment, *, text: str, by: "User", at: datetime) -> CommentAnswer:
    """Answer an open comment."""
    comment = _locked(comment)
    reply = CommentAnswer.objects.create(
        comment=comment,
        text=text.strip(),
        author=by,
        on_behalf_of=voice_of(by, comment.version),
        written_at=at,
    )
    record(
        comment.version,
        "agreement.comment_answered",
        actor=by,
        at=at,
        on_behalf_of=reply.on_behalf_of,
        place=comment.place_label,
    )
    tell_table(comment.version, "comment_answered", by=by, at=at, comment=comment, answer=reply)
    return reply


@transaction.atomic
def settle(comment: Comment, *, outcome: str, by: "User", at: datetime) -> Comment:
    """Write down what was done with a comment; it stays readable, but is no longer open."""
    comment = _locked(comment)
    comment.settled_at, comment.settled_by, comment.outcome = at, by, outcome.strip()
    comment.save(update_fields=["settled_at", "settled_by", "outcome"])
    record(
        comment.version,
        "agreement.comment_settled",
        actor=by,
        at=at,
        reason=comment.outcome,
        place=comment.place_label,
    )
    return comment


def _locked(comment: Comment) -> Comment:
    locked = (
        Comment.objects.select_for_update(of=("self",))
        .select_related("version__agreement")
        .get(pk=comment.pk)
    )
    if not locked.is_open:
        raise AlreadySettled("Deze opmerking is al afgehandeld.")
    return locked
