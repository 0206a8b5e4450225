"""What the bureau recommends, and what became of it: who reads, writes and answers, and what the report says."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from monitoring.dataset_parts import recommendations
from monitoring.models import Recommendation
from monitoring.services import recommending
from monitoring.services.recommending import AlreadyThere, NotAnswerable, RecommendationFixed
from monitoring.tests.factories import AT, in_state, open_cycle, planned_cycle, return_of

pytestmark = pytest.mark.django_db
GROUP = Recommendation.Addressee.DEVELOPMENT_GROUP
WORDS = "Meet bij elk IKC op dezelfde dag, zodat de cijfers van dit jaar en het volgende te vergelijken zijn."


@pytest.fixture
def researcher():
    return UserFactory(researcher=True)


@pytest.fixture
def cycle():
    return open_cycle()


def written(cycle, by, text=WORDS, addressee=GROUP):
    return recommending.keep_recommendation(
        Recommendation(cycle=cycle), addressee=addressee, text=text, by=by, at=AT
    )


def page(name, *args):
    return reverse(f"monitoring:recommendation_{name}", args=args)


def test_the_bureau_writes_and_the_leader_answers_on_the_screens(client, cycle, researcher):
    client.force_login(researcher)
    bad = client.post(page("add", cycle.pk), {"addressee": "", "text": " "})
    assert bad.status_code == 422
    assert "Schrijf de aanbeveling op." in bad.content.decode()
    typed = {"addressee": "college", "text": f"  {WORDS} "}
    assert client.post(page("add", cycle.pk), typed).status_code == 302
    again = client.post(page("add", cycle.pk), typed)
    assert again.status_code == 422
    assert "staat er al" in again.content.decode()
    row = Recommendation.objects.get()
    assert client.post(page("edit", row.pk), {**typed, "addressee": "group"}).status_code == 302
    assert "Voor de Ontwikkelgroep" in client.get(page("list", cycle.pk)).content.decode()
    assert client.get(page("answer", row.pk)).status_code == 403

    in_state(cycle, "adopted")
    assert client.get(page("edit", row.pk)).status_code == 403
    client.force_login(UserFactory(project_leader=True))
    assert client.post(page("answer", row.pk), {"outcome": "partly", "note": ""}).status_code == 422
    said = {"outcome": "partly", "note": "Bij acht van de negen."}
    assert client.post(page("answer", row.pk), said).status_code == 302
    html = client.get(page("list", cycle.pk)).content.decode()
    assert "Deels opgevolgd" in html
    assert "Bij acht van de negen." in html
    assert (
        "Bij acht van de negen." in client.get(f"{page('list', cycle.pk)}?csv=1").content.decode()
    )
    verbs = [event.verb for event in events_of(cycle)]
    assert {"recommendation_added", "recommendation_changed", "recommendation_answered"} <= {*verbs}


def test_it_is_taken_back_as_long_as_it_is_a_concept(client, cycle, researcher):
    client.force_login(researcher)
    row = written(cycle, researcher)
    assert client.get(page("remove", row.pk)).status_code == 200
    assert Recommendation.objects.exists()
    assert client.post(page("remove", row.pk)).status_code == 302
    assert not Recommendation.objects.exists()
    assert WORDS in str([event.reason for event in events_of(cycle)])


def test_who_does_not_read_the_summary_finds_nothing(client, cycle, researcher):
    row = written(cycle, researcher)
    ikc = return_of(cycle).agreement.ikc
    for outsider in (
        UserFactory(director=True, ikc=ikc),
        UserFactory(school_board=True, organisation=ikc.board),
    ):
        client.force_login(outsider)
        for url in (page("list", cycle.pk), page("edit", row.pk), page("answer", row.pk)):
            assert client.get(url).status_code == 404
        assert "Aanbevelingen" not in client.get(cycle.get_absolute_url()).content.decode()
    client.force_login(UserFactory(development_group=True))
    assert WORDS in client.get(page("list", cycle.pk)).content.decode()
    assert client.get(page("edit", row.pk)).status_code == 403


def test_the_services_refuse_what_is_too_late_or_too_early(cycle, researcher):
    row = written(cycle, researcher)
    with pytest.raises(AlreadyThere):
        written(cycle, researcher)
    said = {"outcome": "followed", "note": "Gedaan.", "by": researcher, "at": AT}
    with pytest.raises(NotAnswerable, match="nog niet vastgesteld"):
        recommending.answer_recommendation(row, **said)
    in_state(cycle, "adopted")
    with pytest.raises(NotAnswerable, match="licht dat toe"):
        recommending.answer_recommendation(row, **{**said, "note": " "})
    with pytest.raises(RecommendationFixed):
        written(cycle, researcher, "Nog een.")
    with pytest.raises(RecommendationFixed):
        recommending.remove_recommendation(row, by=researcher, at=AT)
    with pytest.raises(RecommendationFixed):
        written(planned_cycle(7), researcher)


@pytest.mark.parametrize(
    ("state", "sql", "why"),
    [
        ("adopted", "UPDATE monitoring_recommendation SET text = 'anders'", "is fixed"),
        ("adopted", "DELETE FROM monitoring_recommendation", "is fixed"),
        (
            "collecting",
            "UPDATE monitoring_recommendation SET outcome = 'followed', outcome_note = 'x', "
            "answered_by_id = written_by_id, answered_at = written_at",
            "has no answer",
        ),
        ("adopted", "UPDATE monitoring_recommendation SET outcome = 'followed'", "answer_is_whole"),
        ("collecting", "UPDATE monitoring_recommendation SET addressee = 'x'", "choices_are_known"),
    ],
)
def test_the_database_refuses(cycle, researcher, state, sql, why):
    written(cycle, researcher)
    in_state(cycle, state)
    with (
        pytest.raises(DatabaseError, match=why),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_the_summary_says_what_is_recommended_and_what_became_of_the_last(cycle, researcher):
    before = planned_cycle(3)
    in_state(before, "collecting")
    for text in ("Eerder.", "Vergeten."):
        written(before, researcher, text)
    in_state(before, "adopted")
    recommending.answer_recommendation(
        Recommendation.objects.get(text="Eerder."),
        outcome="followed", note="Vanaf maart.", by=researcher, at=AT,
    )  # fmt: skip
    written(cycle, researcher, "Voor het college.", Recommendation.Addressee.COLLEGE)
    written(cycle, researcher)

    own, followed = recommendations(cycle)

    assert own == (
        f"Aan de Ontwikkelgroep: {WORDS}",
        "Aan het college van burgemeester en wethouders: Voor het college.",
    )
    assert followed == ("Eerder. – opgevolgd: Vanaf maart.", "Vergeten. – nog geen antwoord")


def test_three_cost_as_much_as_one(client, cycle, researcher):
    client.force_login(researcher)
    costs = []
    for text in ("Een.", "Twee.", "Drie."):
        written(cycle, researcher, text)
        client.get(page("list", cycle.pk))
        with CaptureQueriesContext(connection) as queries:
            client.get(page("list", cycle.pk))
        costs.append(len(queries))
    assert costs[0] == costs[2]
