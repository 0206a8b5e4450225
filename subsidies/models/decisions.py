import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ikc.models import Organisation
from kvk2.core.models import StoredFile
from subsidies.models.applications import MONEY, Application
from subsidies.querysets import (
    DatedQuerySet,
    DecisionQuerySet,
    LetterQuerySet,
    MessageEventQuerySet,
    MessageQuerySet,
)
from subsidies.states import DecisionState


class SigningMandate(models.Model):
    """The power to decide in the college's name, up to an amount, in a period."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="signing_mandates",
        verbose_name="ondertekenaar",
    )
    number = models.CharField("mandaatnummer", max_length=60)
    max_amount = models.DecimalField("tot en met bedrag", **MONEY)
    valid_from = models.DateField("vanaf")
    valid_until = models.DateField("tot en met", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "ondertekeningsmandaat"
        verbose_name_plural = "ondertekeningsmandaten"
        constraints = [
            models.CheckConstraint(
                name="signing_mandate_ends_after_it_starts",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.user})"


@pghistory.track()
class Decision(models.Model):
    """A written legal act (Awb 1:3). Once sent it never changes: a correction is a new decision."""

    class Kind(models.TextChoices):
        GRANT = "grant", "verlening"
        PARTIAL_GRANT = "partial_grant", "gedeeltelijke verlening"
        REFUSAL = "refusal", "weigering"
        NOT_PROCESSED = "not_processed", "buiten behandeling"
        ADVANCE = "advance", "voorschot"
        AMENDMENT = "amendment", "wijziging"
        REVOCATION = "revocation", "intrekking"
        DETERMINATION = "determination", "vaststelling"
        RECOVERY = "recovery", "terugvordering"
        OBJECTION_DECISION = "objection", "beslissing op bezwaar"

    # What answers an application itself; of these one stands at a time. The others are later acts in the same case.
    GRANTS = (Kind.GRANT, Kind.PARTIAL_GRANT)
    ANSWERS = (*GRANTS, Kind.REFUSAL, Kind.NOT_PROCESSED)

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="decisions", verbose_name="aanvraag"
    )
    kind = models.CharField("soort", max_length=14, choices=Kind)
    # The grant that a later act is about.
    grant = models.ForeignKey(
        "subsidies.Grant",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="acts",
        verbose_name="verlening",
    )
    # What else a later act lays down, by its kind; its letter is made from it.
    details = models.JSONField("gegevens van het besluit", default=dict, blank=True)
    state = models.CharField(
        "status",
        max_length=12,
        choices=DecisionState,
        default=DecisionState.DRAFT,
        editable=False,
    )
    reference = models.CharField("kenmerk", max_length=40, unique=True)
    amount = models.DecimalField("bedrag", **MONEY)
    grounds = models.JSONField("redenen", default=list, blank=True)
    motivation = models.TextField("motivering")
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name="vervangt",
    )
    # Of the objection that was won: such a grant may go above the ceiling (Awb 4:25(3), rule R7).
    objection_reference = models.CharField(
        "kenmerk van het gegronde bezwaar", max_length=60, blank=True
    )
    # What was left and what was asked when this was decided (Awb 4:25(3)).
    ceiling_snapshot = models.JSONField("stand van het plafond", default=dict)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="opgesteld door"
    )
    drafted_at = models.DateTimeField("opgesteld op")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="getoetst door",
    )
    checked_at = models.DateTimeField("getoetst op", null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="genomen door",
    )
    taken_at = models.DateTimeField("genomen op", null=True, blank=True)
    signing_mandate = models.ForeignKey(
        SigningMandate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="mandaat",
    )
    announced_at = models.DateTimeField("bekendgemaakt op", null=True, blank=True)
    objection_until = models.DateField("bezwaar tot en met", null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "besluit"
        verbose_name_plural = "besluiten"
        constraints = [
            models.CheckConstraint(
                name="decision_state_is_known", condition=Q(state__in=DecisionState.values)
            ),
            models.UniqueConstraint(
                fields=["application"],
                # The one that will replace it is prepared beside it, and stands once it is announced.
                condition=Q(kind__in=["grant", "partial_grant", "refusal", "not_processed"])
                & ~Q(state__in=["discarded", "replaced"])
                & (Q(replaces__isnull=True) | Q(announced_at__isnull=False)),
                name="decision_one_standing_per_application",
            ),
            models.CheckConstraint(
                name="decision_kind_fits_amount",
                condition=Q(kind__in=["refusal", "not_processed", "objection"], amount=0)
                | Q(kind__in=["grant", "partial_grant", "advance", "recovery"], amount__gt=0)
                | Q(kind__in=["amendment", "revocation", "determination"], amount__gte=0),
                violation_error_message="Een weigering heeft geen bedrag, een verlening wel.",
            ),
            models.CheckConstraint(
                name="decision_later_act_is_about_a_grant",
                condition=~Q(
                    kind__in=["advance", "amendment", "revocation", "determination", "recovery"]
                )
                | Q(grant__isnull=False),
                violation_error_message="Dit besluit gaat over een verleende subsidie.",
            ),
            models.CheckConstraint(
                name="decision_checked_by_another",
                condition=Q(checked_by=None) | ~Q(checked_by=F("drafted_by")),
                violation_error_message="Wie het besluit opstelt, toetst het niet.",
            ),
            models.CheckConstraint(
                name="decision_taken_by_another",
                condition=Q(taken_by=None) | ~Q(taken_by=F("drafted_by")),
                violation_error_message="Wie het besluit opstelt, ondertekent het niet.",
            ),
            models.CheckConstraint(
                name="decision_taken_is_signed",
                condition=~Q(
                    state__in=["taken", "sent", "final", "contested", "upheld", "replaced"]
                )
                | Q(
                    checked_by__isnull=False,
                    taken_by__isnull=False,
                    taken_at__isnull=False,
                    signing_mandate__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="decision_sent_is_announced",
                condition=~Q(state__in=["sent", "final", "contested", "upheld", "replaced"])
                | Q(announced_at__isnull=False, objection_until__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="decision_by_state")]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        if self.kind == self.Kind.NOT_PROCESSED:
            return reverse("subsidies:not_processing", args=[self.application_id])
        name = "decision_detail" if self.kind in self.ANSWERS else "act_detail"
        return reverse(f"subsidies:{name}", args=[self.pk])

    @property
    def successor(self) -> "Decision | None":
        """The announced decision that came in the place of this one."""
        later = getattr(self, "replaced_by", None)
        return later if later and later.announced_at else None


class AdvancePayment(models.Model):
    """One instalment of the advance that a grant announces (Awb 4:95)."""

    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="advances", verbose_name="besluit"
    )
    number = models.PositiveSmallIntegerField("termijn")
    amount = models.DecimalField("bedrag", **MONEY)
    due_on = models.DateField("uiterlijk op")

    class Meta:
        verbose_name = "voorschot"
        verbose_name_plural = "voorschotten"
        constraints = [
            models.UniqueConstraint(fields=["decision", "number"], name="advance_number_once"),
            models.CheckConstraint(name="advance_is_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"termijn {self.number}: {self.amount}"


class Letter(models.Model):
    """A letter; the row is the order to make it, `stored` the result. `context` is frozen: it renders the same for ever."""

    class Code(models.TextChoices):
        RECEIPT = "L01", "Ontvangstbevestiging met afschrift"
        COMPLETION = "L02", "Verzoek om aanvulling"
        COMPLETION_LONGER = "L02V", "Meer tijd om aan te vullen"
        NOT_PROCESSED = "L03", "Besluit buiten behandeling laten"
        LATER = "L04", "Bericht latere beslissing"
        CLOCK_STOPPED = "L04O", "Bericht over de beslistermijn"
        PENALTY = "L04D", "Besluit over de dwangsom"
        INVITATION = "L05", "Uitnodiging voor een gesprek met de IKC-commissie"
        INVITATION_MOVED = "L05V", "Ander tijdstip voor uw gesprek met de IKC-commissie"
        INVITATION_CANCELLED = "L05A", "Uw gesprek met de IKC-commissie gaat niet door"
        ADVICE = "L06", "Advies van de IKC-commissie"
        INTENT = "L07", "Voornemen: u kunt reageren"
        INTENT_LOWER = "L07L", "Voornemen lagere vaststelling: u kunt reageren"
        INTENT_REVOKE = "L07R", "Voornemen intrekking of wijziging: u kunt reageren"
        GRANT = "L08", "Beschikking subsidieverlening"
        PARTIAL_GRANT = "L09", "Beschikking gedeeltelijke verlening"
        REFUSAL = "L10", "Beschikking weigering subsidie"
        ADVANCE = "L11", "Beschikking voorschot"
        ACCOUNT_REMINDER = "L12", "Herinnering verantwoording"
        ACCOUNT_TERM = "L12T", "Nieuwe termijn voor uw verantwoording"
        ACCOUNT_COMPLETION = "L12A", "Verzoek om uw verantwoording aan te vullen"
        ACCOUNT_RECEIPT = "L12O", "Ontvangstbevestiging verantwoording"
        DETERMINATION = "L13", "Beschikking vaststelling subsidie"
        LOWER_DETERMINATION = "L14", "Beschikking lagere vaststelling"
        SUSPENSION = "L15", "Kennisgeving opschorting betaling"
        REVOCATION = "L16", "Beschikking intrekking of wijziging"
        RECOVERY = "L17", "Beschikking terugvordering"
        PAYMENT_REMINDER = "L18", "Aanmaning"
        SETOFF = "L18V", "Bericht over een verrekening"
        OBJECTION_RECEIVED = "L19", "Ontvangstbevestiging bezwaar"
        OBJECTION_DEFECT = "L19H", "Verzoek om uw bezwaar aan te vullen"
        OBJECTION_EXTENDED = "L19V", "Wij hebben meer tijd nodig voor uw bezwaar"
        OBJECTION_DELAYED = "L19U", "Uitstel waarmee u instemde"
        HEARING = "L20", "Uitnodiging hoorzitting"
        OBJECTION_DECISION = "L21", "Beslissing op bezwaar"
        WITHDRAWN = "L22", "Bevestiging intrekking aanvraag"

    code = models.CharField("soort", max_length=4, choices=Code)
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="letters", verbose_name="aanvraag"
    )
    decision = models.OneToOneField(
        Decision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letter",
        verbose_name="besluit",
    )
    context = models.JSONField("inhoud")
    # Letters that go out at one moment, when each of them is made.
    together = models.ForeignKey(
        "subsidies.BundleDeed",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name="samen met",
    )
    ordered_at = models.DateTimeField("besteld op")
    rendered_at = models.DateTimeField("gemaakt op", null=True, blank=True)
    stored = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letter",
        verbose_name="bestand",
    )
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    next_attempt_at = models.DateTimeField("volgende poging")
    error = models.CharField("laatste fout", max_length=300, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "brief"
        verbose_name_plural = "brieven"
        constraints = [
            models.CheckConstraint(
                name="letter_rendered_has_a_file",
                condition=Q(rendered_at=None, stored=None)
                | Q(rendered_at__isnull=False, stored__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="letter_to_make", condition=Q(rendered_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} bij {self.application}"


class Message(models.Model):
    """A letter posted for an organisation in the portal (Awb 2:8-2:25): the moment of posting is the moment of sending."""

    letter = models.OneToOneField(
        Letter, models.PROTECT, related_name="message", verbose_name="brief"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="messages", verbose_name="aan"
    )
    ikc = models.ForeignKey("ikc.Ikc", models.PROTECT, related_name="messages", verbose_name="IKC")
    subject = models.CharField("onderwerp", max_length=200)
    posted_at = models.DateTimeField("geplaatst op")

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "bericht"
        verbose_name_plural = "berichten"
        indexes = [
            models.Index(fields=["organisation", "-posted_at"], name="message_by_organisation"),
            models.Index(fields=["ikc", "-posted_at"], name="message_by_ikc"),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("subsidies:message_detail", args=[self.pk])


class MessageEvent(models.Model):
    """Proof of posting, notice, opening and downloading (Awb 2:25). Append-only: a database trigger refuses the rest."""

    class Kind(models.TextChoices):
        POSTED = "posted", "geplaatst"
        NOTIFIED = "notified", "e-mail met melding klaargezet"
        OPENED = "opened", "geopend"
        DOWNLOADED = "downloaded", "gedownload"
        BOUNCED = "bounced", "melding teruggekomen"
        PAPER = "paper", "op papier verstuurd"

    message = models.ForeignKey(
        Message, models.PROTECT, related_name="events", verbose_name="bericht"
    )
    kind = models.CharField("gebeurtenis", max_length=12, choices=Kind)
    at = models.DateTimeField("op")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="door",
    )
    recipient = models.EmailField("aan", blank=True)
    note = models.CharField("toelichting", max_length=300, blank=True)
    day = models.DateField("dag op de post", null=True, blank=True)

    objects = MessageEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="message_event_paper_has_a_day",
                condition=Q(kind="paper", day__isnull=False) | (~Q(kind="paper") & Q(day=None)),
                violation_error_message="Verzending op papier heeft een dag, de rest niet.",
            ),
        ]
        verbose_name = "gebeurtenis bij een bericht"
        verbose_name_plural = "gebeurtenissen bij een bericht"
        indexes = [models.Index(fields=["message", "at"], name="message_event_at")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at}"
