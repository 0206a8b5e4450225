"""Who reads the ranking of a round: it tells of all its applications at once (domain reference 6.2, C2)."""

import rules

from ikc.rules import is_municipal
from subsidies.rules.assessment import is_free_in_round, is_secretary, round_in
from subsidies.states import RoundState

RANKED_STATES = (
    RoundState.ASSESSING,
    RoundState.ADVISED,
    RoundState.DECIDED,
    RoundState.SETTLED,
    RoundState.ARCHIVED,
)

rules.add_perm(
    "subsidies.view_ranking",
    (is_municipal | (is_secretary & is_free_in_round)) & round_in(*RANKED_STATES),
)
