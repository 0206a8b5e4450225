"""An exercise of the commission for tests: a case, scored by members, and closed."""

from ikc.tests.factories import IkcFactory, UserFactory
from subsidies.models import Application
from subsidies.services import calibrations
from subsidies.services.calibration_cases import Part
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory
from subsidies.tests.factories_assessment import ASSESSED_AT, CommissionMemberFactory, given

MEANINGS = {score: f"Dit is een {score}." for score in range(1, 6)}


def supporting_secretary():
    """Supports the commission without a say."""
    seat = CommissionMemberFactory(user=UserFactory(secretary=True), function="secretary")
    return seat.user


def earlier_application() -> Application:
    """Of a decided round, of an IKC that does not apply now."""
    ikc = IkcFactory(name="IKC De Weide", street="Weidelaan 4", city="Wirdum")
    director = UserFactory(director=True, ikc=ikc, first_name="Sanne", last_name="Boersma")
    old = SubsidyRoundFactory(decided=True)
    return ApplicationFactory(round=old, ikc=ikc, director=director, decided=True)


def members(round_):
    return [row.member for row in round_.declarations.order_by("pk").select_related("member__user")]


def opened(round_, secretary, **fields):
    """A made-up case that the members may score."""
    calibration = calibrations.prepare_calibration(
        round_, title="Oefenaanvraag", by=secretary, at=ASSESSED_AT, **fields
    )
    parts = [Part("Samenvatting", "Peuters en kleuters lezen elke week samen.")]
    calibration = calibrations.change_case(
        calibration,
        title="Oefenaanvraag",
        comes_first=fields.get("comes_first", False),
        parts=parts,
        by=secretary,
        at=ASSESSED_AT,
    )
    return calibrations.open_calibration(calibration, by=secretary, at=ASSESSED_AT)


def scored(calibration, member, scores=4, *, submit=True):
    return calibrations.save_scoring(
        calibration,
        member,
        scores=given(calibration.round, scores),
        submit=submit,
        by=member.user,
        at=ASSESSED_AT,
    )


def closed(calibration, secretary):
    return calibrations.close_calibration(
        calibration, conclusion="Een 3 is genoeg.", by=secretary, at=ASSESSED_AT
    )
