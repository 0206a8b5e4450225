import pytest
from django.core.management import CommandError, call_command

from ikc.models import User
from ikc.roles import Role
from ikc.tests.factories import OrganisationFactory
from kvk2.core.models import OutgoingMail

pytestmark = pytest.mark.django_db
PERSON = ("eerste@example.nl", "Eerste", "Beheerder")


def test_the_first_administrator_is_invited():
    OrganisationFactory(municipality=True)
    call_command("create_admin", *PERSON, verbosity=0)
    user = User.objects.get(email=PERSON[0])
    assert user.active_roles == {Role.ADMIN}
    assert not user.has_usable_password()
    assert OutgoingMail.objects.get().to == PERSON[0]


def test_there_is_one_first_administrator():
    OrganisationFactory(municipality=True)
    call_command("create_admin", *PERSON, verbosity=0)
    with pytest.raises(CommandError, match="al een beheerder"):
        call_command("create_admin", "tweede@example.nl", "Tweede", "Beheerder", verbosity=0)


def test_a_municipality_comes_first():
    with pytest.raises(CommandError, match="load_municipality"):
        call_command("create_admin", *PERSON, verbosity=0)
