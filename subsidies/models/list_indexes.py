"""What the list of applications may be sorted and searched on, each with an index.

`kvk2.core.keyset` walks an index that is sorted on in both directions, to any page.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import Case, Index, PositiveSmallIntegerField, Value, When
from django.db.models.functions import Upper

from subsidies.states import ApplicationState

SORTED_ON = {
    "number": "application_number_order",
    "title": "application_title_order",
    "requested_amount": "application_asked_order",
    "max_amount": "application_max_order",
    "eligible_amount": "application_elig_order",
    "granted_amount": "application_grant_order",
    "score": "application_score_order",
    "received_at": "application_received_order",
    "complete_at": "application_complete_order",
    "created_at": "application_created_order",
    "is_plus": "application_plus_order",
    "tier": "application_tier_order",
}
# How far an application is: its place in the workflow, as `ApplicationState` lists the states. By code it would be
# 'admitted', 'advised', 'checking', which tells nobody anything.
STATE_ORDER = Case(
    *(
        When(state=state.value, then=Value(place))
        for place, state in enumerate(ApplicationState, start=1)
    ),
    default=Value(0),
    output_field=PositiveSmallIntegerField(),
)
APPLICATION_INDEXES = [
    *(Index(fields=[field, "id"], name=name) for field, name in SORTED_ON.items()),
    Index(STATE_ORDER, "id", name="application_stage_order"),
    # To filter on a state; a rare one would make any of the orders above a long walk.
    Index(fields=["state", "id"], name="application_state_order"),
    # As `icontains` asks for it: a part of a word, in capitals and small letters alike.
    GinIndex(
        OpClass(Upper("title"), name="gin_trgm_ops"),
        OpClass(Upper("number"), name="gin_trgm_ops"),
        name="application_search",
        # Put in place at once: what waits in a list is read at every search, and a title seldom changes.
        fastupdate=False,
    ),
    # Inside one round; the other orders sort the rows of a round, which are few.
    Index(fields=["round", "number", "id"], name="application_by_number"),
    Index(fields=["round", "score", "id"], name="application_by_score"),
    Index(fields=["round", "state", "id"], name="application_by_state"),
]
