"""Who may do what with the meaning of scores and the exercise before scoring. Seeing is for `visible_to`."""

from typing import TYPE_CHECKING

import rules
from django.utils import timezone

from ikc.rules import is_municipal
from subsidies.rules.assessment import (
    COMMISSION_STATES,
    allows,
    asked_once,
    is_commission,
    is_secretary,
    round_in,
)
from subsidies.services.anchors import scoring_opened
from subsidies.services.commission import DECLARABLE
from subsidies.states_calibration import CALIBRATION_WORKFLOW

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Calibration, SubsidyRound


@rules.predicate
def is_before_scoring(user: "User", round_: "SubsidyRound | None") -> bool:
    """No review was submitted in the round yet."""
    if round_ is None or round_.pk is None:
        return round_ is not None
    return asked_once(round_, "before scoring", lambda: not scoring_opened(round_))


@rules.predicate
def has_a_say(user: "User") -> bool:
    """Sits in the commission today and scores: not the secretary, who supports it."""
    return user.seats.active_on(timezone.localdate()).scoring().exists()


@rules.predicate
def has_not_scored(user: "User", calibration: "Calibration | None") -> bool:
    """Did not submit the own scores of the case yet."""
    return calibration is not None and not (
        calibration.pk and calibration.scorings.submitted().filter(member__user=user).exists()
    )


rules.add_perm(
    "subsidies.view_calibrations", (is_commission | is_municipal) & round_in(*COMMISSION_STATES)
)
rules.add_perm("subsidies.change_anchors", is_secretary & round_in(*DECLARABLE) & is_before_scoring)
rules.add_perm(
    "subsidies.prepare_calibration", is_secretary & round_in(*DECLARABLE) & is_before_scoring
)
rules.add_perm("subsidies.skip_calibration", is_secretary & round_in(*DECLARABLE))
rules.add_perm("subsidies.change_case", is_secretary & allows(CALIBRATION_WORKFLOW, "open"))
rules.add_perm("subsidies.open_calibration", is_secretary & allows(CALIBRATION_WORKFLOW, "open"))
rules.add_perm("subsidies.close_calibration", is_secretary & allows(CALIBRATION_WORKFLOW, "close"))
rules.add_perm(
    "subsidies.score_calibration",
    is_commission & allows(CALIBRATION_WORKFLOW, "close") & has_a_say & has_not_scored,
)
