from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from ikc.models import Ikc, IkcPartner
from ikc.services import centres
from ikc.services.centres import ChangeRefused, IkcFacts, OrganisationFacts
from ikc.tests.factories import (
    AttentionAreaFactory,
    IkcFactory,
    IkcPartnerFactory,
    IkcSuccessionFactory,
    OrganisationFactory,
    UserFactory,
)
from kvk2.core.audit import events_of

pytestmark = pytest.mark.django_db

DAY = date(2026, 5, 14)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


def facts(**values) -> IkcFacts:
    return IkcFacts(
        **{
            "attention_area": None,
            "founding": False,
            "extended_learning_time": False,
            "note": "",
            **values,
        }
    )


def change(ikc, facts, by):
    return centres.change_ikc(ikc, facts=facts, by=by, at=timezone.now())


def test_a_change_is_recorded_with_what_was_and_what_is(leader):
    ikc, area = IkcFactory(form=Ikc.Form.AREA), AttentionAreaFactory()

    change(ikc, facts(attention_area=area, note="let op"), leader)

    ikc.refresh_from_db()
    assert (ikc.attention_area, ikc.note) == (area, "let op")
    event = events_of(ikc).get()
    assert event.data["changes"] == {
        "attention_area": [None, area.name],
        "note": ["", "let op"],
        "district": [None, str(area.district)],
    }


def test_saving_what_is_there_already_is_no_event(leader):
    ikc = IkcFactory()

    change(ikc, facts(), leader)

    assert not events_of(ikc).exists()


def test_an_area_needs_the_form_that_goes_with_it(leader):
    ikc = IkcFactory()

    with pytest.raises(ChangeRefused, match="aandachtsgebied"):
        change(ikc, facts(attention_area=AttentionAreaFactory()), leader)


def test_a_district_and_an_area_that_contradict_each_other_are_refused(leader):
    area, other = AttentionAreaFactory(), AttentionAreaFactory().district
    ikc = IkcFactory(form=Ikc.Form.AREA)

    with pytest.raises(ChangeRefused, match="andere wijk"):
        change(ikc, facts(attention_area=area, district=other), leader)


def test_a_partner_comes_and_goes_and_may_come_back(leader):
    ikc, partner = IkcFactory(), OrganisationFactory(childcare=True)

    def add(day):
        return centres.add_partner(
            ikc, partner, valid_from=day, source="brief", by=leader, at=timezone.now()
        )

    row = add(DAY)
    with pytest.raises(ChangeRefused, match="al partner"):
        add(DAY + timedelta(days=30))
    centres.end_partner(row, last_day=DAY, by=leader, at=timezone.now())
    add(DAY + timedelta(days=1))

    assert IkcPartner.objects.filter(ikc=ikc).count() == 2
    verbs = [event.verb for event in events_of(ikc)]
    assert verbs == ["ikc.partner_added", "ikc.partner_ended", "ikc.partner_added"]


def test_a_partner_is_a_childcare_organisation(leader):
    with pytest.raises(ChangeRefused, match="geen kinderopvang"):
        centres.add_partner(
            IkcFactory(), OrganisationFactory(), valid_from=DAY, source="brief",
            by=leader, at=timezone.now(),
        )  # fmt: skip


def test_a_partnership_ends_once_and_not_before_it_began(leader):
    row = IkcPartnerFactory(valid_from=DAY)

    with pytest.raises(ChangeRefused, match="vóór het begin"):
        centres.end_partner(row, last_day=DAY - timedelta(days=1), by=leader, at=timezone.now())
    centres.end_partner(row, last_day=DAY, by=leader, at=timezone.now())
    with pytest.raises(ChangeRefused, match="al een einddatum"):
        centres.end_partner(row, last_day=DAY, by=leader, at=timezone.now())


def test_a_merger_is_confirmed_once_and_closes_the_predecessor(leader):
    succession = IkcSuccessionFactory()

    def confirm():
        centres.confirm_succession(
            succession, happened_on=DAY, source="besluit", by=leader, at=timezone.now()
        )

    confirm()

    succession.refresh_from_db()
    assert (succession.confirmed, succession.happened_on, succession.source) == (
        True, DAY, "besluit"
    )  # fmt: skip
    assert Ikc.objects.get(pk=succession.predecessor_id).closed_on == DAY
    assert events_of(succession.predecessor, succession.successor).count() == 2
    with pytest.raises(ChangeRefused, match="al bevestigd"):
        confirm()


def test_an_organisation_gets_its_name(leader):
    board = OrganisationFactory(name="Schoolbestuur 40001")
    new = OrganisationFacts(
        name="Stichting De Brug", short_name="De Brug", kvk_number="12345678",
        street="", postcode="", city="Leeuwarden", electronic_consent_at=None,
    )  # fmt: skip

    centres.change_organisation(board, facts=new, by=leader, at=timezone.now())
    centres.change_organisation(board, facts=new, by=leader, at=timezone.now())

    board.refresh_from_db()
    assert board.name == "Stichting De Brug"
    assert events_of(board).get().data["fields"] == ["name", "short_name", "kvk_number"]
    other = OrganisationFactory()
    taken = replace(new, name="stichting de brug")
    with pytest.raises(ChangeRefused, match="al een organisatie"):
        centres.change_organisation(other, facts=taken, by=leader, at=timezone.now())
