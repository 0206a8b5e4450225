"""Comments at their place, on the pages; what one of them costs, three cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements.models import AgreementVersion, Comment, Contribution
from agreements.places import WHOLE
from agreements.services import commenting
from agreements.tests.factories import LAID_AT, AgreementFactory, signer_of, version_of
from ikc.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def negotiated() -> AgreementVersion:
    return version_of(AgreementFactory(negotiated=True))


def test_a_party_says_something_about_one_contribution(client, negotiated):
    board = negotiated.parties.get(role="school_board")
    row = Contribution.objects.get(party=board)
    client.force_login(signer_of(board))
    contributions = reverse("agreements:version_contributions", args=[negotiated.pk])
    new = reverse("agreements:comment_create", args=[negotiated.pk, "contribution", str(row.pk)])

    assert contributions in client.get(negotiated.get_absolute_url()).content.decode()
    assert new in client.get(contributions).content.decode()
    assert client.post(new, {"text": ""}).status_code == 422
    client.post(new, {"text": "Kan dit een jaar later?"})

    comment = Comment.objects.get()
    assert comment.place_label.startswith(f"Bijdrage van {board.organisation_name} in 2022")
    assert "1 open opmerking" in client.get(contributions).content.decode()


def test_contributions_of_a_concluded_text_ask_for_no_comment(client):
    version = version_of(AgreementFactory(in_force=True))
    client.force_login(UserFactory(project_leader=True))

    page = client.get(reverse("agreements:version_contributions", args=[version.pk]))

    assert "Opmerking maken" not in page.content.decode()


def test_three_comments_cost_as_much_as_one(client, negotiated):
    leader = UserFactory(project_leader=True)
    client.force_login(leader)
    path = reverse("agreements:version_comments", args=[negotiated.pk])

    def say(text: str) -> None:
        comment = commenting.comment_on(negotiated, WHOLE, text=text, by=leader, at=LAID_AT)
        commenting.answer(comment, text="Goed.", by=leader, at=LAID_AT)

    say("Een.")
    client.get(path)
    with CaptureQueriesContext(connection) as one:
        client.get(path)
    say("Twee.")
    say("Drie.")
    with CaptureQueriesContext(connection) as three:
        page = client.get(path).content.decode()

    assert "Drie." in page
    assert len(three) == len(one)
