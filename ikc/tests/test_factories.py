import pytest

from ikc.models import Mandate, Organisation
from ikc.rules import has_role
from ikc.tests.factories import ROLE_TRAITS, IkcFactory, UserFactory, count_children

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("trait", "role"), ROLE_TRAITS.items())
def test_a_trait_gives_exactly_its_role(trait, role):
    user = UserFactory(**{trait: True})

    assert user.active_roles == {role}
    assert has_role(role)(user)


def test_a_director_may_act_for_the_board_of_the_own_ikc():
    ikc = IkcFactory()
    director = UserFactory(director=True, ikc=ikc)

    assert director.ikc_ids() == {ikc.pk}
    assert director.organisation_ids() == {ikc.board_id}
    assert Mandate.objects.filter(user=director, organisation=ikc.board, ikc=ikc).exists()


def test_the_municipality_is_one_organisation():
    UserFactory(project_leader=True)
    UserFactory(second_project_leader=True)
    UserFactory(signer=True)

    assert Organisation.objects.filter(kind=Organisation.Kind.MUNICIPALITY).count() == 1


def test_a_plus_ikc_and_its_children():
    ikc = IkcFactory(plus=True)
    _, two, four = count_children(ikc)

    assert two.children + four.children == 175
    assert ikc.plus_statuses.count() == 1
