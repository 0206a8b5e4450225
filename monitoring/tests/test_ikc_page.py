"""The page of an IKC as the one place for all about it: who sees which part, and what it costs."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.tests.factories import AgreementFactory
from ikc.tests.factories import (
    AgendaItemFactory,
    IkcFactory,
    UserFactory,
)
from ikc.tests.factories_support import AllocationFactory, SupportRequestFactory
from kvk2.nlds.templatetags.nlds import euro0
from monitoring.models import Return
from monitoring.tests.factories import filled, open_cycle
from subsidies.models import SigningMandate
from subsidies.tests.factories import ApplicationFactory
from subsidies.tests.factories_payments import granted

pytestmark = pytest.mark.django_db
HEADINGS = ("Resultaatafspraak", "Monitoring", "Subsidies", "Ondersteuning", "Overleg")
MUNICIPAL = set(HEADINGS)
OWN = MUNICIPAL - {"Overleg"}


@pytest.fixture
def grant():
    """A grant of an IKC of which there is one of everything."""
    grant = granted()
    ikc = grant.application.ikc
    SigningMandate.objects.update(valid_from=date(2021, 1, 1))  # it signs the agreement as well
    AgreementFactory(ikc=ikc, in_force=True)
    open_cycle(agreements=0)
    filled(Return.objects.select_related("cycle__ruleset", "version", "agreement__ikc").get())
    _support_and_talk(ikc)
    return grant


def _support_and_talk(ikc):
    AllocationFactory(ikc=ikc, valid_until=date(2028, 12, 31))
    SupportRequestFactory(ikc=ikc)
    AgendaItemFactory(subject=ikc, discussed=True)


def shown(client, user, ikc) -> tuple[set[str], str]:
    client.force_login(user)
    page = client.get(ikc.get_absolute_url())
    return {section.heading for section in page.context["sections"]}, page.content.decode()


def test_each_sees_the_parts_that_are_theirs(client, grant):
    ikc = grant.application.ikc
    given = f"{euro0(grant.amount)} verleend"
    partner = ikc.partners.get().organisation

    for user, headings, sees_money in (
        (UserFactory(project_leader=True), MUNICIPAL, True),
        (UserFactory(auditor=True), OWN | {"Overleg"}, True),
        (UserFactory(director=True, ikc=ikc), OWN, True),
        (UserFactory(school_board=True, organisation=ikc.board), OWN, True),
        (UserFactory(childcare_board=True, organisation=partner), OWN, False),
        (UserFactory(development_group=True), OWN, False),
        (UserFactory(researcher=True), {"Monitoring"}, False),
        (UserFactory(director=True), set(), False),
        (UserFactory(school_board=True), set(), False),
        (UserFactory(admin=True), set(), False),
    ):
        seen, html = shown(client, user, ikc)
        assert seen == headings, user.role_labels
        assert (given in html) is sees_money, user.role_labels
        # the judgements are counted, never averaged, and the periods are in the picture
        assert ("6 op koers" in html) is ("Monitoring" in headings), user.role_labels
        assert ("1 verleende subsidie" in html) is sees_money, user.role_labels


def test_what_is_not_there_yet_says_so(client):
    seen, html = shown(client, UserFactory(project_leader=True), IkcFactory())

    assert seen == MUNICIPAL
    for words in ("nog geen resultaatafspraak", "Nog geen jaar gemeten", "Nog geen aanvraag"):
        assert words in html


def test_everything_costs_the_same_however_much_there_is(client, grant):
    ikc = grant.application.ikc
    leader, director = UserFactory(project_leader=True), UserFactory(director=True, ikc=ikc)

    def count(user, ikc) -> int:
        shown(client, user, ikc)
        client.get(ikc.get_absolute_url())
        with CaptureQueriesContext(connection) as made:
            client.get(ikc.get_absolute_url())
        return len(made)

    one = [count(leader, ikc), count(director, ikc)]
    # against an IKC of which nothing is known: judgements, grant, report, hand-over, what names them, and the eight
    # of the figures that nobody outside this IKC may see
    assert one[0] - count(leader, IkcFactory()) <= 12
    for _ in range(2):
        ApplicationFactory(ikc=ikc, lines=False)
        _support_and_talk(ikc)
    assert [count(leader, ikc), count(director, ikc)] == one
