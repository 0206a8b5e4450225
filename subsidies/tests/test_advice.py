from datetime import timedelta
from decimal import Decimal

import pytest

from ikc.tests.factories import UserFactory
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.documents import AdviceContext
from subsidies.models import CommissionAdvice, Letter, Review
from subsidies.scoring import TooFewReviews
from subsidies.services import advice as service
from subsidies.services import reviews
from subsidies.services.advice import (
    AdviceFixed,
    AdviceIncomplete,
    AdviceMissing,
    MeetingDateInvalid,
)
from subsidies.states import AdviceState, ApplicationState, ReviewState, RoundState
from subsidies.tests.factories_assessment import (
    ADVISED_AT,
    ASSESSED_AT,
    MET_ON,
    adopted,
    assessing_round,
    assigned,
    declared_member,
    reviewed,
    submitted,
)

pytestmark = pytest.mark.django_db
Conclusion = CommissionAdvice.Conclusion


@pytest.fixture
def secretary():
    return UserFactory(secretary=True)


def test_the_draft_gathers_the_scores_and_the_reasons_without_names(secretary):
    round_ = reviewed(assessing_round(applications=1), [(5, 4, 3, 4, 4, 3)])
    application = round_.applications.get()

    advice = service.draft_advice(application, by=secretary, at=ASSESSED_AT)

    assert "78,00 van de 100 punten" in advice.text
    assert "‘Past bij het profiel van een IKC’ (5,00 van de 5)" in advice.text
    assert advice.criterion_texts["profiel"].count("De aanvraag laat dit met cijfers") == 3
    names = Review.objects.values_list("member__user__last_name", flat=True)
    assert not any(name in advice.text + str(advice.criterion_texts) for name in names)


def test_no_advice_without_the_quorum(secretary):
    round_ = assessing_round(applications=1)
    first, second, _ = assigned(round_)
    submitted(first)
    submitted(second)

    with pytest.raises(TooFewReviews):
        service.draft_advice(round_.applications.get(), by=secretary, at=ASSESSED_AT)


def test_ci_05_after_a_recusal_the_mean_is_of_the_others_and_too_few_is_refused(secretary):
    round_ = assessing_round(applications=1, members=4)
    application = round_.applications.get()
    high, *others = assigned(round_)
    submitted(high, 5)
    for review in others:
        submitted(review, 3)
    reviews.recuse_review(high, reason="belang", by=high.member.user, at=ASSESSED_AT)

    assert service.draft_advice(application, by=secretary, at=ASSESSED_AT).pk
    advice = adopted(application, by=secretary)

    assert (advice.score, advice.reviews_counted) == (Decimal("60.00"), 3)

    round_ = reviewed(assessing_round(applications=1))
    application = round_.applications.get()
    review = application.reviews.order_by("pk").first()
    advice = service.draft_advice(application, by=secretary, at=ASSESSED_AT)
    service.discuss_advice(advice, meeting_on=MET_ON, by=secretary, at=ADVISED_AT)
    reviews.recuse_review(review, reason="belang", by=review.member.user, at=ASSESSED_AT)
    with pytest.raises(TooFewReviews):
        service.adopt_advice(advice, by=secretary, at=ADVISED_AT)


def test_adoption_freezes_the_score_and_locks_the_reviews(secretary):
    round_ = reviewed(assessing_round(applications=1), [(5, 4, 3, 4, 4, 3)])
    application = round_.applications.get()

    advice = adopted(application, by=secretary)

    application.refresh_from_db()
    assert (application.state, application.score) == (ApplicationState.ADVISED, Decimal("78.00"))
    assert advice.state == AdviceState.ADOPTED
    assert advice.criterion_scores["profiel"] == "5.00"
    assert (advice.adopted_by, advice.meeting_on, advice.spread) == (secretary, MET_ON, Decimal(0))
    assert set(application.reviews.values_list("state", flat=True)) == {ReviewState.LOCKED}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"conclusion": "", "text": "x"}, "Kies de conclusie"),
        ({"conclusion": Conclusion.POSITIVE, "text": " "}, "overwegingen"),
        ({"conclusion": Conclusion.PARTIAL, "text": "x"}, "lager is dan het subsidiabele"),
        (
            {"conclusion": Conclusion.PARTIAL, "text": "x", "proposed_amount": Decimal(15000)},
            "lager is dan het subsidiabele",
        ),
    ],
)
def test_an_incomplete_advice_is_not_adopted(secretary, content, problem):
    round_ = reviewed(assessing_round(applications=1))
    advice = service.draft_advice(round_.applications.get(), by=secretary, at=ASSESSED_AT)
    edited = service.AdviceContent(criterion_texts={}, **content)
    service.edit_advice(advice, edited, by=secretary, at=ASSESSED_AT)
    service.discuss_advice(advice, meeting_on=MET_ON, by=secretary, at=ADVISED_AT)

    with pytest.raises(AdviceIncomplete, match=problem):
        service.adopt_advice(advice, by=secretary, at=ADVISED_AT)

    advice.application.refresh_from_db()
    assert advice.application.score is None


