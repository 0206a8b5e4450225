"""Everybody takes along what the portal holds about them, and nobody else's (AVG article 15)."""

import pytest
from django.urls import reverse

from ikc.tests.factories import IkcFactory, UserFactory
from kvk2.core.audit import events_of

pytestmark = pytest.mark.django_db


def test_somebody_takes_the_own_data_and_it_is_written_down(client):
    user = UserFactory(director=True, ikc=IkcFactory(name="IKC De Weide"))
    other = UserFactory(project_leader=True)
    client.force_login(user)
    address = reverse("ikc:own_data")
    page = client.get(address).content.decode()
    assert user.email in page
    assert "IKC De Weide" in page
    answer = client.post(address)
    data = answer.json()
    assert data["account"]["email"] == user.email
    assert [role["role"] for role in data["roles"]] == ["ikc_director"]
    assert 1 in [row["count"] for row in data["elsewhere"] if row["as"] == "gebruiker"]
    assert [deed["verb"] for deed in data["deeds"]] == ["user.data_taken"]
    assert other.email not in answer.content.decode()
    assert "password" not in answer.content.decode()
    assert events_of(user).filter(verb="user.data_taken", actor=user).count() == 1
