"""Is an application complete, and if not: what was asked, what came in, and how long the clock stood still.

Domain reference 3.0.2 (D6) and 3.2; Awb 4:5 and 4:15.
"""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property

from kvk2.core import deadlines
from kvk2.core.models import StoredFile
from subsidies.models.applications import Application, Attachment
from subsidies.models.rounds import SubsidyRound
from subsidies.states import CorrectionState

USER = settings.AUTH_USER_MODEL


class Subject(models.TextChoices):
    """A part of the application that the municipality may ask to complete, and that can then be changed."""

    CONTACT = "contact", "Contactpersoon"
    MANDATE = "mandate", "Machtiging"
    CHILDREN = "children", "Aantallen kinderen"
    SUMMARY = "summary", "Plan: samenvatting"
    ANALYSIS = "analysis", "Plan: wat blijkt uit de gegevens"
    ACTIVITIES = "activities", "Activiteiten en planning"
    INTEGRATED_OFFER = "integrated_offer", "Plan: samenwerking onderwijs en opvang"
    PARENT_INVOLVEMENT = "parent_involvement", "Plan: betrokkenheid van ouders"
    SUPPORT = "support", "Plan: draagvlak"
    BUDGET = "budget", "Begroting"
    AMOUNT = "amount", "Gevraagd bedrag"
    SUB_APPLICATION = "sub_application", "Deelaanvraag"
    FUNDING = "funding", "Geld van anderen voor dezelfde kosten"
    STATE_AID = "state_aid", "Staatssteun"
    PROOF = "proof", "Bijlage: bewijs van draagvlak"
    FILE = "file", "Bijlage: ander stuk"

    @property
    def is_file(self) -> bool:
        return self in (Subject.PROOF, Subject.FILE)


class ChecklistItem(models.Model):
    """A question of the completeness check of a round; a round without its own has the usual ones."""

    round = models.ForeignKey(
        SubsidyRound, models.CASCADE, related_name="checklist", verbose_name="ronde"
    )
    order = models.PositiveSmallIntegerField("volgorde")
    code = models.SlugField("code", max_length=30)
    text = models.CharField("controlevraag", max_length=200)
    # What is usually asked for when the answer is no.
    subject = models.CharField("hoort bij", max_length=20, choices=Subject, blank=True)

    class Meta:
        verbose_name = "controlevraag"
        verbose_name_plural = "controlevragen"
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="checklist_code_once"),
            models.UniqueConstraint(fields=["round", "order"], name="checklist_order_once"),
        ]

    def __str__(self) -> str:
        return self.text


