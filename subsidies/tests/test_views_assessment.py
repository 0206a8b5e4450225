"""The pages of the commission, its reviews and its advice, each as the person who works on it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from ikc.tests.factories import IkcPartnerFactory, OrganisationFactory, UserFactory
from subsidies.models import (
    CommissionAdvice,
    Decision,
    InterestDeclaration,
    Letter,
    Review,
)
from subsidies.services import letters
from subsidies.tests.factories import move
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    DECIDED_AT,
    CommissionMemberFactory,
    assessing_round,
    assigned,
    decided_round,
    drafted_round,
    reviewed,
    submitted,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
# A form that was sent with nothing filled in: the button alone.
PRESSED = {"button": "1"}


def url(name, *args):
    return reverse(f"subsidies:{name}", args=args)


def texts(response):
    return response.content.decode()


# --- the commission


def test_the_commission_page_says_how_many_may_score_and_why_not(client):
    round_ = assessing_round(applications=2, members=2)
    board = round_.applications.order_by("number").first().board
    CommissionMemberFactory(organisation=board)
    client.force_login(UserFactory(secretary=True))

    page = texts(client.get(url("commission_round", round_.pk)))

    assert "2 van de 3 leden mogen beoordelen" in page
    assert f"Schoolbestuur {board.short_name}" in page


def test_a_member_does_not_see_the_register(client):
    round_ = assessing_round(applications=1, members=1)
    client.force_login(round_.declarations.get().member.user)

    assert client.get(url("commission_round", round_.pk)).status_code == 403


def test_the_secretary_assigns_the_proposal(client):
    round_ = assessing_round(applications=2, members=3)
    client.force_login(UserFactory(secretary=True))
    page = client.get(url("commission_assign", round_.pk))
    form = page.context["form"]
    data = {name: form[name].initial for name in form.fields if name.startswith("a")}

    response = client.post(url("commission_assign", round_.pk), data, follow=True)

    assert "6 nieuwe beoordelingen" in texts(response)
    assert Review.objects.count() == 6


def test_a_member_declares_and_may_change_it(client):
    round_ = assessing_round(applications=1, members=0)
    member = CommissionMemberFactory()
    client.force_login(member.user)
    assert url("commission_declare", round_.pk) in texts(client.get(url("review_list")))

    response = client.post(url("commission_declare", round_.pk), PRESSED)
    assert response.status_code == 422
    board = round_.applications.get().board
    data = {"organisations": [board.pk], "complete": "on"}
    client.post(url("commission_declare", round_.pk), data)

    assert InterestDeclaration.objects.get().organisations.get() == board
    assert "U hebt uw belangen al opgegeven" in texts(
        client.get(url("commission_declare", round_.pk))
    )


def test_the_signer_records_an_exception(client):
    round_ = assessing_round(applications=1, members=0)
    member = CommissionMemberFactory(organisation=round_.applications.get().board)
    client.force_login(UserFactory(signer=True))
    address = url("commission_exception", round_.pk, member.pk)
    assert client.get(address).status_code == 200
    assert client.post(address, PRESSED).status_code == 422

    data = {"decision_number": "B&W 9", "decided_on": "20-5-2026", "reason": "Te weinig leden."}
    client.post(address, data)

    assert round_.exceptions.get().member == member


# --- reviews


def review_data(round_, score="4"):
    codes = round_.criteria.values_list("code", flat=True)
    return {
        **{f"score_{code}": score for code in codes},
        **{f"text_{code}": "Dit staat er goed onderbouwd in, met cijfers." for code in codes},
    }


def test_a_member_accepts_saves_and_submits(client):
    round_ = assessing_round(applications=2)
    user = assigned(round_)[0].member.user
    review, following = Review.objects.filter(member__user=user).order_by("application__number")
    client.force_login(user)
    edit = url("review_edit", review.pk)
    assert "Hebt u een belang bij deze aanvraag?" in texts(client.get(edit))
    client.post(url("review_accept", review.pk))
    assert "Beoordeling indienen" in texts(client.get(edit))

    client.post(edit, {"score_profiel": "3", "save": "1"})
    assert review.scores.get(criterion__code="profiel").score == 3

    response = client.post(edit, {**review_data(round_), "submit": "1"})

    assert response.url == url("review_edit", following.pk)
    review.refresh_from_db()
    assert (review.state, review.total) == ("submitted", Decimal("80.00"))
    assert "1 van de 2" in texts(client.get(url("review_list")))


def test_an_unfinished_review_says_what_is_missing_and_keeps_what_was_typed(client):
    review = assigned(assessing_round(applications=1))[0]
    user = review.member.user
    client.force_login(user)
    client.post(url("review_accept", review.pk))
    data = review_data(review.application.round) | {
        "score_profiel": "",
        "score_analyse": "5",
        "text_analyse": "kort",
        "submit": "1",
    }

    response = client.post(url("review_edit", review.pk), data)

    page = texts(response)
    assert response.status_code == 422
    assert "<title>Fout: " in page
    assert "Geef een score voor ‘Past bij het profiel van een IKC’." in page
    assert "Licht de score 5" in page
    assert "\nkort</textarea>" in page


def test_the_total_follows_while_scoring_and_nothing_is_kept(client):
    review = assigned(assessing_round(applications=1))[0]
    client.force_login(review.member.user)
    client.post(url("review_accept", review.pk))

    partly = texts(client.post(url("review_score", review.pk), {"score_profiel": "5"}))
    whole = texts(
        client.post(url("review_score", review.pk), review_data(review.application.round))
    )

    assert "20,0" in partly
    assert "1 van de 6 criteria" in partly
    assert "80,0" in whole
    assert "van de 100 punten" in whole
    assert not review.scores.exists()


def test_stepping_aside_hides_the_application(client):
    review = assigned(assessing_round(applications=1))[0]
    client.force_login(review.member.user)
    assert client.post(url("review_recuse", review.pk), PRESSED).status_code == 422

    client.post(url("review_recuse", review.pk), {"reason": "ander belang"})

    assert client.get(url("review_edit", review.pk)).status_code == 404
    assert client.get(review.application.get_absolute_url()).status_code == 404


def test_a_member_sees_the_others_only_after_submitting(client):
    first, second, _ = assigned(assessing_round(applications=1))
    submitted(first, 3)
    client.force_login(second.member.user)
    name = first.member.user.full_name
    assert name not in texts(client.get(url("review_edit", second.pk)))
    assert client.get(url("review_edit", first.pk)).status_code == 404

    submitted(second)

    assert name in texts(client.get(url("review_edit", second.pk)))
    assert client.get(url("review_edit", first.pk)).status_code == 200


def test_nobody_scores_for_another(client):
    first, second, _ = assigned(assessing_round(applications=1))
    submitted(first)
    submitted(second)
    client.force_login(second.member.user)

    assert client.post(url("review_edit", first.pk), {"save": "1"}).status_code == 403


def test_the_secretary_reopens_and_the_member_reads_why(client):
    review = submitted(assigned(assessing_round(applications=1))[0])
    client.force_login(UserFactory(secretary=True))
    client.post(url("review_reopen", review.pk), {"reason": "Scores verwisseld"})

    client.force_login(review.member.user)
    assert "Scores verwisseld" in texts(client.get(url("review_edit", review.pk)))


# --- no trace for who has an interest


def test_a_conflicted_member_finds_no_trace_anywhere(client):
    """Domain reference 6.3, C2: no list entry, no file, no score, no count, no mail, wherever one looks."""
    round_ = assessing_round(applications=3)
    assigned(round_)
    secret = round_.applications.order_by("number").first()
    sinne = OrganisationFactory(childcare=True)
    IkcPartnerFactory(ikc=secret.ikc, organisation=sinne)
    review = Review.objects.filter(application=secret).order_by("pk").first()
    member = review.member
    move(member, organisation=sinne)
    client.force_login(member.user)
    attachment = secret.attachments.get()
    traces = (secret.number, secret.title, secret.ikc.name, attachment.stored.name)
    forbidden = [
        secret.get_absolute_url(),
        url("review_edit", review.pk),
        url("advice_detail", secret.pk),
        url("attachment_download", attachment.pk),
        url("application_receipt", secret.pk),
    ]
    lists = [
        reverse("start"),
        url("review_list"),
        f"{url('review_list')}?export=csv",
        f"{url('review_list')}?zoek={secret.number}",
        url("application_list"),
        f"{url('application_list')}?export=csv",
        f"{url('application_list')}?q={secret.ikc.name}",
        url("round_list"),
        round_.get_absolute_url(),
        url("message_list"),
    ]

    for address in forbidden:
        assert client.get(address).status_code == 404, address
    for address in lists:
        page = client.get(address)
        if page.status_code in (302, 403):
            continue
        found = [
            trace
            for trace in traces[:3]
            if trace in texts(page).replace(f"zoek={secret.number}", "")
        ]
        allowed = (
            [secret.number] if "zoek=" in address else [secret.ikc.name] if "q=" in address else []
        )
        assert not [trace for trace in found if trace not in allowed], (address, found)
    assert "van de 3" not in texts(client.get(url("review_list")))
    for name in ("review_accept", "review_score"):
        assert client.post(url(name, review.pk)).status_code == 404


# --- advice


def test_the_secretary_takes_an_application_from_scores_to_a_letter(client):
    round_ = reviewed(assessing_round(applications=1), [(5, 4, 3, 4, 4, 3)])
    application = round_.applications.get()
    client.force_login(UserFactory(secretary=True))
    detail = url("advice_detail", application.pk)
    assert "78,00" in texts(client.get(detail))
    response = client.post(url("advice_draft", application.pk))
    assert response.url == url("advice_edit", application.pk)
    assert "Toelichting per criterium" in texts(client.get(response.url))
    advice = CommissionAdvice.objects.get()
    data = {"conclusion": "positive", "text": advice.text}
    assert client.post(response.url, {**data, "text": ""}).status_code == 422
    client.post(response.url, data)
    client.post(url("advice_discuss", application.pk), {"meeting_on": "20-5-2026"})
    assert "Advies vaststellen" in texts(client.get(detail))
    client.get(url("advice_adopt", application.pk))
    client.post(url("advice_adopt", application.pk))
    assert "1 advies versturen" in texts(client.get(url("advice_round", round_.pk)))

    client.post(url("advice_send", round_.pk))
    client.post(url("advice_finish", round_.pk))

    round_.refresh_from_db()
    assert round_.state == "advised"
    assert Letter.objects.get().code == "L06"


def test_scores_are_the_secretarys_until_the_advice_is_adopted(client):
    round_ = reviewed(assessing_round(applications=1), [(5, 4, 3, 4, 4, 3)])
    application = round_.applications.get()
    client.force_login(UserFactory(project_leader=True))

    overview = texts(client.get(url("advice_round", round_.pk)))
    detail = texts(client.get(url("advice_detail", application.pk)))

    assert "78,00" not in overview + detail
    assert "3 van 3" in overview
    assert "Nog niet te zien" in detail


def test_a_great_difference_is_flagged(client):
    round_ = assessing_round(applications=1)
    for review, score in zip(assigned(round_), (5, 3, 2), strict=True):
        submitted(review, score)
    client.force_login(UserFactory(secretary=True))

    assert "60,0 punten" in texts(client.get(url("advice_round", round_.pk)))
    detail = texts(client.get(url("advice_detail", round_.applications.get().pk)))
    assert "Bespreek de verschillen" in detail
    csv = texts(client.get(url("advice_round", round_.pk) + "?export=csv"))
    assert "66,67" in csv


# --- what every page keeps to


def _pages(kind):
    """Addresses of list pages with `count` applications behind them, and who reads them."""

    def commission(count):
        round_ = reviewed(assessing_round(applications=count))
        return UserFactory(secretary=True), [
            url("commission_round", round_.pk),
            url("commission_assign", round_.pk),
            url("advice_round", round_.pk),
        ]

    def member(count):
        round_ = reviewed(assessing_round(applications=count))
        review = Review.objects.filter(application__round=round_).order_by("pk").first()
        return review.member.user, [url("review_list"), url("review_edit", review.pk)]

    def leader(count):
        round_ = drafted_round(
            leader=(user := UserFactory(project_leader=True)), applications=count
        )
        run = round_.runs.get(state="locked")
        decision = Decision.objects.order_by("pk").first()
        return user, [
            run.get_absolute_url(),
            url("decision_bundle", round_.pk),
            decision.get_absolute_url(),
            url("advice_detail", decision.application_id),
            url("letter_list"),
            reverse("start"),
        ]

    def addressee(count):
        decided_round(applications=count)
        for letter in Letter.objects.order_by("pk"):
            letters.render_letter(letter.pk, at=DECIDED_AT)
        return UserFactory(auditor=True), [url("message_list"), url("letter_list")]

    return {"commission": commission, "member": member, "leader": leader, "auditor": addressee}[
        kind
    ]


@pytest.mark.parametrize("kind", ["commission", "member", "leader", "auditor"])
def test_pages_cost_the_same_for_one_and_for_three_and_repeat_no_query(
    client, kind, no_repeated_sql, django_assert_max_num_queries
):
    costs = []
    for count in (1, 3):
        user, addresses = _pages(kind)(count)
        client.force_login(user)
        row = []
        for address in addresses:
            with no_repeated_sql() as queries:
                assert client.get(address).status_code == 200, address
            row.append(len(queries))
        costs.append(row)
    assert costs[0] == costs[1]


@pytest.mark.parametrize("count", [1, 3])
def test_the_form_to_score_on_costs_the_same_for_one_and_for_three(count, client, no_repeated_sql):
    round_ = reviewed(assessing_round(applications=count))
    review = Review.objects.filter(application__round=round_).order_by("pk")[0]
    move(review, state="accepted", submitted_at=None, total=None)
    client.force_login(review.member.user)
    client.get(review.get_absolute_url())

    with no_repeated_sql() as queries:
        page = client.get(review.get_absolute_url())
    assert page.context["may_score"]
    # The tenth asks what came of earlier rounds, under the interest rule of the reader.
    assert len(queries) == 10


@pytest.mark.parametrize("stage", [ASSESSED_AT])
def test_every_address_of_the_assessment_asks_for_a_login(client, stage):
    from subsidies.urls_assessment import urlpatterns_assessment  # noqa: PLC0415 - the list itself

    for pattern in urlpatterns_assessment:
        args = [1] * str(pattern.pattern).count("<")
        response = client.get(url(pattern.name, *args))
        assert response.status_code in (302, 405), pattern.name
