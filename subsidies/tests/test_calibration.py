"""The meaning of scores and the exercise before scoring: what is allowed until when, who sees what, and what is refused."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from subsidies.models import (
    Calibration,
    CalibrationScore,
    CalibrationScoring,
    CaseSection,
    Criterion,
    InterestDeclaration,
    ReviewScore,
    ScoreAnchor,
)
from subsidies.round_steps import RoundStep
from subsidies.services import calibrations, reviews
from subsidies.services.anchors import AnchorMissing, AnchorsFixed, anchors_of, change_anchors
from subsidies.services.calibration_cases import APPLIES_NOW, OF_A_MEMBER, why_not
from subsidies.services.calibrations import (
    CaseNotAnonymous,
    ExerciseClosed,
    ExerciseRefused,
    TextMissing,
)
from subsidies.services.reviews import CalibrationFirst, Given, ReviewIncomplete
from subsidies.services.round_content import content_of
from subsidies.services.round_copying import copy_round
from subsidies.services.round_writing import save_step
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    CommissionMemberFactory,
    assessing_round,
    assigned,
    given,
    submitted,
)
from subsidies.tests.factories_calibration import (
    MEANINGS,
    closed,
    earlier_application,
    members,
    opened,
    scored,
    supporting_secretary,
)
from subsidies.worklist.calibration import tasks_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
TODAY = date(2026, 5, 21)


@pytest.fixture
def secretary():
    return supporting_secretary()


@pytest.fixture
def round_():
    return assessing_round(applications=1, members=3)


@pytest.fixture
def source():
    return earlier_application()


def refused(name, deed):
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        deed()


# --- what a score means


def test_the_meaning_of_scores_is_kept_with_every_change(round_, secretary):
    criterion = round_.criteria.order_by("order").first()
    change_anchors(criterion, MEANINGS, by=secretary, at=ASSESSED_AT)
    change_anchors(criterion, {**MEANINGS, 3: "Voldoende,\n zonder cijfers."}, by=secretary, at=ASSESSED_AT)  # fmt: skip
    change_anchors(criterion, {**MEANINGS, 3: "Voldoende, zonder cijfers."}, by=secretary, at=ASSESSED_AT)  # fmt: skip

    assert anchors_of(round_)[criterion.code][3] == "Voldoende, zonder cijfers."
    events = events_of(round_).filter(verb="anchors_changed")
    assert [event.data["changes"] for event in events] == [
        [[3, "Dit is een 3.", "Voldoende, zonder cijfers."]],
        [[score, "", text] for score, text in MEANINGS.items()],
    ]


@pytest.mark.parametrize(("score", "text"), [(2, "  "), (5, "x" * 241)])
def test_a_score_without_a_meaning_or_with_too_long_a_one_is_refused(
    round_, secretary, score, text
):
    with pytest.raises(AnchorMissing) as refusal:
        change_anchors(
            round_.criteria.first(), {**MEANINGS, score: text}, by=secretary, at=ASSESSED_AT
        )
    assert list(refusal.value.problems) == [score]
    assert not ScoreAnchor.objects.exists()


def test_the_first_submitted_review_fixes_the_meaning_also_in_the_database(round_, secretary):
    criterion = round_.criteria.order_by("order").first()
    change_anchors(criterion, MEANINGS, by=secretary, at=ASSESSED_AT)
    review = submitted(assigned(round_)[0])
    reviews.reopen_review(review, reason="vergissing", by=secretary, at=ASSESSED_AT)

    with pytest.raises(AnchorsFixed):
        change_anchors(criterion, {**MEANINGS, 3: "anders"}, by=secretary, at=ASSESSED_AT)
    refused("anchor_before_scoring", lambda: ScoreAnchor.objects.update(text="anders"))
    refused("anchor_before_scoring", lambda: ScoreAnchor.objects.all().delete())
    refused(
        "anchor_before_scoring",
        lambda: ScoreAnchor.objects.create(criterion=round_.criteria.last(), score=1, text="x"),
    )


def test_a_copy_and_a_changed_draft_keep_the_meaning(round_, secretary):
    criterion = round_.criteria.order_by("order").first()
    change_anchors(criterion, MEANINGS, by=secretary, at=ASSESSED_AT)
    leader = UserFactory(project_leader=True)

    copy = copy_round(round_, by=leader, at=ASSESSED_AT)
    assert anchors_of(copy) == anchors_of(round_)
    criteria = content_of(copy).criteria[:1]
    save_step(copy, RoundStep.CRITERIA, {"criteria": criteria}, by=leader, at=ASSESSED_AT)
    assert anchors_of(copy) == {criterion.code: MEANINGS}


# --- the case


def test_an_earlier_application_becomes_a_case_without_names(round_, source, secretary):
    source.plan.summary = (
        "IKC De Weide in Wirdum leest met ouders. Bel Sanne Boersma, 058-2123456, s@weide.nl. "
        f"Bestuur {source.board.name} doet mee, met Bibliotheek Noord."
    )
    calibration = calibrations.prepare_calibration(
        round_, title="Oefenaanvraag", source=source, by=secretary, at=ASSESSED_AT
    )
    text = "\n".join(calibration.sections.values_list("text", flat=True))

    for telling in (
        "Weide",
        "Wirdum",
        "Boersma",
        "2123456",
        "s@weide",
        source.board.name,
        source.number,
    ):
        assert telling not in text
    assert "IKC A in plaats A leest met ouders." in text
    assert "Bibliotheek Noord" in text  # for the secretary to look at
    assert calibrations.left_in(calibration) == []
    assert "Gevraagde subsidie: ongeveer €" in text


def test_who_applies_now_or_led_it_as_a_member_is_no_case(round_, source, secretary):
    applies = ApplicationFactory(
        round=source.round, ikc=round_.applications.get().ikc, decided=True
    )
    led = ApplicationFactory(round=source.round, director=members(round_)[0].user, decided=True)

    assert why_not([source, applies, led], round_, day=TODAY) == {
        applies.pk: APPLIES_NOW,
        led.pk: OF_A_MEMBER,
    }
    for one in (applies, led, round_.applications.get()):
        with pytest.raises(ExerciseRefused):
            calibrations.prepare_calibration(
                round_, title="Oefenaanvraag", source=one, by=secretary, at=ASSESSED_AT
            )


def test_a_real_case_opens_only_when_it_is_known_who_applies(source, secretary):
    early = SubsidyRoundFactory(open=True)
    calibration = calibrations.prepare_calibration(
        early, title="Oefenaanvraag", source=source, by=secretary, at=ASSESSED_AT
    )
    with pytest.raises(ExerciseRefused, match="als de ronde is gesloten"):
        calibrations.open_calibration(calibration, by=secretary, at=ASSESSED_AT)


def test_a_case_that_still_tells_who_applied_does_not_open(round_, source, secretary):
    calibration = calibrations.prepare_calibration(
        round_, title="Oefening De Weide", source=source, by=secretary, at=ASSESSED_AT
    )
    with pytest.raises(CaseNotAnonymous, match="De Weide"):
        calibrations.open_calibration(calibration, by=secretary, at=ASSESSED_AT)


def test_an_empty_case_a_second_one_and_one_after_scoring_are_refused(round_, secretary):
    made_up = calibrations.prepare_calibration(
        round_, title="Oefenaanvraag", by=secretary, at=ASSESSED_AT
    )
    with pytest.raises(ExerciseRefused, match="leeg"):
        calibrations.open_calibration(made_up, by=secretary, at=ASSESSED_AT)
    with pytest.raises(ExerciseRefused, match="al een oefening"):
        calibrations.prepare_calibration(round_, title="Twee", by=secretary, at=ASSESSED_AT)
    refused(
        "calibration_one_at_a_time", lambda: Calibration.objects.create(round=round_, title="Twee")
    )
    submitted(assigned(round_)[0])
    with pytest.raises(ExerciseRefused, match="al begonnen"):
        calibrations.open_calibration(made_up, by=secretary, at=ASSESSED_AT)


def test_an_opened_case_stays_as_it_is(round_, secretary):
    calibration = opened(round_, secretary)
    with pytest.raises(ExerciseRefused):
        calibrations.change_case(
            calibration, title="x", comes_first=False, parts=[], by=secretary, at=ASSESSED_AT
        )
    refused("calibration_case_is_fixed", lambda: CaseSection.objects.update(text="anders"))
    refused("calibration_case_is_fixed", lambda: CaseSection.objects.all().delete())
    refused("calibration_is_for_good", lambda: Calibration.objects.all()._raw_delete("default"))


# --- scoring the case


def test_scores_are_given_once_and_with_reasons(round_, secretary):
    calibration = opened(round_, secretary)
    member = members(round_)[0]
    scored(calibration, member, 3, submit=False)
    code = Criterion.objects.filter(round=round_).order_by("order").first().code
    with pytest.raises(ReviewIncomplete) as refusal:
        calibrations.save_scoring(
            calibration,
            member,
            scores={**given(round_, 4), code: Given(2, "te kort")},
            submit=True,
            by=member.user,
            at=ASSESSED_AT,
        )
    assert list(refusal.value.problems) == [code]

    scoring = scored(calibration, member, 4)
    with pytest.raises(ExerciseClosed):
        scored(calibration, member, 5)
    assert set(scoring.scores.values_list("score", flat=True)) == {4}
    name = "calibration_scoring_is_for_good"
    refused(name, lambda: CalibrationScore.objects.update(score=1))
    refused(name, lambda: CalibrationScoring.objects.update(submitted_at=None))
    refused(name, lambda: CalibrationScore.objects.all().delete())
    other = CalibrationScoring.objects.create(
        calibration=calibration, member=members(round_)[1], saved_at=ASSESSED_AT
    )
    criterion = round_.criteria.first()
    refused(
        "calibration_score_from_1_to_5",
        lambda: CalibrationScore.objects.create(scoring=other, criterion=criterion, score=6),
    )


def test_nothing_is_given_after_closing_and_the_scores_count_nowhere(round_, secretary):
    calibration = opened(round_, secretary)
    one, two, _ = members(round_)
    with pytest.raises(ExerciseRefused):
        closed(calibration, secretary)
    scored(calibration, one)
    with pytest.raises(TextMissing):
        calibrations.close_calibration(calibration, conclusion=" ", by=secretary, at=ASSESSED_AT)
    closed(calibration, secretary)
    with pytest.raises(ExerciseClosed):
        scored(calibration, two)
    refused(
        "calibration_scoring_is_for_good",
        lambda: CalibrationScoring.objects.create(
            calibration=calibration, member=two, saved_at=ASSESSED_AT
        ),
    )
    refused("calibration_is_for_good", lambda: Calibration.objects.update(conclusion="anders"))
    assert not ReviewScore.objects.exists()
    for constraint, values in (
        ("calibration_closed_has_a_conclusion", {"state": "closed", "closed_at": None}),
        ("calibration_skipped_says_why", {"state": "skipped"}),
        ("calibration_open_is_checked", {"state": "open"}),
        ("calibration_state_is_known", {"state": "anders"}),
    ):
        fields = {"opened_at": ASSESSED_AT, "opened_by": secretary}
        fields = {} if constraint.endswith("checked") else fields
        refused(
            constraint,
            lambda values={**fields, **values}: Calibration.objects.create(
                round=round_, title="x", **values
            ),
        )


def test_reviews_wait_only_when_the_exercise_comes_first(round_, secretary):
    review = assigned(round_)[0]
    calibration = opened(round_, secretary, comes_first=True)
    with pytest.raises(CalibrationFirst):
        submitted(review)
    review.refresh_from_db()
    reviews.save_review(review, scores=given(round_), by=review.member.user, at=ASSESSED_AT)
    refused(
        "review_after_calibration",
        lambda: type(review).objects.filter(pk=review.pk).update(submitted_at=ASSESSED_AT),
    )

    calibrations.skip_calibration(round_, reason="te weinig tijd", by=secretary, at=ASSESSED_AT)
    calibration.refresh_from_db()
    assert (calibration.state, calibration.skip_reason) == ("skipped", "te weinig tijd")
    review.refresh_from_db()
    assert submitted(review).state == "submitted"


def test_not_exercising_at_all_is_kept_with_its_reason(round_, secretary):
    with pytest.raises(TextMissing):
        calibrations.skip_calibration(round_, reason=" ", by=secretary, at=ASSESSED_AT)
    row = calibrations.skip_calibration(round_, reason="zelfde leden", by=secretary, at=ASSESSED_AT)
    assert events_of(row).get().reason == "zelfde leden"
    submitted(assigned(round_)[0])


# --- who sees what


def test_scores_of_others_stay_hidden_until_the_own_are_in(round_, secretary):
    calibration = opened(round_, secretary)
    one, two, three = members(round_)
    chair = CommissionMemberFactory(user=UserFactory(secretary=True), function="chair")
    leader, director = UserFactory(project_leader=True), UserFactory(director=True)
    scored(calibration, one)
    scored(calibration, two, submit=False)

    def seen(user):
        rows = CalibrationScoring.objects.visible_to(type(user).objects.get(pk=user.pk))
        return set(rows.values_list("member", flat=True))

    assert seen(one.user) == {one.pk}
    assert seen(two.user) == {two.pk}
    assert seen(three.user) == set()
    assert seen(chair.user) == set()
    assert seen(secretary) == {one.pk}
    assert seen(leader) == seen(director) == set()
    scored(calibration, two)
    assert seen(two.user) == seen(one.user) == {one.pk, two.pk}
    closed(calibration, secretary)
    for user in (three.user, chair.user, leader):
        assert seen(user) == {one.pk, two.pk}
    assert seen(director) == set()


def test_who_sees_an_exercise_in_which_state(round_, source, secretary):
    member, leader = members(round_)[0].user, UserFactory(project_leader=True)
    tied = CommissionMemberFactory(user=UserFactory(secretary=True), function="deputy_chair")
    declaration = InterestDeclaration.objects.create(
        member=tied, round=round_, declared_at=ASSESSED_AT
    )
    declaration.ikcs.add(source.ikc)
    calibration = calibrations.prepare_calibration(
        round_, title="Oefenaanvraag", source=source, by=secretary, at=ASSESSED_AT
    )

    def seen():
        people = {"secretary": secretary, "tied": tied.user, "member": member, "leader": leader, "director": UserFactory(director=True)}  # fmt: skip
        return {
            name
            for name, user in people.items()
            if Calibration.objects.visible_to(type(user).objects.get(pk=user.pk)).exists()
        }

    assert seen() == {"secretary"}
    calibration = calibrations.open_calibration(calibration, by=secretary, at=ASSESSED_AT)
    assert seen() == {"secretary", "tied", "member"}
    scored(calibration, members(round_)[0])
    closed(calibration, secretary)
    assert seen() == {"secretary", "tied", "member", "leader"}


def test_members_are_asked_to_score_and_the_secretary_to_close(round_, secretary):
    def titles(user):
        return [task.title for task in tasks_for(user, today=TODAY)]

    calibration = opened(round_, secretary)
    first, *others = members(round_)
    assert titles(first.user) == ["Beoordeel de oefenaanvraag"]
    assert titles(secretary) == []
    scored(calibration, first)
    assert titles(first.user) == []
    for member in others:
        scored(calibration, member)
    assert titles(secretary) == ["Bespreek de oefening en sluit haar af"]
    closed(calibration, secretary)
    assert titles(secretary) == []


def test_an_organisation_of_a_member_is_no_reason_to_leave_the_exercise(round_, source, secretary):
    """An anonymous case is for everybody, also for who has a tie with the old applicant."""
    tied = CommissionMemberFactory(organisation=source.board)
    calibration = calibrations.prepare_calibration(
        round_, title="Oefenaanvraag", source=source, by=secretary, at=ASSESSED_AT
    )
    calibration = calibrations.open_calibration(calibration, by=secretary, at=ASSESSED_AT)
    assert scored(calibration, tied).submitted_at
