"""How the parties come to one text: what was laid before them, what they said about it, and who agreed."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from agreements.models.agreements import AgreementVersion
from agreements.models.parties import AgreementParty
from agreements.querysets import CommentQuerySet
from agreements.states import CommentPlace

HASH = r"^[0-9a-f]{64}$"


class Revision(models.Model):
    """The text as it was laid before the parties, whole and numbered. Kept as it is, whatever is edited later."""

    version = models.ForeignKey(
        AgreementVersion, models.PROTECT, related_name="revisions", verbose_name="versie"
    )
    number = models.PositiveSmallIntegerField("herziening")
    content = models.JSONField("inhoud", encoder=DjangoJSONEncoder)
    content_hash = models.CharField("vingerafdruk", max_length=64)
    note = models.TextField("toelichting", blank=True)
    laid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="voorgelegd door",
    )
    laid_at = models.DateTimeField("voorgelegd op")

    class Meta:
        verbose_name = "herziening"
        verbose_name_plural = "herzieningen"
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="revision_number"),
            models.CheckConstraint(
                name="revision_has_hash", condition=Q(number__gte=1, content_hash__regex=HASH)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}, herziening {self.number}"


class Consent(models.Model):
    """That a party agrees with one revision. An edit of the text takes it away: then there is nothing agreed."""

    party = models.OneToOneField(
        AgreementParty, models.PROTECT, related_name="consent", verbose_name="partij"
    )
    revision = models.ForeignKey(
        Revision, models.PROTECT, related_name="consents", verbose_name="herziening"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="akkoord van"
    )
    # As they were called on the day itself.
    name = models.CharField("naam", max_length=160)
    given_at = models.DateTimeField("akkoord op")

    class Meta:
        verbose_name = "akkoord"
        verbose_name_plural = "akkoorden"

    def __str__(self) -> str:
        return f"{self.name} namens {self.party}"


class Reading(models.Model):
    """Up to which revision somebody has read; what came after is new to them."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="lezer"
    )
    version = models.ForeignKey(
        AgreementVersion, models.CASCADE, related_name="readings", verbose_name="versie"
    )
    revision = models.ForeignKey(
        Revision, models.CASCADE, related_name="+", verbose_name="gelezen tot en met"
    )

    class Meta:
        verbose_name = "gelezen herziening"
        verbose_name_plural = "gelezen herzieningen"
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="reading_once")]

    def __str__(self) -> str:
        return f"{self.user} las {self.revision}"


class Comment(models.Model):
    """What somebody says about one place in the text. The words stay; an answer or the settling comes with it."""

    Place = CommentPlace

    version = models.ForeignKey(
        AgreementVersion, models.PROTECT, related_name="comments", verbose_name="versie"
    )
    # The place outlives the row that it is about: a result may be taken out because of the very comment.
    place = models.CharField("soort plek", max_length=12, choices=CommentPlace)
    place_key = models.CharField("plek", max_length=40, blank=True)
    place_label = models.CharField("naam van de plek", max_length=200)
    text = models.TextField("opmerking")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="van"
    )
    on_behalf_of = models.CharField("namens", max_length=200)
    written_at = models.DateTimeField("geschreven op")
    settled_at = models.DateTimeField("afgehandeld op", null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="afgehandeld door",
    )
    outcome = models.TextField("wat ermee gedaan is", blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = "opmerking"
        verbose_name_plural = "opmerkingen"
        constraints = [
            models.CheckConstraint(
                name="agreement_comment_place_is_known",
                condition=Q(place__in=CommentPlace.values) & ~Q(text=""),
            ),
            models.CheckConstraint(
                name="agreement_comment_settled_is_whole",
                condition=Q(settled_at=None, settled_by=None, outcome="")
                | Q(Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(outcome="")),
                violation_error_message="Wie een opmerking afhandelt, schrijft op wat ermee gedaan is.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["version", "place", "place_key"],
                condition=Q(settled_at=None),
                name="agreement_comment_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.place_label}: {self.text[:60]}"

    @property
    def is_open(self) -> bool:
        return self.settled_at is None


class CommentAnswer(models.Model):
    """An answer to a comment; never changed."""

    comment = models.ForeignKey(
        Comment, models.PROTECT, related_name="answers", verbose_name="opmerking"
    )
    text = models.TextField("antwoord")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="van"
    )
    on_behalf_of = models.CharField("namens", max_length=200)
    written_at = models.DateTimeField("geschreven op")

    class Meta:
        verbose_name = "antwoord op een opmerking"
        verbose_name_plural = "antwoorden op opmerkingen"
        constraints = [
            models.CheckConstraint(name="comment_answer_says_something", condition=~Q(text=""))
        ]

    def __str__(self) -> str:
        return self.text[:60]
