"""One agreement with two childcare organisations, from the first text to a change of it, in a real browser.

The walk (`kvk2/tests/test_walk.py`) fills an agreement in; here it is filled, and four parties talk, agree and sign.
"""

import pytest
from django.urls import reverse

from agreements.models import AgreementVersion
from agreements.tests.factories import AgreementFactory, signer_of, version_of
from ikc.models import User
from ikc.tests.factories import UserFactory
from kvk2.tests.browser import Person, chromium, hang_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "een lange zin om in te loggen"


def url(name: str, *args: object) -> str:
    return reverse(f"agreements:{name}", args=args)


def able_to_log_in(user: User) -> User:
    user.set_password(PASSWORD)
    user.is_demo = True
    user.save()
    return user


class Table:
    """The people around one agreement, each with a browser of their own."""

    def __init__(self, browser, base: str, version: AgreementVersion) -> None:
        def seated(user: User) -> Person:
            return Person(browser, base, able_to_log_in(user).email, PASSWORD)

        self.version = version
        self.leader = seated(UserFactory(project_leader=True))
        self.parties = [(party, seated(signer_of(party))) for party in version.parties.in_order()]

    @property
    def people(self) -> list[Person]:
        return [self.leader, *(person for _, person in self.parties)]

    def lay(self, note: str) -> None:
        self.leader.go(url("version_lay", self.version.pk))
        self.leader.fill(note=note)
        self.leader.press("Voorleggen aan de partijen")

    def all_agree(self) -> None:
        for party, person in self._present():
            person.go(url("party_agree", party.pk))
            person.fill(read=True)
            person.press("Akkoord")

    def all_sign(self) -> None:
        self.leader.go(url("version_offer", self.version.pk))
        self.leader.press_main()
        for party, person in self._present():
            person.go(url("party_sign", party.pk))
            person.fill(read=True)
            person.press("Ondertekenen")

    def _present(self):
        """The parties of the version that is on the table now, with who speaks for each."""
        rows = list(self.version.parties.in_order())
        return [(row, person) for row, (_, person) in zip(rows, self.parties, strict=True)]


def test_four_parties_draft_sign_and_amend(live_server, settings):
    settings.DEMO = True
    agreement = AgreementFactory(complete=True, childcare=2)
    version = version_of(agreement)
    with chromium() as browser:
        table = Table(browser, live_server.url, version)
        negotiate(table)
        table.all_sign()
        version.refresh_from_db()
        assert (version.state, version.parties.count()) == ("in_force", 4)
        amend(table, agreement)
        assert [found for person in table.people for found in person.findings] == []
    hang_up()


def negotiate(table: Table) -> None:
    """Three parties say something; the leader answers by a new text, and all agree."""
    version = table.version
    table.lay("Graag uw reactie.")
    places = [("topic", "steering"), ("party", str(table.parties[1][0].pk)), ("whole",)]
    for (_, person), place in zip(table.parties, places, strict=False):
        person.go(url("comment_create", version.pk, *place))
        person.fill(text="Kan dit duidelijker?")
        person.press("Opmerking plaatsen")
    leader = table.leader
    leader.go(url("version_comments", version.pk))
    leader.press("Beantwoorden")
    leader.fill(text="Dat doen we.")
    leader.press("Antwoord plaatsen")
    leader.press("Afhandelen")
    leader.fill(text="De tekst is duidelijker.")
    leader.press("Opmerking afhandelen")
    leader.go(url("version_topics", version.pk))
    leader.fill(steering="Wij sturen samen, met elke maand een overleg.")
    leader.press("Onderwerpen bewaren")
    table.lay("De aansturing is duidelijker.")
    reader = table.parties[1][1]
    reader.go(url("version_differences", version.pk))
    assert reader.page.locator("ins").count() > 1
    reader.press("Gelezen tot en met herziening 2")
    table.all_agree()
    version.refresh_from_db()
    assert version.state == "agreed"


def amend(table: Table, agreement) -> None:
    """The text in force stays until all have signed the next one."""
    leader = table.leader
    leader.go(url("version_create", agreement.pk))
    year = agreement.programme.years.get(index=3)
    leader.fill(kind="amendment", reason="De wijk verandert.", effective_year=year.pk)
    leader.press("Nieuwe versie maken")
    first, table.version = table.version, version_of(agreement)
    leader.go(url("version_topics", table.version.pk))
    leader.fill(organisation="Opvang en school delen één gebouw.")
    leader.press("Onderwerpen bewaren")
    table.lay("Alleen het gebouw is anders.")
    table.all_agree()
    first.refresh_from_db()
    assert first.state == "in_force"
    table.all_sign()
    states = dict(agreement.versions.values_list("number", "state"))
    assert states == {1: "replaced", 2: "in_force"}
