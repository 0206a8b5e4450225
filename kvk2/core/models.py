from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import Q
from django.db.models.fields.files import FieldFile

from kvk2.core.storage import private_storage, random_path


class AuditEvent(models.Model):
    """One thing that somebody did to one object. Append-only: a database trigger refuses the rest."""

    at = models.DateTimeField("op")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="door",
    )
    role = models.CharField("rol", max_length=40, blank=True)
    on_behalf_of = models.CharField("namens", max_length=200, blank=True)
    verb = models.CharField("handeling", max_length=64)
    object_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.BigIntegerField("nummer van het object")
    object = GenericForeignKey("object_type", "object_id")
    state_before = models.CharField("status ervoor", max_length=40, blank=True)
    state_after = models.CharField("status erna", max_length=40, blank=True)
    reason = models.TextField("reden", blank=True)
    ip = models.GenericIPAddressField("IP-adres", null=True, blank=True)
    data = models.JSONField("gegevens", default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = "gebeurtenis"
        verbose_name_plural = "gebeurtenissen"
        indexes = [
            models.Index(fields=["object_type", "object_id", "at"], name="audit_object_at"),
            models.Index(fields=["at"], name="audit_at"),
            # downloads name their file: the list of who took what (kvk2.core.audit.record_download)
            models.Index(
                fields=["-at", "-id"], name="audit_downloads", condition=Q(data__has_key="file")
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.verb}"


class LegalHoliday(models.Model):
    """A day that a Royal Decree equates with a holiday (Algemene termijnenwet 3(3)); the fixed days are computed."""

    date = models.DateField("datum", unique=True)
    name = models.CharField("naam", max_length=100)
    source = models.CharField("vindplaats", max_length=200)

    class Meta:
        verbose_name = "gelijkgestelde feestdag"
        verbose_name_plural = "gelijkgestelde feestdagen"

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class StoredFile(models.Model):
    """A private file: random name on disk, never served by path, only by a view that checks who asks."""

    class ScanState(models.TextChoices):
        PENDING = "pending", "wordt nog gecontroleerd"
        CLEAN = "clean", "gecontroleerd"
        INFECTED = "infected", "geweigerd: virus gevonden"
        OWN = "own", "gemaakt door het portaal"

    file = models.FileField("bestand", storage=private_storage, upload_to=random_path)
    name = models.CharField("naam", max_length=200)
    content_type = models.CharField("soort", max_length=100)
    size = models.PositiveIntegerField("grootte in bytes")
    sha256 = models.CharField("SHA-256", max_length=64)
    scan_state = models.CharField("controle", max_length=10, choices=ScanState)
    signature = models.CharField("gevonden virus", max_length=200, blank=True)
    scanned_at = models.DateTimeField("gecontroleerd op", null=True, blank=True)
    scan_due_at = models.DateTimeField("volgende controle", null=True, blank=True)
    scan_attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    scan_error = models.CharField("laatste fout", max_length=300, blank=True)
    stripped = models.FileField(
        "kopie zonder metagegevens", storage=private_storage, upload_to=random_path, blank=True
    )
    stripped_sha256 = models.CharField("SHA-256 van de kopie", max_length=64, blank=True)
    created_at = models.DateTimeField("toegevoegd op")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="toegevoegd door",
    )

    class Meta:
        verbose_name = "bestand"
        verbose_name_plural = "bestanden"
        constraints = [
            models.CheckConstraint(
                name="stored_file_scan_state_is_known",
                condition=Q(scan_state__in=["pending", "clean", "infected", "own"]),
            ),
            models.CheckConstraint(
                name="stored_file_has_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="stored_file_infected_is_gone",
                condition=~Q(scan_state="infected") | (Q(file="") & ~Q(signature="")),
                violation_error_message="Van een bestand met een virus blijft de inhoud niet bewaard.",
            ),
            models.CheckConstraint(
                name="stored_file_pending_is_due",
                condition=~Q(scan_state="pending") | Q(scan_due_at__isnull=False),
                violation_error_message="Een bestand dat wacht op controle heeft een moment daarvoor.",
            ),
            models.CheckConstraint(
                name="stored_file_clean_was_scanned",
                condition=~Q(scan_state="clean") | Q(scanned_at__isnull=False),
                violation_error_message="Een bestand is alleen schoon als de virusscanner dat zei.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["scan_due_at"], name="file_to_scan", condition=Q(scan_state="pending")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def served(self) -> FieldFile:
        """What a reader gets: the copy without metadata, or the file itself when it held none."""
        return self.stripped or self.file

    @property
    def paths(self) -> list[str]:
        """Where its content stands in the storage, for who takes it away."""
        return [content.name for content in (self.file, self.stripped) if content.name]


class OutgoingMail(models.Model):
    """One e-mail to send; the row is the order, `sent_at` the result."""

    to = models.EmailField("aan")
    subject = models.CharField("onderwerp", max_length=200)
    body = models.TextField("tekst")
    created_at = models.DateTimeField("gemaakt op")
    sent_at = models.DateTimeField("verzonden op", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    next_attempt_at = models.DateTimeField("volgende poging")
    error = models.CharField("laatste fout", max_length=300, blank=True)

    class Meta:
        verbose_name = "uitgaande e-mail"
        verbose_name_plural = "uitgaande e-mails"
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="mail_to_send", condition=Q(sent_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"


class NumberSequence(models.Model):
    """The last number given out under a prefix; locked while the next is taken, so that numbers have no gaps."""

    prefix = models.CharField("voorvoegsel", max_length=20, unique=True)
    last = models.PositiveIntegerField("laatste nummer", default=0)

    class Meta:
        verbose_name = "nummerreeks"
        verbose_name_plural = "nummerreeksen"

    def __str__(self) -> str:
        return f"{self.prefix}{self.last}"

    @classmethod
    def take(cls, prefix: str) -> int:
        """The next number; call it inside the transaction that uses it (a rollback gives it back)."""
        table = connection.ops.quote_name(cls._meta.db_table)
        with connection.cursor() as cursor:
            # One statement, for who files at the closing minute waits for whoever is before.
            cursor.execute(
                f"INSERT INTO {table} AS counter (prefix, last) VALUES (%s, 1)"  # noqa: S608 - no outside text
                " ON CONFLICT (prefix) DO UPDATE SET last = counter.last + 1 RETURNING last",
                [prefix],
            )
            last: int = cursor.fetchone()[0]
        return last
