"""The standing clauses of an agreement: those of the programme, and how they read in one version."""

from django.db import models
from django.db.models import Q

from agreements.models.agreements import AgreementVersion
from agreements.models.programme import Programme
from agreements.querysets import ClauseQuerySet, StandardClauseQuerySet
from agreements.states import ClauseCode


class StandardClause(models.Model):
    """How a clause reads in new agreements of this programme from a day on. Never changed: the next one replaces it."""

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="clauses", verbose_name="programma"
    )
    code = models.CharField("bepaling", max_length=20, choices=ClauseCode)
    number = models.PositiveSmallIntegerField("versie", default=1)
    text = models.TextField("tekst")
    valid_from = models.DateField("geldt vanaf")

    objects = StandardClauseQuerySet.as_manager()

    class Meta:
        verbose_name = "standaardbepaling"
        verbose_name_plural = "standaardbepalingen"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code", "number"],
                name="standard_clause_once",
                violation_error_message="Iemand anders wijzigde deze bepaling zojuist.",
            ),
            models.CheckConstraint(
                name="standard_clause_code_is_known",
                condition=Q(code__in=ClauseCode.values) & ~Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return self.get_code_display()


class AgreementClause(models.Model):
    """A clause as it reads in one version; fixed with the rest of the text."""

    version = models.ForeignKey(
        AgreementVersion, models.PROTECT, related_name="clauses", verbose_name="versie"
    )
    code = models.CharField("bepaling", max_length=20, choices=ClauseCode)
    text = models.TextField("tekst", blank=True)

    objects = ClauseQuerySet.as_manager()

    class Meta:
        verbose_name = "bepaling"
        verbose_name_plural = "bepalingen"
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="agreement_clause_once"),
            models.CheckConstraint(
                name="agreement_clause_code_is_known", condition=Q(code__in=ClauseCode.values)
            ),
        ]

    def __str__(self) -> str:
        return self.get_code_display()
