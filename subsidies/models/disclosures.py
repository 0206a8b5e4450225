"""Documents of a round for somebody outside: an objector who competes (Awb 7:4), or everybody (Woo)."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from kvk2.core.models import StoredFile
from subsidies.models.applications import Application
from subsidies.models.decisions import Letter
from subsidies.models.objections import Objection
from subsidies.models.rounds import SubsidyRound
from subsidies.redaction import Ground, Redaction, redacted
from subsidies.states_disclosures import DISCLOSURE_BADGES, ENDED_DISCLOSURES, DisclosureState

if TYPE_CHECKING:
    from ikc.models import User

USER = settings.AUTH_USER_MODEL
FINISHED = ["ready", "given"]


class DisclosureQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The municipality sees all; an objector what was given in the own objection, and nothing while it is made."""
        if user.is_municipal:
            return self.all()
        own = Objection.objects.visible_to(user)
        return self.filter(state=DisclosureState.GIVEN, objection__in=own)

    def to_work_on(self, now: datetime) -> Self:
        """Those of which a worker reads or makes something now; one at work waits until its claim is over."""
        busy = (DisclosureState.COLLECTING, DisclosureState.MAKING)
        return self.filter(state__in=busy, next_attempt_at__lte=now)


class Disclosure(models.Model):
    """Documents of a round that somebody gets after they were looked through; the row is the order, `stored` the ZIP."""

    class Kind(models.TextChoices):
        OBJECTION = "objection", "stukken van de ronde voor een bezwaarmaker"
        WOO = "woo", "openbaarmaking (Woo)"

    class Means(models.TextChoices):
        PORTAL = "portal", "in het portaal"
        POST = "post", "per post"
        EMAIL = "email", "per e-mail"
        DESK = "desk", "aan de balie"
        PUBLISHED = "published", "openbaar gemaakt"

    kind = models.CharField("soort", max_length=9, choices=Kind)
    round = models.ForeignKey(
        SubsidyRound, models.PROTECT, related_name="disclosures", verbose_name="ronde"
    )
    objection = models.ForeignKey(
        Objection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="disclosures",
        verbose_name="bezwaar",
    )
    request = models.CharField("kenmerk van het verzoek", max_length=60, blank=True)
    purpose = models.TextField("waarom", blank=True)
    state = models.CharField(
        "status",
        max_length=10,
        choices=DisclosureState,
        default=DisclosureState.COLLECTING,
        editable=False,
    )
    started_at = models.DateTimeField("begonnen op")
    started_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="begonnen door"
    )
    approved_at = models.DateTimeField("akkoord op", null=True, blank=True)
    approved_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="akkoord van",
    )
    stored = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="disclosure",
        verbose_name="bestand",
    )
    finished_at = models.DateTimeField("klaar op", null=True, blank=True)
    given_at = models.DateTimeField("gegeven op", null=True, blank=True)
    given_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="gegeven door",
    )
    means = models.CharField("hoe", max_length=9, choices=Means, blank=True)
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    next_attempt_at = models.DateTimeField("volgende poging")
    error = models.CharField("laatste fout", max_length=300, blank=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = "verstrekking van stukken"
        verbose_name_plural = "verstrekkingen van stukken"
        constraints = [
            models.CheckConstraint(
                name="disclosure_state_is_known",
                condition=Q(state__in=DisclosureState.values),
                violation_error_message="Deze status van een verstrekking bestaat niet.",
            ),
            models.CheckConstraint(
                name="disclosure_for_an_objector_has_an_objection",
                condition=Q(kind="objection", objection__isnull=False)
                | Q(kind="woo", objection=None),
                violation_error_message="Stukken voor een bezwaarmaker horen bij een bezwaar.",
            ),
            models.CheckConstraint(
                name="disclosure_finished_has_a_file",
                condition=Q(state__in=FINISHED, stored__isnull=False, finished_at__isnull=False)
                | ~Q(state__in=FINISHED),
                violation_error_message="Een verstrekking die klaar is, heeft een bestand.",
            ),
            models.CheckConstraint(
                name="disclosure_in_public_is_approved_by_another",
                condition=~Q(kind="woo")
                | ~Q(state__in=["making", *FINISHED])
                | (
                    Q(approved_at__isnull=False, approved_by__isnull=False)
                    & ~Q(approved_by=F("started_by"))
                ),
                violation_error_message="Openbaar maken kan alleen met het akkoord van een ander.",
            ),
            models.CheckConstraint(
                name="disclosure_given_says_by_whom_and_how",
                condition=Q(state="given", given_at__isnull=False, given_by__isnull=False)
                & ~Q(means="")
                | ~Q(state="given") & Q(given_at=None, means=""),
                violation_error_message="Wie stukken geeft, legt vast wanneer en hoe.",
            ),
            models.UniqueConstraint(
                fields=["objection"],
                condition=~Q(state__in=list(ENDED_DISCLOSURES)),
                name="disclosure_one_at_a_time_per_objection",
                violation_error_message="Voor dit bezwaar worden al stukken klaargezet.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.round}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:disclosure_detail", args=[self.pk])

    @property
    def is_public(self) -> bool:
        return self.kind == self.Kind.WOO

    @property
    def badge(self) -> str:
        return DISCLOSURE_BADGES[DisclosureState(self.state)]


class DisclosureDocument(models.Model):
    """One document of a disclosure: its words, what was judged about it, and the copy that is given."""

    class Kind(models.TextChoices):
        RANKING = "ranking", "rangschikking"
        APPLICATION = "application", "aanvraag"
        ADVICE = "advice", "advies"
        DECISION = "decision", "besluit"

    class Verdict(models.TextChoices):
        OPEN = "open", "nog na te kijken"
        WHOLE = "whole", "gaat mee"
        REDACTED = "redacted", "gaat mee, deels onleesbaar"
        WITHHELD = "withheld", "gaat niet mee"

    GROUNDS = [(ground.value, ground.value) for ground in Ground]

    disclosure = models.ForeignKey(
        Disclosure, models.PROTECT, related_name="documents", verbose_name="verstrekking"
    )
    number = models.PositiveIntegerField("nummer")
    kind = models.CharField("soort", max_length=11, choices=Kind)
    application = models.ForeignKey(
        Application,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="disclosed",
        verbose_name="aanvraag",
    )
    letter = models.ForeignKey(
        Letter, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="brief"
    )
    title = models.CharField("stuk", max_length=300)
    dated_on = models.DateField("datum", null=True, blank=True)
    text = models.TextField("tekst", blank=True)
    # What the check on personal data found, as passages to take away: [{"text", "ground"}].
    suggested = models.JSONField("voorgesteld om weg te laten", default=list, blank=True)
    collected_at = models.DateTimeField("gelezen op", null=True, blank=True)
    verdict = models.CharField(
        "oordeel", max_length=8, choices=Verdict, default=Verdict.OPEN, editable=False
    )
    redactions = models.JSONField("weggelaten", default=list, blank=True)
    ground = models.CharField("grond", max_length=7, choices=GROUNDS, blank=True)
    reason = models.TextField("reden", blank=True)
    # Why something that looks like personal data stays in (Woo 5.1).
    accepted_because = models.TextField("waarom het mag blijven staan", blank=True)
    judged_at = models.DateTimeField("nagekeken op", null=True, blank=True)
    judged_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="nagekeken door",
    )
    stored = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="disclosure_document",
        verbose_name="afschrift",
    )

    class Meta:
        verbose_name = "stuk van een verstrekking"
        verbose_name_plural = "stukken van een verstrekking"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["disclosure", "number"], name="disclosure_document_number_once"
            ),
            models.CheckConstraint(
                name="disclosure_document_judged_by_somebody",
                condition=Q(verdict="open", judged_at=None, judged_by=None)
                | ~Q(verdict="open") & Q(judged_at__isnull=False, judged_by__isnull=False),
                violation_error_message="Een oordeel over een stuk heeft een moment en wie het gaf.",
            ),
            models.CheckConstraint(
                name="disclosure_document_withheld_says_why",
                condition=~Q(verdict="withheld") | (~Q(ground="") & ~Q(reason="")),
                violation_error_message="Een stuk dat niet meegaat, heeft een grond en een reden.",
            ),
            models.CheckConstraint(
                name="disclosure_document_redacted_says_what",
                condition=Q(verdict="redacted") & ~Q(redactions=[])
                | ~Q(verdict="redacted") & Q(redactions=[]),
                violation_error_message="Alleen van een stuk dat deels onleesbaar is, is iets weggelaten.",
            ),
            models.CheckConstraint(
                name="disclosure_document_withheld_has_no_copy",
                condition=Q(stored=None) | Q(verdict__in=["whole", "redacted"]),
                violation_error_message="Van een stuk dat niet meegaat, is er geen afschrift.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("subsidies:disclosure_judge", args=[self.disclosure_id, self.pk])

    @property
    def shown(self) -> str:
        """The words that are given."""
        return redacted(self.text, as_redactions(self.redactions))

    @property
    def grounds(self) -> list[Ground]:
        """Every ground on which something of it is not given, each once."""
        found = [one.ground for one in as_redactions(self.redactions)]
        return sorted({*found, *([Ground(self.ground)] if self.ground else [])})


def as_redactions(rows: Iterable[dict[str, str]]) -> list[Redaction]:
    """What a row holds, as passages with their ground."""
    return [Redaction(row["text"], Ground(row["ground"])) for row in rows]


def as_rows(redactions: Iterable[Redaction]) -> list[dict[str, str]]:
    """The same, to keep."""
    return [{"text": one.text, "ground": one.ground.value} for one in redactions]
