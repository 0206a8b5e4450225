"""An evening of the commission through the browser: exercise, score on a tablet, step aside, meet, vote, and adopt an advice.

The walk (`test_walk.py`) takes the round as a whole; this is what the people of the commission do in it.
"""

from datetime import UTC, datetime

import pytest
import time_machine

from ikc.models import User
from ikc.tests.factories import UserFactory
from kvk2.tests.browser import Person, chromium, hang_up
from kvk2.tests.walking import codes_of
from subsidies import tasks
from subsidies.models import (
    AgendaItem,
    Application,
    Calibration,
    CommissionAdvice,
    Review,
    SubsidyRound,
)
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    CommissionMemberFactory,
    assessing_round,
    declared_member,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "een lange zin om in te loggen"
TABLET = 768
DIFFERENCES = "Waar de leden verschillen"
OTHERS = "Wat de andere leden vonden"
MEETING = datetime(2026, 4, 24, 17, 30, tzinfo=UTC)  # half past seven in the evening
REASON = "De aanvraag laat dit met cijfers en voorbeelden zien, ook voor het jonge kind."


def able_to_log_in(user: User) -> User:
    user.set_password(PASSWORD)
    user.is_demo = True
    user.save()
    return user


class Evening:
    """Who takes part, each at a screen of their own, and the clock."""

    def __init__(self, browser, base: str, clock) -> None:
        self.browser, self.base, self.clock = browser, base, clock
        self.people: list[Person] = []

    def at_screen(self, user: User, width: int = 1280) -> Person:
        person = Person(self.browser, self.base, user.email, PASSWORD, width)
        self.people.append(person)
        return person

    def findings(self) -> list[str]:
        return [finding for person in self.people for finding in person.findings]


@pytest.fixture
def clock():
    with time_machine.travel(ASSESSED_AT) as traveller:
        yield traveller


@pytest.fixture
def world(live_server, settings, clock):
    """A ranked round: two applications, three members without an interest, one from the board of the first."""
    settings.DEMO = True
    round_ = assessing_round(applications=2, members=3)
    first = round_.applications.order_by("number").first()
    return {
        "round": round_,
        "members": [able_to_log_in(row.member.user) for row in round_.declarations.order_by("pk")],
        "tied": able_to_log_in(declared_member(round_, organisation=first.board).user),
        "secretary": able_to_log_in(
            CommissionMemberFactory(function="secretary", user=UserFactory(secretary=True)).user
        ),
        "chair": able_to_log_in(
            declared_member(round_, function="chair", user=UserFactory(secretary=True)).user
        ),
        "director": able_to_log_in(first.created_by),
    }


def test_an_evening_of_the_commission(live_server, world, clock):
    try:
        with chromium() as browser:
            evening = Evening(browser, live_server.url, clock)
            secretary = evening.at_screen(world["secretary"])
            exercise(evening, secretary, world)
            assign(secretary, world["round"])
            score_everything(evening, world)
            step_aside(evening, world)
            prepare(evening, secretary, world)
            meet(evening, secretary, world)
            findings = evening.findings()
    finally:
        hang_up()
    assert findings == []


