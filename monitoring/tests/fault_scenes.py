"""What the fault tests find when they begin, made in the database of a throw-away portal."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from ikc.models import User
from ikc.tests.factories import IkcFactory, UserFactory
from monitoring.tests.factories import filled, open_cycle, ordered
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory
from subsidies.tests.factories_assessment import (
    SigningMandateFactory,
    board,
    decided_round,
    ready_round,
)


def ordered_reports() -> dict[str, object]:
    """A batch of six reports: four IKCs with a year of figures, the summary and its public edition."""
    cycle = open_cycle(agreements=4)
    for return_ in cycle.returns.select_related("cycle__ruleset", "version", "agreement__ikc"):
        filled(return_)
    return {"batch": ordered(cycle).pk}


def ordered_letters() -> dict[str, object]:
    """A decided round: three applications, each with an advice and a decision to be sent."""
    return {"round": decided_round(applications=3).pk}


def decisions_to_take() -> dict[str, object]:
    """A round of which the decisions wait for the signer."""
    signer = SigningMandateFactory(user__is_demo=True).user
    return {"round": ready_round(applications=3).pk, "session": session_of(signer)}


def draft_application() -> dict[str, object]:
    """A complete draft in an open round, and its director."""
    now = timezone.now()
    round_ = SubsidyRoundFactory(
        open=True, opens_at=now - timedelta(days=3), closes_at=now + timedelta(days=3)
    )
    ikc = IkcFactory(board=board())
    director = UserFactory(director=True, ikc=ikc, is_demo=True)
    application = ApplicationFactory(round=round_, ikc=ikc, director=director)
    return {"application": application.pk, "session": session_of(director)}


def session_of(user: User) -> str:
    """The key of a new session of `user`."""
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


SCENES = (ordered_reports, ordered_letters, decisions_to_take, draft_application)


def make_all() -> dict[str, dict[str, object]]:
    """Every scene, with what its test has to know."""
    return {scene.__name__: scene() for scene in SCENES}