class CheckAnswer(models.Model):
    """The answer to one question of the check, in the words of the day on which it was given."""

    class Answer(models.TextChoices):
        YES = "yes", "ja"
        NO = "no", "nee"
        NOT_APPLICABLE = "not_applicable", "n.v.t."

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="check_answers", verbose_name="aanvraag"
    )
    code = models.SlugField("code", max_length=30)
    text = models.CharField("controlevraag", max_length=200)
    answer = models.CharField("antwoord", max_length=14, choices=Answer)
    note = models.CharField("opmerking", max_length=500, blank=True)
    answered_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="door"
    )
    answered_at = models.DateTimeField("op")

    class Meta:
        verbose_name = "antwoord op een controlevraag"
        verbose_name_plural = "antwoorden op controlevragen"
        constraints = [
            models.UniqueConstraint(fields=["application", "code"], name="check_answer_once"),
            models.CheckConstraint(
                name="check_answer_is_known",
                condition=Q(answer__in=["yes", "no", "not_applicable"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} {self.get_answer_display()}"


class CompletionRequest(models.Model):
    """The opportunity to complete an application (Awb 4:5(1)); without it, it may not be left unprocessed."""

    class Outcome(models.TextChoices):
        COMPLETED = "completed", "aangevuld"
        EXPIRED = "expired", "termijn verlopen"
        ENDED = "ended", "niet meer nodig"

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="completion_requests", verbose_name="aanvraag"
    )
    note = models.TextField("toelichting", blank=True)
    requested_at = models.DateTimeField("gevraagd op")
    requested_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="gevraagd door"
    )
    due_on = models.DateField("uiterlijk")
    closed_at = models.DateTimeField("afgesloten op", null=True, blank=True)
    outcome = models.CharField("uitkomst", max_length=10, choices=Outcome, blank=True)

    class Meta:
        verbose_name = "verzoek om aanvulling"
        verbose_name_plural = "verzoeken om aanvulling"
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(closed_at=None),
                name="completion_one_open_per_application",
                violation_error_message="Er loopt al een verzoek om aanvulling.",
            ),
            models.CheckConstraint(
                name="completion_closed_has_an_outcome",
                condition=Q(closed_at=None, outcome="")
                | (Q(closed_at__isnull=False) & Q(outcome__in=["completed", "expired", "ended"])),
            ),
            models.CheckConstraint(
                name="completion_term_is_after_the_request",
                condition=Q(due_on__gt=F("requested_at__date")),
                violation_error_message="De termijn eindigt na de dag van het verzoek.",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="completion_due", condition=Q(closed_at=None))
        ]

    def __str__(self) -> str:
        return f"verzoek om aanvulling van {self.application}"

    @cached_property
    def asked(self) -> "list[CompletionItem]":
        """What is missing, in the order of the letter; read once, for it never changes."""
        return list(self.items.order_by("order"))

    @property
    def ends_at(self) -> datetime:
        """The first moment that is too late: midnight after the last day, in Amsterdam."""
        return end_of_day(self.due_on)


def end_of_day(day: date) -> datetime:
    """Midnight at the end of `day` in Amsterdam."""
    return datetime.combine(day + timedelta(days=1), time(0), deadlines.AMSTERDAM)


