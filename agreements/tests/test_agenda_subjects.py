"""Agreements on the agenda of a meeting, and what stays to do when one has ended."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from agreements import worklist
from agreements.services import ending
from agreements.tests.factories import AgreementFactory, version_of
from agreements.tests.test_ending import notice_of
from ikc import agenda
from ikc.tests.factories import UserFactory
from ikc.tests.factories_support import AllocationFactory

pytestmark = pytest.mark.django_db


def test_what_the_parties_talk_about_can_be_put_on_an_agenda(client):
    negotiated = version_of(AgreementFactory(negotiated=True)).agreement
    settled = version_of(AgreementFactory(in_force=True)).agreement
    leader = UserFactory(project_leader=True)

    groups = dict(agenda.choices(leader))

    assert groups["Resultaatafspraak"] == [
        (f"resultagreement-{negotiated.pk}", f"{negotiated} {negotiated.ikc}")
    ]
    key = agenda.key_of(settled)
    assert agenda.find(key, leader) == settled, "from its own page"
    assert agenda.find(key, UserFactory(researcher=True)) is None
    client.force_login(leader)
    link = f"{reverse('ikc:item_place')}?over={key}"
    assert link in client.get(version_of(settled).get_absolute_url()).content.decode()


def test_support_that_goes_on_after_the_end_is_a_task():
    version = version_of(AgreementFactory(in_force=True))
    AllocationFactory(ikc=version.agreement.ikc)
    leader = UserFactory(project_leader=True)

    def hints(day: date) -> list[str]:
        tasks = worklist.tasks_for(leader, today=day)
        return [task.hint for task in tasks if "inzet van ondersteuning" in task.title]

    assert hints(date(2026, 2, 1)) == []
    notice_of(version)
    ending.end_agreements(at=datetime(2026, 1, 5, 3, tzinfo=UTC))
    assert hints(date(2026, 2, 1)) == [
        "de resultaatafspraak is opgezegd; nog 1 keer inzet, tot en met 31-12-2026"
    ]
    assert hints(date(2027, 1, 1)) == []
