"""Objections to decisions (Awb chapters 6 and 7; domain reference 3.11). What came in stays as it came in."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from kvk2.core.models import StoredFile
from subsidies.models.applications import MONEY, Application
from subsidies.models.decisions import Decision
from subsidies.objection_terms import Channel as ChannelCode
from subsidies.objection_terms import Verdict as VerdictCode
from subsidies.querysets_objections import ObjectionQuerySet
from subsidies.states_objections import ObjectionState

USER = settings.AUTH_USER_MODEL
JUDGED = [
    "admissibility",
    "defect",
    "hearing_planned",
    "heard",
    "advised",
    "decided",
    "appeal_noted",
]


class Objection(models.Model):
    """One objection to one decision, by its addressee or by somebody else with an interest."""

    class Channel(models.TextChoices):
        PORTAL = ChannelCode.PORTAL.value, "portaal"
        POST = ChannelCode.POST.value, "post"
        EMAIL = ChannelCode.EMAIL.value, "e-mail"
        DESK = ChannelCode.DESK.value, "balie"

    class Party(models.TextChoices):
        ADDRESSEE = "addressee", "de aanvrager"
        OTHER = "other", "een andere belanghebbende"

    class Verdict(models.TextChoices):
        IN_TIME = VerdictCode.IN_TIME.value, "op tijd"
        POSTED_IN_TIME = VerdictCode.POSTED_IN_TIME.value, "op tijd gepost"
        NOT_HELD = VerdictCode.NOT_HELD.value, "termijn niet tegengeworpen"
        OUTAGE = VerdictCode.OUTAGE.value, "te laat door een storing"
        LATE = VerdictCode.LATE.value, "te laat"

    class NoHearing(models.TextChoices):
        WAIVED = "waived", "de bezwaarmaker wil niet worden gehoord"
        INADMISSIBLE = "inadmissible", "het bezwaar is kennelijk niet-ontvankelijk"
        UNFOUNDED = "unfounded", "het bezwaar is kennelijk ongegrond"
        GRANTED = "granted", "aan het bezwaar wordt helemaal tegemoetgekomen"

    class Outcome(models.TextChoices):
        INADMISSIBLE = "inadmissible", "niet-ontvankelijk"
        UNFOUNDED = "unfounded", "ongegrond"
        FOUNDED_UPHELD = "founded_upheld", "gegrond, besluit blijft met een betere motivering"
        FOUNDED_REPLACED = "founded_replaced", "gegrond, besluit wordt vervangen"

    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="objections", verbose_name="bestreden besluit"
    )
    # Through which the objector reads it in the portal: the application that was decided on, or that of a competitor.
    own_application = models.ForeignKey(
        Application,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="objections",
        verbose_name="eigen aanvraag van de bezwaarmaker",
    )
    reference = models.CharField("kenmerk", max_length=40, unique=True)
    state = models.CharField(
        "status",
        max_length=16,
        choices=ObjectionState,
        default=ObjectionState.RECEIVED,
        editable=False,
    )
    party = models.CharField("wie maakt bezwaar", max_length=9, choices=Party)
    name = models.CharField("naam", max_length=200)
    organisation = models.CharField("organisatie", max_length=200, blank=True)
    address = models.TextField("adres", blank=True)
    email = models.EmailField("e-mailadres", blank=True)
    channel = models.CharField("hoe het binnenkwam", max_length=6, choices=Channel)
    received_at = models.DateTimeField("ontvangen op")
    postmark_on = models.DateField("poststempel", null=True, blank=True)
    dated_on = models.DateField("datum van het bezwaarschrift", null=True, blank=True)
    # Empty: a pro forma objection, of which the grounds still have to come (Awb 6:5(1)d, 6:6).
    grounds = models.TextField("gronden van het bezwaar", blank=True)
    signed = models.BooleanField("ondertekend", default=False)
    excuse = models.TextField("waarom het later is", blank=True)
    costs_requested = models.BooleanField("vraagt vergoeding van kosten", default=False)
    document = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="objection",
        verbose_name="bezwaarschrift",
    )
    registered_at = models.DateTimeField("geregistreerd op")
    registered_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="geregistreerd door"
    )
    # Awb 7:13: an independent committee advises, which gives twelve weeks instead of six.
    with_committee = models.BooleanField("met een adviescommissie", default=False)
    # Follows from the term, the stops and the extensions; kept to find and to sort by.
    decide_before = models.DateField("beslissen uiterlijk op")
    acknowledged_at = models.DateTimeField("ontvangst bevestigd op", null=True, blank=True)

    timeliness = models.CharField("op tijd?", max_length=14, choices=Verdict, blank=True)
    timeliness_reason = models.TextField("waarom wel of niet op tijd", blank=True)
    excused = models.BooleanField("te laat, maar verontschuldigd", default=False)
    interested = models.BooleanField("belanghebbende", null=True, blank=True)
    judgement = models.TextField("oordeel over de ontvankelijkheid", blank=True)
    judged_at = models.DateTimeField("beoordeeld op", null=True, blank=True)
    judged_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="beoordeeld door",
    )

    no_hearing = models.CharField("niet gehoord", max_length=12, choices=NoHearing, blank=True)
    no_hearing_reason = models.TextField("waarom niet gehoord", blank=True)

    advice = models.TextField("advies", blank=True)
    advised_by = models.CharField("advies van", max_length=200, blank=True)
    advised_outcome = models.CharField("advies", max_length=16, choices=Outcome, blank=True)
    advised_on = models.DateField("datum van het advies", null=True, blank=True)

    outcome = models.CharField("beslissing", max_length=16, choices=Outcome, blank=True)
    answer = models.OneToOneField(
        Decision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="answers_objection",
        verbose_name="beslissing op bezwaar",
    )
    costs_awarded = models.DecimalField("vergoede kosten", null=True, blank=True, **MONEY)
    withdrawn_on = models.DateField("ingetrokken op", null=True, blank=True)
    withdrawn_reason = models.TextField("reden van de intrekking", blank=True)

    appeal_court = models.CharField("rechtbank", max_length=120, blank=True)
    appeal_number = models.CharField("zaaknummer van de rechtbank", max_length=60, blank=True)
    appealed_on = models.DateField("beroep ingesteld op", null=True, blank=True)
    appeal_outcome = models.TextField("uitkomst van het beroep", blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "bezwaar"
        verbose_name_plural = "bezwaren"
        constraints = [
            models.CheckConstraint(
                name="objection_state_is_known",
                condition=Q(state__in=ObjectionState.values),
                violation_error_message="Deze status van een bezwaar bestaat niet.",
            ),
            models.CheckConstraint(
                name="objection_is_by_somebody",
                condition=~Q(name=""),
                violation_error_message="Een bezwaar heeft een bezwaarmaker.",
            ),
            models.CheckConstraint(
                name="objection_postmark_is_of_post",
                condition=Q(postmark_on=None) | Q(channel="post"),
                violation_error_message="Alleen post heeft een poststempel.",
            ),
            models.CheckConstraint(
                name="objection_of_the_addressee_is_their_own",
                condition=Q(party="other") | Q(own_application__isnull=False),
                violation_error_message="Het bezwaar van de aanvrager hoort bij diens aanvraag.",
            ),
            models.CheckConstraint(
                name="objection_judged_is_whole",
                condition=~Q(state__in=JUDGED)
                | (
                    Q(judged_at__isnull=False, judged_by__isnull=False)
                    & Q(interested__isnull=False)
                    & ~Q(timeliness="")
                    & ~Q(judgement="")
                ),
                violation_error_message="Een oordeel over de ontvankelijkheid heeft een reden, een moment en wie het gaf.",
            ),
            models.CheckConstraint(
                name="objection_excused_was_late",
                condition=Q(excused=False) | Q(timeliness="late"),
                violation_error_message="Alleen wie te laat is, wordt verontschuldigd.",
            ),
            models.CheckConstraint(
                name="objection_no_hearing_has_a_reason",
                condition=Q(no_hearing="", no_hearing_reason="")
                | (~Q(no_hearing="") & ~Q(no_hearing_reason="")),
                violation_error_message="Niet horen heeft een reden.",
            ),
            models.CheckConstraint(
                name="objection_advice_is_whole",
                condition=~Q(state__in=["advised", "decided", "appeal_noted"])
                | (Q(advised_on__isnull=False) & ~Q(advice="") & ~Q(advised_by="")),
                violation_error_message="Een advies heeft een tekst, een datum en wie het gaf.",
            ),
            models.CheckConstraint(
                name="objection_decided_has_an_answer",
                condition=Q(state__in=["decided", "appeal_noted"], answer__isnull=False)
                & ~Q(outcome="")
                | ~Q(state__in=["decided", "appeal_noted"]) & Q(outcome=""),
                violation_error_message="Een beslissing op bezwaar heeft een uitkomst.",
            ),
            models.CheckConstraint(
                name="objection_costs_were_requested",
                condition=Q(costs_awarded=None) | Q(costs_requested=True, costs_awarded__gte=0),
                violation_error_message="Kosten worden alleen op verzoek vergoed.",
            ),
            models.CheckConstraint(
                name="objection_withdrawn_has_a_day",
                condition=Q(state="withdrawn", withdrawn_on__isnull=False)
                | ~Q(state="withdrawn") & Q(withdrawn_on=None),
                violation_error_message="Een intrekking heeft een datum.",
            ),
            models.CheckConstraint(
                name="objection_appeal_is_whole",
                condition=Q(state="appeal_noted", appealed_on__isnull=False)
                & ~Q(appeal_court="")
                & ~Q(appeal_number="")
                | ~Q(state="appeal_noted") & Q(appealed_on=None, appeal_outcome=""),
                violation_error_message="Een beroep heeft een rechtbank, een nummer en een datum.",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "decide_before"], name="objection_to_decide"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("subsidies:objection_detail", args=[self.pk])

    @property
    def objector(self) -> str:
        """Who objects, with the organisation when there is one."""
        return f"{self.name}, {self.organisation}" if self.organisation else self.name


class ObjectionRepair(models.Model):
    """The opportunity to repair an objection that misses something (Awb 6:6); the clock stops meanwhile (7:10(2))."""

    objection = models.OneToOneField(
        Objection, models.PROTECT, related_name="repair", verbose_name="bezwaar"
    )
    missing = models.TextField("wat er ontbreekt")
    asked_at = models.DateTimeField("gevraagd op")
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="door")
    due_on = models.DateField("herstellen tot en met")
    text = models.TextField("aanvulling", blank=True)
    repaired_on = models.DateField("hersteld op", null=True, blank=True)
    ended_at = models.DateTimeField("afgesloten op", null=True, blank=True)

    class Meta:
        verbose_name = "herstel van een bezwaar"
        verbose_name_plural = "herstel van bezwaren"
        constraints = [
            models.CheckConstraint(
                name="objection_repair_gives_a_term",
                condition=Q(due_on__gt=F("asked_at__date")) & ~Q(missing=""),
                violation_error_message="Wie iets moet herstellen, krijgt daar tijd voor.",
            ),
            models.CheckConstraint(
                name="objection_repaired_says_what",
                condition=Q(repaired_on=None, text="")
                | (Q(repaired_on__isnull=False, ended_at__isnull=False) & ~Q(text="")),
                violation_error_message="Een herstel zegt wat er kwam, en wanneer.",
            ),
        ]

    def __str__(self) -> str:
        return f"herstel van {self.objection}"


class ObjectionDelay(models.Model):
    """More time to decide: announced by the municipality, or agreed to by the objector (Awb 7:10(3-4)); append-only."""

    class Kind(models.TextChoices):
        EXTENDED = "extended", "verdaagd"
        AGREED = "agreed", "uitstel met instemming"

    objection = models.ForeignKey(
        Objection, models.PROTECT, related_name="delays", verbose_name="bezwaar"
    )
    kind = models.CharField("soort", max_length=8, choices=Kind)
    weeks = models.PositiveSmallIntegerField("weken", null=True, blank=True)
    until = models.DateField("tot en met", null=True, blank=True)
    old_day = models.DateField("was uiterlijk")
    new_day = models.DateField("is uiterlijk")
    reason = models.TextField("reden")
    delayed_at = models.DateTimeField("vastgelegd op")
    delayed_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="vastgelegd door"
    )

    class Meta:
        verbose_name = "uitstel van een beslissing op bezwaar"
        verbose_name_plural = "uitstel van beslissingen op bezwaar"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["objection"],
                condition=Q(kind="extended"),
                name="objection_extended_once",
                violation_error_message="De beslissing op bezwaar is al een keer verdaagd.",
            ),
            models.CheckConstraint(
                name="objection_delay_is_within_the_law",
                condition=Q(kind="extended", weeks__gte=1, weeks__lte=6, until=None)
                | Q(kind="agreed", weeks=None, until__isnull=False),
                violation_error_message="Verdagen kan met hoogstens zes weken; langer alleen met instemming.",
            ),
            models.CheckConstraint(
                name="objection_delay_is_later",
                condition=Q(new_day__gt=F("old_day")) & ~Q(reason=""),
                violation_error_message="Uitstel noemt een latere dag en een reden.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.objection}: tot en met {self.new_day}"


class ObjectionHearing(models.Model):
    """The hearing of an objection (Awb 7:2-7:7), led by somebody who had no part in the contested decision (7:5)."""

    objection = models.OneToOneField(
        Objection, models.PROTECT, related_name="hearing", verbose_name="bezwaar"
    )
    starts_at = models.DateTimeField("begint op")
    minutes = models.PositiveSmallIntegerField("duur in minuten", default=60)
    place = models.CharField("plaats", max_length=200)
    # An officer, or the chair of a committee from outside.
    led_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="geleid door",
    )
    chair = models.CharField("geleid door iemand van buiten", max_length=200, blank=True)
    attendees = models.TextField("wie erbij zijn", blank=True)
    # From this day the file can be read (Awb 7:4(2)).
    file_open_from = models.DateField("stukken ter inzage vanaf")
    planned_at = models.DateTimeField("gepland op")
    planned_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="gepland door"
    )
    # How often it was moved, for calendars (RFC 5545 SEQUENCE).
    sequence = models.PositiveSmallIntegerField("verplaatst", default=0)
    report = models.TextField("verslag", blank=True)
    report_file = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="objection_hearing",
        verbose_name="verslag als bestand",
    )
    held_at = models.DateTimeField("verslag vastgelegd op", null=True, blank=True)

    class Meta:
        verbose_name = "hoorzitting"
        verbose_name_plural = "hoorzittingen"
        constraints = [
            models.CheckConstraint(
                name="objection_hearing_has_one_leader",
                condition=Q(led_by__isnull=False, chair="") | (Q(led_by=None) & ~Q(chair="")),
                violation_error_message="Een hoorzitting wordt door één persoon geleid.",
            ),
            models.CheckConstraint(
                name="objection_hearing_file_is_open_a_week",
                condition=Q(file_open_from__gte=F("planned_at__date"))
                & Q(starts_at__date__gte=F("file_open_from") + 7),
                violation_error_message="De stukken liggen minstens een week voor de hoorzitting ter inzage.",
            ),
            models.CheckConstraint(
                name="objection_hearing_held_has_a_report",
                condition=Q(held_at=None, report="") | (Q(held_at__isnull=False) & ~Q(report="")),
                violation_error_message="Van een hoorzitting is er een verslag.",
            ),
        ]

    def __str__(self) -> str:
        return f"hoorzitting over {self.objection}"

    @property
    def leader(self) -> str:
        return self.led_by.full_name if self.led_by else self.chair