def exercise(evening: Evening, secretary: Person, world) -> None:
    """Everybody scores one case first; what they differ on is explained, and only then may they submit reviews."""
    round_ = world["round"]
    secretary.go(f"/rondes/{round_.pk}/oefenen/")
    secretary.press("Oefening maken")
    secretary.fill(title="Een buurtkamer", comes_first=True)
    secretary.press("Tekst maken")
    secretary.fill(heading_1="Het plan", text_1="Een kamer waar ouders koffie drinken en leren.")
    secretary.press("Tekst bewaren")
    secretary.press("Oefening openen")
    secretary.fill(checked=True)
    secretary.press("Oefening openen")
    case = Calibration.objects.get()
    codes = codes_of(round_)
    for level, user in zip((2, 3, 5, 4), [*world["members"], world["chair"]], strict=False):
        member = evening.at_screen(user, TABLET)
        member.go("/")
        member.go(case.get_absolute_url())
        assert not member.sees(DIFFERENCES)
        member.fill(**{f"score_{code}": level for code in codes})
        member.fill(**{f"text_{code}": REASON for code in codes})
        member.press("Scores indienen")
        assert member.sees(DIFFERENCES)
        member.context.close()
    secretary.go(f"/rondes/{round_.pk}/oefenen/uitleg/{round_.criteria.get(code=codes[0]).pk}/")
    secretary.fill(**{f"anchor_{score}": f"Zo ziet een {score} eruit." for score in range(1, 6)})
    secretary.press("Uitleg bewaren")
    secretary.go(f"{case.get_absolute_url()}afsluiten/")
    secretary.press_main()  # without a conclusion it stays open
    secretary.fill(conclusion="Een 3 is: het staat er, maar niet voor wie.")
    secretary.press_main()
    case.refresh_from_db()
    assert case.state == "closed"


def assign(secretary: Person, round_: SubsidyRound) -> None:
    secretary.go(f"/rondes/{round_.pk}/commissie/")
    secretary.press("Beoordelaars koppelen")
    secretary.press("Beoordelaars koppelen")
    assert Review.objects.filter(application__round=round_).count() >= 6


def score_everything(evening: Evening, world) -> None:
    """On a tablet: one after the other, the first draft kept half done, the scores of others hidden until then."""
    round_ = world["round"]
    users = User.objects.filter(seats__reviews__application__round=round_).distinct()
    for level, user in zip((5, 4, 3, 4), users.order_by("pk"), strict=False):
        user.set_password(PASSWORD)
        user.is_demo = True
        user.save()
        member = evening.at_screen(user, TABLET)
        member.go("/beoordelen/")
        for review in Review.objects.filter(member__user=user).order_by("application__number"):
            member.go(review.get_absolute_url())
            member.press("Nee, geen belang")
            assert member.page.get_by_text("Wat betekent een 1, 2, 3, 4 of 5?").first.is_visible()
            codes = codes_of(round_)
            member.fill(**{f"score_{codes[0]}": level, "note": "Vraag naar de ouderkamer."})
            member.press("Concept bewaren")
            assert not member.sees(OTHERS)
            member.press("Beoordeling indienen")  # five criteria are open still
            assert member.sees("Geef een score voor")
            member.fill(**{f"score_{code}": level for code in codes})
            member.fill(**{f"text_{code}": REASON for code in codes})
            member.page.wait_for_load_state("networkidle")  # the last draft is on its way
            member.press("Beoordeling indienen")
            member.go(review.get_absolute_url())
            assert member.sees(OTHERS)
        member.context.close()
    assert not Review.objects.filter(application__round=round_).exclude(state="submitted").exists()


def step_aside(evening: Evening, world) -> None:
    """A member with an interest has nothing to score, and an old link leads nowhere."""
    tied = evening.at_screen(world["tied"], TABLET)
    tied.go("/beoordelen/")
    first, second = world["round"].applications.order_by("number")
    for application in (first, second):
        assert not tied.sees(application.number)
    for review in Review.objects.filter(application=first):
        assert tied.go(review.get_absolute_url()) == 404
    assert tied.go(first.get_absolute_url()) == 404


def prepare(evening: Evening, secretary: Person, world) -> None:
    """The secretary plans and invites; a member has a question; the applicant answers it."""
    round_ = world["round"]
    secretary.go(f"/rondes/{round_.pk}/vergaderingen/")
    secretary.press("Vergadering plannen")
    secretary.fill(held_on="24-4-2026", begins="19:30", place="Stadskantoor, zaal 2")
    secretary.press("Vergadering plannen")
    secretary.press("Agenda voorstellen")
    secretary.press("Agenda voorstellen")
    secretary.press("Aanvragers uitnodigen")
    secretary.press("Uitnodigingen versturen")
    item = AgendaItem.objects.get(application=round_.applications.order_by("number").first())

    member = evening.at_screen(world["members"][0], TABLET)
    member.go(item.get_absolute_url())
    member.press("Vraag inbrengen")
    member.fill(text="Wie begeleidt de ouders?")
    member.press_main()
    secretary.go(f"/agendapunten/{item.pk}/vragen/")
    assert "Wie begeleidt de ouders?" in secretary.page.locator("main textarea").input_value()
    secretary.press_main()

    director = evening.at_screen(world["director"], 360)
    director.go(f"/gesprekken/{item.pk}/")
    assert director.sees("Wie begeleidt de ouders?")
    director.fill(text="De pedagoog van het IKC, elke woensdag.")
    director.press("Antwoord versturen")
    item.refresh_from_db()
    assert item.answered_by == world["director"]


