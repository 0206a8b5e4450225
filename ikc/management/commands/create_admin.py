from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ikc.models import Organisation, RoleAssignment
from ikc.roles import Role
from ikc.services.accounts import invite_user
from kvk2.core.errors import DomainError


class Command(BaseCommand):
    help = (
        "Nodigt de eerste beheerder uit; wie daarna komt, nodigt de beheerder uit in het portaal."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("first_name", metavar="voornaam")
        parser.add_argument("last_name", metavar="achternaam")

    def handle(self, *, email: str, first_name: str, last_name: str, **options):
        municipality = (
            Organisation.objects.filter(kind=Organisation.Kind.MUNICIPALITY).order_by("pk").first()
        )
        if municipality is None:
            raise CommandError(
                "Laad eerst de gegevens van de gemeente: manage.py load_municipality."
            )
        if RoleAssignment.objects.active_on(timezone.localdate()).of_role(Role.ADMIN).exists():
            raise CommandError("Er is al een beheerder; die kan anderen uitnodigen in het portaal.")
        now = timezone.now()
        try:
            user = invite_user(
                email=email,
                first_name=first_name,
                last_name=last_name,
                job_title="beheerder",
                by=None,
                at=now,
            )
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        RoleAssignment.objects.create(
            user=user,
            role=Role.ADMIN,
            organisation=municipality,
            valid_from=timezone.localdate(),
        )
        self.stdout.write(f"{user} is uitgenodigd: er gaat een e-mail naar {user.email}.")
