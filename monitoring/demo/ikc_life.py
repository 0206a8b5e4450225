"""What happens to IKCs in the demonstration world: directors who leave, and a school for special education."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from ikc.models import Body, Ikc, RoleAssignment
from ikc.roles import Role
from ikc.services import governance, hand_overs, ikc_life
from ikc.states_governance import BodyKind
from kvk2.core.deadlines import local_date
from monitoring.demo.people import OWN_IKC, World

DAY = timedelta(days=1)
INVENTED = "Demonstratie: verzonnen, niet wat de school zelf opgeeft"
LEAVING = "Het gesprek met de ouderraad over de voorschool is gepland. De sleutels en de dossiers liggen bij de locatiemanager."


def make_ikc_life(world: World, now: datetime) -> None:
    """One director left and another followed, one prepares to leave, and one IKC became special education."""
    others = Ikc.objects.open_on(local_date(now)).exclude(brin_location=OWN_IKC)
    candidates = others.filter(plus_candidate=True).order_by("-brin_location")
    if candidates.count() > 2:
        _handed_over(world, candidates, now)
    _special_education(world, others.filter(plus_candidate=False), now)


def _handed_over(world: World, candidates: QuerySet[Ikc], now: datetime) -> None:
    leader = world.person("projectleider")
    left, leaves, helps = candidates[:3]
    _give_work(world, leaves, now)
    hand_overs.complete(
        _directing(left), successor=world.directors[helps.pk], last_day=local_date(now) - 14 * DAY,
        mandate_reference=f"MACHTIGING-DEMO-{left.brin_location}-2", note=LEAVING,
        by=leader, at=now - 20 * DAY,
    )  # fmt: skip
    hand_overs.prepare(
        _directing(leaves), successor=world.directors[helps.pk], last_day=local_date(now) + 30 * DAY,
        note=LEAVING, by=world.directors[leaves.pk], at=now - 2 * DAY,
    )  # fmt: skip


def _give_work(world: World, ikc: Ikc, now: datetime) -> None:
    """What waits for the director who leaves, and so for who follows."""
    director = world.directors[ikc.pk]
    body = Body.objects.filter(kind=BodyKind.WORKING_GROUP).order_by("pk")[0]
    governance.add_action(
        body, item=None, title="Vertellen hoe het gesprek met ouders op de voorschool gaat",
        owner=director, due_on=local_date(now) + 45 * DAY, agreed_on=local_date(now) - 30 * DAY,
        by=world.person("projectleider2"), at=now - 30 * DAY,
    )  # fmt: skip


def _directing(ikc: Ikc) -> RoleAssignment:
    return RoleAssignment.objects.get(role=Role.IKC_DIRECTOR, ikc=ikc)


def _special_education(world: World, ikcs: QuerySet[Ikc], now: datetime) -> None:
    """The last in the alphabet: no round of the demonstration is about it."""
    ikc = ikcs.filter(form=Ikc.Form.REGULAR).order_by("-name", "-pk").first()
    if ikc is not None:
        ikc_life.change_form(
            ikc, form=ikc.form, special_education=True,
            valid_from=local_date(now).replace(month=8, day=1) - 365 * 2 * DAY,
            source=INVENTED, by=world.person("projectleider"), at=now - 60 * DAY,
        )  # fmt: skip
