"""The lines of a version of a scheme: legal basis, accountability, instalments, duties, limits, grounds, texts."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from subsidies.budget import RuleKind, Severity
from subsidies.instalments import AccountabilityBand, AccountDocument
from subsidies.letter_texts import LetterTextCode
from subsidies.models.schemes import SchemeRow, SchemeVersion

MOST_DUE_WEEKS = 104


class LegalBasis(SchemeRow):
    """A rule that the scheme rests on, with where it was published."""

    class Kind(models.TextChoices):
        AWB = "awb", "Algemene wet bestuursrecht"
        ASV = "asv", "algemene subsidieverordening"
        REGULATION = "regulation", "regeling of beleidsregel"
        OTHER = "other", "andere grondslag"

    version = models.ForeignKey(
        SchemeVersion, models.CASCADE, related_name="legal_bases", verbose_name="versie"
    )
    kind = models.CharField("soort", max_length=12, choices=Kind)
    text = models.CharField("artikel of naam", max_length=200)
    publication = models.CharField("vindplaats", max_length=200, blank=True)
    dated_on = models.DateField("datum", null=True, blank=True)

    class Meta:
        verbose_name = "grondslag"
        verbose_name_plural = "grondslagen"
        constraints = [
            models.CheckConstraint(
                name="legal_basis_says_something",
                condition=~Q(text=""),
                violation_error_message="Vul in welke grondslag u bedoelt.",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class AccountabilityRule(SchemeRow):
    """How a grant up to and including `up_to` euros is accounted for; without it: any higher amount."""

    class Band(models.TextChoices):
        DIRECT = AccountabilityBand.DIRECT.value, "meteen vaststellen"
        ACTIVITY = AccountabilityBand.ACTIVITY.value, "verslag van de activiteiten"
        FULL = AccountabilityBand.FULL.value, "volledige verantwoording"

    class Document(models.TextChoices):
        ACTIVITY_REPORT = AccountDocument.ACTIVITY_REPORT.value, "verslag van de activiteiten"
        FINANCIAL_REPORT = AccountDocument.FINANCIAL_REPORT.value, "financieel verslag"
        BALANCE_SHEET = AccountDocument.BALANCE_SHEET.value, "balans met toelichting"
        AUDITOR_STATEMENT = AccountDocument.AUDITOR_STATEMENT.value, "controleverklaring"

    version = models.ForeignKey(
        SchemeVersion, models.CASCADE, related_name="accountability", verbose_name="versie"
    )
    band = models.CharField("verantwoording", max_length=10, choices=Band)
    up_to = models.DecimalField(
        "tot en met", max_digits=12, decimal_places=2, null=True, blank=True
    )
    documents = ArrayField(
        models.CharField(max_length=20, choices=Document), verbose_name="stukken", default=list
    )
    # Weeks after the end of the subsidy period.
    due_weeks = models.PositiveSmallIntegerField("weken na afloop", null=True, blank=True)
    # Percent of what was planned; a difference above it is explained. Empty: any difference is.
    explain_above = models.DecimalField(
        "verschil toelichten boven (%)", max_digits=5, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = "verantwoordingsgrens"
        verbose_name_plural = "verantwoordingsgrenzen"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "band"],
                name="accountability_once_per_band",
                violation_error_message="Elke vorm van verantwoording staat er één keer.",
            ),
            models.UniqueConstraint(
                fields=["version", "up_to"],
                name="accountability_bound_once",
                nulls_distinct=False,
                violation_error_message="Elke grens staat er één keer.",
            ),
            models.CheckConstraint(
                name="accountability_bound_is_positive",
                condition=Q(up_to=None) | Q(up_to__gt=0),
                violation_error_message="Een grens is hoger dan nul.",
            ),
            models.CheckConstraint(
                name="accountability_threshold_is_a_share",
                condition=Q(explain_above=None) | Q(explain_above__gte=0, explain_above__lte=100),
                violation_error_message="Een drempel is 0 tot en met 100 procent.",
            ),
            models.CheckConstraint(
                name="accountability_direct_asks_nothing",
                condition=Q(band="direct", documents=[], due_weeks=None)
                | (~Q(band="direct") & ~Q(documents=[]) & Q(due_weeks__lte=MOST_DUE_WEEKS)),
                violation_error_message=(
                    "Wie meteen wordt vastgesteld, levert niets in; anders staan er stukken en een termijn."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.get_band_display()


class SchemeInstalment(SchemeRow):
    """An advance on a fixed day: a share of the grant, on the first such day of the subsidy period."""

    version = models.ForeignKey(
        SchemeVersion, models.CASCADE, related_name="instalments", verbose_name="versie"
    )
    percentage = models.DecimalField("procent van de subsidie", max_digits=5, decimal_places=2)
    day = models.PositiveSmallIntegerField("dag")
    month = models.PositiveSmallIntegerField("maand")

    class Meta:
        verbose_name = "betaaldatum"
        verbose_name_plural = "betaaldata"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "month", "day"],
                name="scheme_instalment_once_per_day",
                violation_error_message="Elke betaaldag staat er één keer.",
            ),
            models.CheckConstraint(
                name="scheme_instalment_is_a_share",
                condition=Q(percentage__gt=0, percentage__lte=100),
                violation_error_message="Een termijn is meer dan 0 en hoogstens 100 procent.",
            ),
            # Up to the 28th: a day that every month has.
            models.CheckConstraint(
                name="scheme_instalment_day_exists",
                condition=Q(day__gte=1, day__lte=28, month__gte=1, month__lte=12),
                violation_error_message="Kies een dag van 1 tot en met 28 en een maand van 1 tot en met 12.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percentage}% op {self.day}-{self.month}"


class StandardObligation(SchemeRow):
    """A duty that goes with every grant under the scheme (Awb 4:37, 4:38)."""

    class Theme(models.TextChoices):
        EXECUTION = "execution", "uitvoering"
        REPORTING = "reporting", "melden"
        ADMINISTRATION = "administration", "administratie"
        MONITORING = "monitoring", "monitoring en leren"
        OTHER = "other", "overig"

    version = models.ForeignKey(
        SchemeVersion, models.CASCADE, related_name="obligations", verbose_name="versie"
    )
    theme = models.CharField("onderwerp", max_length=16, choices=Theme, default=Theme.OTHER)
    text = models.TextField("verplichting")
    # Weeks after the end of the subsidy period; empty while the duty has no last day.
    due_weeks = models.PositiveSmallIntegerField("weken na afloop", null=True, blank=True)

    class Meta:
        verbose_name = "standaardverplichting"
        verbose_name_plural = "standaardverplichtingen"
        constraints = [
            models.CheckConstraint(
                name="standard_obligation_says_something",
                condition=~Q(text=""),
                violation_error_message="Schrijf de verplichting op.",
            ),
            models.CheckConstraint(
                name="standard_obligation_term_is_in_range",
                condition=Q(due_weeks=None) | Q(due_weeks__lte=MOST_DUE_WEEKS),
                violation_error_message="Een termijn is hoogstens 104 weken.",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class LimitRow(SchemeRow):
    """A limit of the budget (domain reference 4.7, 7.2): euros an hour, or a percentage.

    An error keeps the application from being filed; a warning asks for an explanation.
    """

    class Kind(models.TextChoices):
        HOURLY_RATE = RuleKind.HOURLY_RATE.value, "hoogste uurtarief (€)"
        PREPARATION = RuleKind.PREPARATION.value, "voorbereiding (% van de uren)"
        OVERHEAD = RuleKind.OVERHEAD.value, "overhead (% van de subsidie)"

    class Severity(models.TextChoices):
        ERROR = Severity.ERROR.value, "mag niet: indienen kan dan niet"
        WARNING = Severity.WARNING.value, "let op: de aanvrager legt het uit"

    kind = models.CharField("regel", max_length=12, choices=Kind)
    limit = models.DecimalField("hoogstens", max_digits=8, decimal_places=2)
    severity = models.CharField("gevolg", max_length=8, choices=Severity, default=Severity.ERROR)
    text = models.CharField("uitleg voor de aanvrager", max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.limit}"


def limit_constraints(prefix: str, owner: str) -> list[models.BaseConstraint]:
    """The same law for the limits of a scheme and of a round."""
    return [
        models.UniqueConstraint(
            fields=[owner, "kind"],
            name=f"{prefix}_once_per_kind",
            violation_error_message="Elke begrotingsregel staat er één keer.",
        ),
        models.CheckConstraint(
            name=f"{prefix}_kind_is_known", condition=Q(kind__in=LimitRow.Kind.values)
        ),
        models.CheckConstraint(
            name=f"{prefix}_severity_is_known", condition=Q(severity__in=LimitRow.Severity.values)
        ),
        models.CheckConstraint(
            name=f"{prefix}_limit_is_in_range",
            condition=Q(kind=RuleKind.HOURLY_RATE, limit__gt=0, limit__lte=1000)
            | (~Q(kind=RuleKind.HOURLY_RATE) & Q(limit__gte=0, limit__lte=100)),
            violation_error_message="Een uurtarief is hoger dan nul; een percentage is hoogstens 100.",
        ),
    ]


class SchemeBudgetRule(LimitRow):
    """A limit that every round under the scheme starts with."""

    version = models.ForeignKey(
        SchemeVersion, models.CASCADE, related_name="budget_rules", verbose_name="versie"
    )

    class Meta:
        verbose_name = "begrotingsregel van de regeling"
        verbose_name_plural = "begrotingsregels van de regeling"
        constraints = limit_constraints("scheme_budget_rule", "version")


class RefusalCode(models.TextChoices):
    """Why an application may be refused (domain reference 3.14); ELIGIBILITY is for a part of it (3.5)."""

    CEILING = "ceiling", "subsidieplafond bereikt"
    ELIGIBILITY = "eligibility", "komt niet (geheel) in aanmerking"
    STATE_AID = "state_aid", "staatssteun"
    ACTIVITY_UNLIKELY = "activity_unlikely", "activiteiten gaan niet door"
    DUTIES_UNLIKELY = "duties_unlikely", "verplichtingen niet nagekomen"
    ACCOUNTING_UNLIKELY = "accounting_unlikely", "geen goede verantwoording"
    WRONG_DATA = "wrong_data", "onjuiste gegevens"
    INSOLVENT = "insolvent", "faillissement, surseance of schuldsanering"
    SCHEME_CRITERIA = "scheme_criteria", "voldoet niet aan de regeling"
    REPEAT = "repeat", "herhaalde aanvraag"
    LATE = "late", "te laat ingediend"
    CHANGED_POLICY = "changed_policy", "gewijzigde inzichten"


class RefusalGround(SchemeRow):
    """Why an application may or must be refused (domain reference 3.14), in the words of the letter."""

    version = models.ForeignKey(
        SchemeVersion, models.CASCADE, related_name="refusal_grounds", verbose_name="versie"
    )
    code = models.CharField("grond", max_length=20, choices=RefusalCode)
    # Completes "Wij weigeren de subsidie, omdat ..."
    text = models.CharField("tekst in de brief", max_length=400)
    article = models.CharField("artikel", max_length=120)
    needs_view = models.BooleanField("eerst om een zienswijze vragen", default=False)
    compulsory = models.BooleanField("verplichte weigering", default=False)

    class Meta:
        verbose_name = "weigeringsgrond"
        verbose_name_plural = "weigeringsgronden"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "code"],
                name="refusal_ground_once",
                violation_error_message="Elke weigeringsgrond staat er één keer.",
            ),
            models.CheckConstraint(
                name="refusal_ground_code_is_known",
                condition=Q(code__in=RefusalCode.values),
            ),
            models.CheckConstraint(
                name="refusal_ground_is_motivated",
                condition=~Q(text="") & ~Q(article=""),
                violation_error_message="Een weigeringsgrond heeft een tekst en een artikel.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_code_display()


class SchemeLetterText(SchemeRow):
    """A passage of the letters, with merge fields between braces (domain reference 9.3)."""

    version = models.ForeignKey(
        SchemeVersion, models.CASCADE, related_name="letter_texts", verbose_name="versie"
    )
    code = models.CharField("brieftekst", max_length=24, choices=LetterTextCode)
    text = models.TextField("tekst")

    class Meta:
        verbose_name = "brieftekst"
        verbose_name_plural = "briefteksten"
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="letter_text_once"),
            models.CheckConstraint(
                name="letter_text_says_something",
                condition=~Q(text=""),
                violation_error_message="Een brieftekst is niet leeg.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_code_display()


class SchemeSource(SchemeRow):
    """Where a part of the version comes from, and whether somebody still has to check it."""

    version = models.ForeignKey(
        SchemeVersion, models.CASCADE, related_name="sources", verbose_name="versie"
    )
    section = models.CharField("onderdeel", max_length=16)
    source = models.TextField("bron", blank=True)
    to_verify = models.BooleanField("aanname, nog controleren", default=False)

    class Meta:
        verbose_name = "bron van een onderdeel"
        verbose_name_plural = "bronnen van onderdelen"
        constraints = [
            models.UniqueConstraint(fields=["version", "section"], name="scheme_source_once"),
        ]

    def __str__(self) -> str:
        return self.section


# What hangs on a version, by the name of its relation: for copying, comparing and guarding.
ROW_MODELS: dict[str, type[SchemeRow]] = {
    "legal_bases": LegalBasis,
    "accountability": AccountabilityRule,
    "instalments": SchemeInstalment,
    "obligations": StandardObligation,
    "budget_rules": SchemeBudgetRule,
    "refusal_grounds": RefusalGround,
    "letter_texts": SchemeLetterText,
    "sources": SchemeSource,
}