class CompletionItem(models.Model):
    """One thing that is missing, and the part of the application in which to supply it."""

    request = models.ForeignKey(
        CompletionRequest, models.PROTECT, related_name="items", verbose_name="verzoek"
    )
    order = models.PositiveSmallIntegerField("volgorde")
    # The question of the check that was answered with no; may be empty.
    check_code = models.SlugField("controlevraag", max_length=30, blank=True)
    subject = models.CharField("onderdeel", max_length=20, choices=Subject)
    text = models.CharField("wat er ontbreekt", max_length=500)

    class Meta:
        verbose_name = "gevraagd stuk"
        verbose_name_plural = "gevraagde stukken"
        constraints = [
            models.UniqueConstraint(fields=["request", "order"], name="completion_item_order_once"),
            models.CheckConstraint(
                name="completion_item_says_what",
                condition=~Q(text="") & Q(subject__in=Subject.values),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Correction(models.Model):
    """What the applicant supplies on a request: an object with its own state, so that the original stays.

    `changes` maps the name of a field, or of a group of rows, to its value `before` and `after`, as JSON. Only
    acceptance writes them to the application (a trigger refuses every other change of what was filed).
    """

    request = models.OneToOneField(
        CompletionRequest, models.PROTECT, related_name="correction", verbose_name="verzoek"
    )
    state = models.CharField(
        "status",
        max_length=10,
        choices=CorrectionState,
        default=CorrectionState.DRAFT,
        editable=False,
    )
    changes = models.JSONField("wijzigingen", default=dict, blank=True)
    explanation = models.TextField("toelichting", blank=True)
    # The page as it was posted while something in it is no value yet: pairs of a name and its values. Else empty.
    typed = models.JSONField("zoals getypt", default=list, blank=True)
    version = models.PositiveIntegerField("versie", default=0)
    # The opened page that saved last, and its latest save (see `services.applications.Typed`).
    page = models.CharField("pagina", max_length=32, blank=True)
    turn = models.BigIntegerField("beurt", default=0)
    saved_at = models.DateTimeField("bewaard op")
    saved_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="bewaard door"
    )
    submitted_at = models.DateTimeField("ingediend op", null=True, blank=True)
    submitted_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ingediend door"
    )
    judged_at = models.DateTimeField("beoordeeld op", null=True, blank=True)
    judged_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="beoordeeld door",
    )
    judgement = models.TextField("oordeel", blank=True)

    class Meta:
        verbose_name = "aanvulling"
        verbose_name_plural = "aanvullingen"
        constraints = [
            models.CheckConstraint(
                name="correction_submitted_is_dated",
                condition=Q(state=CorrectionState.DRAFT, submitted_at=None)
                | (
                    ~Q(state=CorrectionState.DRAFT)
                    & Q(submitted_at__isnull=False, submitted_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="correction_submitted_is_all_in_order",
                condition=Q(state=CorrectionState.DRAFT) | Q(typed=[]),
                violation_error_message="Wat wordt ingediend, is goed ingevuld.",
            ),
            models.CheckConstraint(
                name="correction_judged_is_dated",
                condition=Q(state__in=["draft", "submitted"], judged_at=None)
                | Q(
                    state__in=["accepted", "rejected"],
                    judged_at__isnull=False,
                    judged_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="correction_rejected_with_a_reason",
                condition=~Q(state=CorrectionState.REJECTED) | ~Q(judgement=""),
                violation_error_message="Een afgewezen aanvulling heeft een reden.",
            ),
        ]

    def __str__(self) -> str:
        return f"aanvulling van {self.request.application}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:correction_detail", args=[self.pk])


class CorrectionFile(models.Model):
    """A file that was supplied later; it becomes an attachment when the correction is accepted."""

    correction = models.ForeignKey(
        Correction, models.PROTECT, related_name="files", verbose_name="aanvulling"
    )
    kind = models.CharField("soort", max_length=12, choices=Attachment.Kind)
    stored = models.OneToOneField(
        StoredFile, models.PROTECT, related_name="correction_file", verbose_name="bestand"
    )

    class Meta:
        verbose_name = "aangevuld stuk"
        verbose_name_plural = "aangevulde stukken"

    def __str__(self) -> str:
        return self.stored.name


class ClockStop(models.Model):
    """A time in which the term to decide stands still (Awb 4:15): from `first_day` up to, not including, `resumes_on`."""

    class Reason(models.TextChoices):
        COMPLETION = "completion", "verzoek om aanvulling (artikel 4:15, eerste lid, Awb)"
        AGREED = "agreed", "uitstel afgesproken met de aanvrager (artikel 4:15, tweede lid, Awb)"
        ATTRIBUTABLE = (
            "attributable",
            "vertraging door de aanvrager (artikel 4:15, tweede lid, Awb)",
        )
        FORCE_MAJEURE = "force_majeure", "overmacht (artikel 4:15, tweede lid, Awb)"

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="clock_stops", verbose_name="aanvraag"
    )
    reason = models.CharField("reden", max_length=14, choices=Reason)
    request = models.OneToOneField(
        CompletionRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stop",
        verbose_name="verzoek om aanvulling",
    )
    first_day = models.DateField("eerste dag")
    # Empty while it still stands still; a request to complete then counts up to its last day.
    resumes_on = models.DateField("loopt weer vanaf", null=True, blank=True)
    note = models.CharField("toelichting", max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vastgelegd door",
    )
    recorded_at = models.DateTimeField("vastgelegd op")

    class Meta:
        verbose_name = "opschorting"
        verbose_name_plural = "opschortingen"
        constraints = [
            models.CheckConstraint(
                name="clock_stop_of_a_request_or_with_a_note",
                condition=Q(reason="completion", request__isnull=False)
                | (~Q(reason="completion") & Q(request=None) & ~Q(note="")),
                violation_error_message="Een opschorting heeft een verzoek om aanvulling of een toelichting.",
            ),
            # Answered on the day of the request: nothing stood still, and the row says so.
            models.CheckConstraint(
                name="clock_stop_resumes_after_it_began",
                condition=Q(resumes_on=None)
                | Q(resumes_on__gte=F("first_day") - timedelta(days=1)),
            ),
        ]
        indexes = [models.Index(fields=["application", "first_day"], name="clock_stop_order")]

    def __str__(self) -> str:
        return f"opschorting vanaf {self.first_day}"