def meet(evening: Evening, secretary: Person, world) -> None:
    """Who is there, a score changed, votes, the text agreed, and the advice adopted by the chair."""
    evening.clock.move_to(MEETING)
    secretary.go("/beoordelen/")
    meeting = AgendaItem.objects.first().meeting
    secretary.go(meeting.get_absolute_url())
    secretary.press("Aanwezigheid vastleggen")
    for box in secretary.page.locator("main input[name=present]").all():
        box.check(force=True)
    secretary.press("Aanwezigheid bewaren")
    assert secretary.sees("waren aanwezig")
    first, second = Application.objects.filter(round=world["round"]).order_by("number")
    for application in (first, second):
        secretary.go(f"/aanvragen/{application.pk}/advies/")
        secretary.press("Conceptadvies maken")
        secretary.go(f"/aanvragen/{application.pk}/advies/schrijven/")
        secretary.fill(conclusion="positive")
        secretary.press("Advies bewaren")
    item = AgendaItem.objects.get(application=first)
    _change_a_score(secretary, item)
    for application in (first, second):
        _vote(secretary, AgendaItem.objects.get(application=application))
    for user in world["members"]:
        _agree(evening.at_screen(user, TABLET), item)
    chair = evening.at_screen(world["chair"], TABLET)
    _agree(chair, item)
    chair.go(f"/aanvragen/{first.pk}/advies/vaststellen/")
    chair.press("Advies vaststellen")
    assert chair.sees("vastgesteld"), chair.page.locator("main").inner_text()
    advice = CommissionAdvice.objects.get(application=first)
    assert (advice.state, advice.adopted_by) == ("adopted", world["chair"])
    secretary.go(meeting.get_absolute_url())
    secretary.press("Vergadering afsluiten")
    secretary.press("Vergadering afsluiten")
    secretary.press("Verslag vaststellen")
    secretary.press("Verslag vaststellen")
    assert secretary.sees("wordt gemaakt")
    assert tasks.render_pending_minutes() >= 1
    secretary.go(meeting.get_absolute_url())
    assert secretary.download("Verslag als PDF").startswith(b"%PDF")


def _change_a_score(secretary: Person, item: AgendaItem) -> None:
    secretary.go(f"/agendapunten/{item.pk}/scherm/")
    criterion = item.meeting.round.criteria.order_by("order").first()
    secretary.go(f"/agendapunten/{item.pk}/score/")
    secretary.fill(criterion=str(criterion.pk), after="4,50", reason="Te kort.")
    secretary.press_main()
    assert secretary.sees("30 tekens")
    secretary.fill(reason="In het gesprek bleek dat de ouders wel degelijk meebeslissen.")
    secretary.press_main()
    assert secretary.sees("4,50")


def _vote(secretary: Person, item: AgendaItem) -> None:
    secretary.go(f"/agendapunten/{item.pk}/stemmen/")
    names = {box.get_attribute("name") for box in secretary.page.locator("main input[type=radio]").all()}  # fmt: skip
    assert len(names) >= 3
    secretary.fill(**dict.fromkeys(names, "for"))
    secretary.press_main()
    assert item.votes.count() == len(names)


def _agree(member: Person, item: AgendaItem) -> None:
    member.go(item.get_absolute_url())
    member.press("Akkoord met de tekst")
