from collections.abc import Iterable
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from ikc.querysets import MandateQuerySet, RoleAssignmentQuerySet, UserQuerySet
from ikc.roles import MUNICIPAL_ROLES, Role
from kvk2.core.periods import one_at_a_time


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """An account by invitation; without a password the holder sets one through the reset mail."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account, known by a work e-mail address; what they may do follows from their roles."""

    email = models.EmailField("e-mailadres", unique=True)
    first_name = models.CharField("voornaam", max_length=80)
    last_name = models.CharField("achternaam", max_length=80)
    job_title = models.CharField("functie", max_length=120, blank=True)
    is_active = models.BooleanField("mag inloggen", default=True)
    is_demo = models.BooleanField("demonstratieaccount", default=False)
    date_joined = models.DateTimeField("aangemaakt op", default=timezone.now)

    # What `with_roles` adds.
    roles_today: list["RoleAssignment"]

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    objects = UserManager()

    class Meta:
        verbose_name = "gebruiker"
        verbose_name_plural = "gebruikers"
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_is_unique"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_absolute_url(self) -> str:
        """The page of the administrator about this user."""
        return reverse("ikc:user_detail", args=[self.pk])

    @cached_property
    def active_assignments(self) -> list["RoleAssignment"]:
        """The roles held today, one query per request."""
        if not self.pk or not self.is_active:
            return []
        return list(self.assignments.active_on(timezone.localdate()).order_by("role", "pk"))

    @cached_property
    def active_roles(self) -> frozenset[Role]:
        return frozenset(Role(assignment.role) for assignment in self.active_assignments)

    def has_role(self, *roles: Role) -> bool:
        """Whether one of `roles` is held today."""
        return not self.active_roles.isdisjoint(roles)

    @property
    def is_municipal(self) -> bool:
        """Works for the municipality as project leader or signer, or audits it."""
        return not self.active_roles.isdisjoint(MUNICIPAL_ROLES)

    def organisation_ids(self, *roles: Role) -> set[int]:
        """The organisations for which one of `roles` is held today (all roles when none is named)."""
        return {
            assignment.organisation_id
            for assignment in self.active_assignments
            if not roles or assignment.role in roles
        }

    def ikc_ids(self, *roles: Role) -> set[int]:
        """The IKCs to which one of `roles` is tied today, usually that of the director."""
        return {
            assignment.ikc_id
            for assignment in self.active_assignments
            if assignment.ikc_id and (not roles or assignment.role in roles)
        }

    @property
    def role_labels(self) -> str:
        """For the header: 'projectleider', 'commissielid en IKC-directeur'."""
        labels: Iterable[str] = dict.fromkeys(
            assignment.get_role_display() for assignment in self.active_assignments
        )
        return " en ".join(labels)


class RoleAssignment(models.Model):
    """A role that somebody holds for an organisation in a period; access follows from it, never from the user."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="assignments", verbose_name="gebruiker"
    )
    role = models.CharField("rol", max_length=30, choices=Role)
    organisation = models.ForeignKey(
        "ikc.Organisation", models.PROTECT, related_name="assignments", verbose_name="organisatie"
    )
    ikc = models.ForeignKey(
        "ikc.Ikc",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name="IKC",
    )
    valid_from = models.DateField("vanaf")
    valid_until = models.DateField("tot en met", null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "rol van een gebruiker"
        verbose_name_plural = "rollen van gebruikers"
        constraints = [
            models.CheckConstraint(
                name="role_assignment_role_is_known", condition=Q(role__in=Role.values)
            ),
            models.CheckConstraint(
                name="role_assignment_ends_after_it_starts",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message="De einddatum ligt vóór de begindatum.",
            ),
            models.CheckConstraint(
                name="role_assignment_director_has_ikc",
                condition=Q(role=Role.IKC_DIRECTOR, ikc__isnull=False) | ~Q(role=Role.IKC_DIRECTOR),
                violation_error_message="Kies het IKC waarvan deze persoon directeur is.",
            ),
            one_at_a_time(
                "role_assignment_not_twice_at_once",
                "user",
                "role",
                "organisation",
                Coalesce("ikc", 0),
                message="Deze persoon heeft deze rol al in deze periode.",
            ),
        ]
        indexes = [models.Index(fields=["role", "valid_from"], name="role_assignment_role")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

    def is_active_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class Mandate(models.Model):
    """Proof that a user may act for an organisation, for one IKC or for all of them (Awb 2:1)."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="mandates", verbose_name="gemachtigde"
    )
    organisation = models.ForeignKey(
        "ikc.Organisation", models.PROTECT, related_name="mandates", verbose_name="namens"
    )
    ikc = models.ForeignKey(
        "ikc.Ikc",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mandates",
        verbose_name="IKC",
    )
    reference = models.CharField("kenmerk van het machtigingsbesluit", max_length=120)
    valid_from = models.DateField("vanaf")
    valid_until = models.DateField("tot en met", null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = "machtiging"
        verbose_name_plural = "machtigingen"
        constraints = [
            models.CheckConstraint(
                name="mandate_ends_after_it_starts",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message="De einddatum ligt vóór de begindatum.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} namens {self.organisation}"
