"""A later decision in the demonstration, on its way from draft to letter, through the hands of four people."""

from datetime import datetime, timedelta

from kvk2.core.models import OutgoingMail
from monitoring.demo.people import World
from subsidies.facts import known
from subsidies.models import Decision, Letter
from subsidies.services import acts, letters

DAY = timedelta(days=1)


class NotMade(RuntimeError):
    """A letter of the demonstration could not be made; its row says why."""


def check_act(world: World, decision: Decision, at: datetime) -> Decision:
    """Handed to the other project leader, who finds it in order a day later."""
    leader, second = world.person("projectleider"), world.person("projectleider2")
    checker = leader if decision.drafted_by_id == second.pk else second
    decision = acts.send_act_to_check(decision, by=known(decision.drafted_by), at=at)
    return acts.approve_act(decision, checklist=list(acts.CHECKLIST), by=checker, at=at + DAY)


def decide_act(
    world: World, decision: Decision, at: datetime, *, signer: str = "ondertekenaar"
) -> Decision:
    """Checked at `at`, taken two days later, and posted in the same hour."""
    decision = check_act(world, decision, at)
    decision = acts.take_act(decision, by=world.person(signer), at=at + 2 * DAY)
    post(decision.letter, at + 2 * DAY + timedelta(hours=1))
    decision.refresh_from_db()
    return decision


def post(letter: Letter, at: datetime) -> None:
    """Made and posted as of `at`, and the notices of it delivered a minute later."""
    if not letters.render_letter(letter.pk, at=at):
        letter.refresh_from_db()
        raise NotMade(f"{letter}: {letter.error}")
    notices = OutgoingMail.objects.filter(message_notice__message__letter=letter)
    notices.update(sent_at=at + timedelta(minutes=1), attempts=1)
