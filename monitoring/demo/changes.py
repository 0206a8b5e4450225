"""What changed in grants that still run: one lower on the recipient's own request, one suspended with an intention to revoke."""

from datetime import datetime, timedelta
from decimal import Decimal

from kvk2.core.deadlines import local_date
from monitoring.demo.acts import decide_act
from monitoring.demo.people import OWN_IKC, World
from monitoring.demo.plans import moment
from subsidies.models import Grant, Message, SubsidyRound
from subsidies.models.grant_intents import ChangeGround
from subsidies.services.delivery import record_bounce
from subsidies.services.grant_intents import Change, announce_intent, draft_change
from subsidies.services.suspensions import suspend_payments

ASKED = (
    "U vroeg op uw eigen verzoek om een lager bedrag: de kookgroep gaat dit jaar niet door, omdat er te weinig aanmeldingen "
    "zijn. De andere activiteiten blijven zoals u ze aanvroeg."
)
WEIGHED = "De verlaging is gelijk aan de kosten van de activiteit die vervalt. U houdt geld voor wat wel doorgaat."
SUSPICION = "Uit het gesprek van vorige maand bleek dat de middagen sinds de zomer stilliggen. De kosten daarvan zijn wel begroot."
INTENTION = "Sinds de zomer zijn er geen activiteiten geweest. U schreef dat het team eerst een nieuwe coördinator zoekt."
UNKNOWN_ADDRESS = (
    "Het e-mailadres bestaat niet meer: de directeur werkt sinds de zomer op een andere school."
)


def change_grants(world: World, round_: SubsidyRound, now: datetime) -> None:
    """The third and the fourth grant of others than the director of the demonstration; and a notice that came back."""
    others = list(
        Grant.objects.filter(application__round=round_)
        .exclude(application__ikc__brin_location=OWN_IKC)
        .order_by("application__number")
    )
    _lower_on_request(world, others[2], now)
    _suspend(world, others[3], now)
    message = Message.objects.filter(letter__decision=others[1].decision).get()
    record_bounce(
        message,
        recipient=message.notices.order_by("pk")[0].mail.to,
        note=UNKNOWN_ADDRESS,
        by=world.person("projectleider"),
        at=message.posted_at + timedelta(days=1),
    )


def _lower_on_request(world: World, grant: Grant, now: datetime) -> None:
    at = moment(now, -40)
    change = Change(
        ground=ChangeGround.REQUEST,
        new_amount=Decimal(int(grant.amount * Decimal("0.85")) // 50 * 50),
        motivation=ASKED,
        proportionality=WEIGHED,
        works_from=local_date(at),
    )
    draft = draft_change(grant, change, by=world.person("projectleider"), at=at)
    decide_act(world, draft, at + timedelta(days=1))


def _suspend(world: World, grant: Grant, now: datetime) -> None:
    """Nothing is paid meanwhile; the recipient can still react."""
    leader = world.person("projectleider")
    at = moment(now, -8)
    suspend_payments(grant, suspicion=SUSPICION, by=leader, at=at)
    announce_intent(
        grant,
        ground=ChangeGround.NOT_DONE,
        new_amount=Decimal(0),
        reason=INTENTION,
        by=leader,
        at=at + timedelta(days=1),
    )