def test_below_the_minimum_score_the_conclusion_is_negative(secretary):
    round_ = reviewed(assessing_round(applications=1), [2])

    with pytest.raises(AdviceIncomplete, match="minimumscore"):
        adopted(round_.applications.get(), by=secretary)

    round_ = reviewed(assessing_round(applications=1), [2])
    assert adopted(round_.applications.get(), conclusion=Conclusion.NEGATIVE, by=secretary).pk


def test_half_an_effort_obligation_is_not_kept(secretary):
    round_ = reviewed(assessing_round(applications=1))
    advice = service.draft_advice(round_.applications.get(), by=secretary, at=ASSESSED_AT)
    content = service.AdviceContent(
        conclusion=Conclusion.POSITIVE_WITH_EFFORT,
        text="x",
        criterion_texts={},
        effort_text="er één dagprogramma komt",
    )

    with pytest.raises(AdviceIncomplete, match="alle vier de delen"):
        service.edit_advice(advice, content, by=secretary, at=ASSESSED_AT)


def test_the_meeting_has_been_held(secretary):
    round_ = reviewed(assessing_round(applications=1))
    advice = service.draft_advice(round_.applications.get(), by=secretary, at=ASSESSED_AT)

    with pytest.raises(MeetingDateInvalid):
        service.discuss_advice(
            advice,
            meeting_on=ASSESSED_AT.date() + timedelta(days=1),
            by=secretary,
            at=ASSESSED_AT,
        )
    with pytest.raises(TransitionNotAllowed):
        service.adopt_advice(advice, by=secretary, at=ASSESSED_AT)


def test_an_adopted_advice_is_fixed(secretary):
    round_ = reviewed(assessing_round(applications=1))
    advice = adopted(round_.applications.get(), by=secretary)

    with pytest.raises(AdviceFixed):
        service.edit_advice(
            advice,
            service.AdviceContent(conclusion="negative", text="x", criterion_texts={}),
            by=secretary,
            at=ADVISED_AT,
        )


def test_sending_orders_the_letter_with_all_that_the_applicant_needs(secretary):
    round_ = reviewed(assessing_round(applications=1))
    advice = adopted(
        round_.applications.get(), conclusion=Conclusion.POSITIVE_WITH_EFFORT, by=secretary
    )

    service.send_advice(advice, by=secretary, at=ADVISED_AT)

    letter = Letter.objects.get()
    context = AdviceContext.from_dict(letter.context)
    assert (letter.code, context.total_score, context.reviews) == ("L06", Decimal("80.00"), 3)
    assert context.effort.aim == "er één dagprogramma komt"
    assert context.scores[0].motivation.startswith("De aanvraag laat dit")
    assert context.secretary == secretary.full_name


def test_the_round_waits_for_every_advice(secretary):
    round_ = reviewed(assessing_round(applications=2))
    first, second = round_.applications.order_by("number")
    with pytest.raises(AdviceMissing, match=f"{first.number} en {second.number}"):
        service.finish_advice(round_, by=secretary, at=ADVISED_AT)
    adopted(first, by=secretary)
    adopted(second, by=secretary)
    with pytest.raises(AdviceMissing, match="2 vastgestelde adviezen zijn nog niet verstuurd"):
        service.finish_advice(round_, by=secretary, at=ADVISED_AT)

    sent = service.send_adopted(round_, [first.pk, second.pk], by=secretary, at=ADVISED_AT)

    assert sent == 2
    round_ = service.finish_advice(round_, by=secretary, at=ADVISED_AT)
    assert round_.state == RoundState.ADVISED


def test_who_has_an_interest_hears_only_that_the_round_is_not_ready(secretary):
    round_ = reviewed(assessing_round(applications=2, allocation_method="first_come"))
    first, second = round_.applications.order_by("number")
    tied = declared_member(
        round_, function="secretary", organisation=second.board, user=UserFactory(secretary=True)
    )
    with pytest.raises(AdviceMissing) as both:
        service.finish_advice(round_, by=tied.user, at=ADVISED_AT)
    assert first.number in both.value.message
    assert second.number not in both.value.message

    service.send_advice(adopted(first, by=secretary), by=secretary, at=ADVISED_AT)
    with pytest.raises(AdviceMissing, match="nog niet klaar") as one:
        service.finish_advice(round_, by=tied.user, at=ADVISED_AT)
    assert second.number not in one.value.message
