"""When a decision cannot be contested any more (domain reference 3.5): a sweep by the clock, a fixed number of queries."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from kvk2.core.audit import at_once, record
from kvk2.core.deadlines import NOTICE_WITHIN, local_date
from subsidies.facts import known
from subsidies.models import Decision, Message, MessageEvent, Objection
from subsidies.objection_terms import post_until
from subsidies.services.objections import holidays
from subsidies.states import DECISION_WORKFLOW, DecisionState
from subsidies.states_objections import OPEN_OBJECTIONS, ObjectionState

# What was posted in time may come in a week later (Awb 6:9(2)); before that nothing is certain.
WEEK = timedelta(weeks=1)
# After a notice that was late the six weeks count from that notice, with some days for weekends and holidays.
LATE_NOTICE = timedelta(weeks=8)
# So many at a time; the next sweep takes the rest.
PER_SWEEP = 1000


@transaction.atomic
def finalise_decisions(*, at: datetime) -> int:
    """Make final what nobody objected to in time, and uphold what nothing runs against any more; the number changed.

    A term that began with a message in the portal without its notice is not held against the addressee (E3): such a
    decision waits, until long after the letter went on paper or was read.
    """
    today, free = local_date(at), holidays()
    running = Objection.objects.filter(decision=OuterRef("pk"), state__in=OPEN_OBJECTIONS)
    message = Message.objects.filter(letter__decision=OuterRef("pk"))
    told = MessageEvent.objects.filter(
        kind__in=[MessageEvent.Kind.PAPER, MessageEvent.Kind.OPENED],
        at__lt=at - LATE_NOTICE,
        message__letter__decision=OuterRef("pk"),
    )
    noticed = MessageEvent.objects.arrived_notices().filter(
        Q(at__lte=F("message__posted_at") + NOTICE_WITHIN) | Q(at__lt=at - LATE_NOTICE),
        message__letter__decision=OuterRef("pk"),
    )
    # After the decision on an objection the same term is one to appeal (Awb 6:7, 8:1).
    in_court = Objection.objects.filter(
        Q(answer=OuterRef("pk")) | Q(reference=OuterRef("objection_reference")),
        state=ObjectionState.APPEAL_NOTED,
        appeal_outcome="",
    )
    waiting = (
        Decision.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(
            Q(state=DecisionState.SENT) & (~Exists(message) | Exists(noticed) | Exists(told))
            | Q(state=DecisionState.CONTESTED),
            ~Exists(running),
            ~Exists(in_court),
            objection_until__lt=today - WEEK,
        )
        .order_by("pk")[:PER_SWEEP]
    )
    over = [row for row in waiting if post_until(known(row.objection_until), free) < today]
    with at_once():
        for decision in over:
            before = decision.state
            final = before == DecisionState.SENT
            decision.state = DECISION_WORKFLOW.target(
                "finalise" if final else "uphold", state=before
            )
            verb = "decision_final" if final else "decision_upheld"
            record(decision, verb, actor=None, at=at, before=before, after=decision.state)
    Decision.objects.bulk_update(over, ["state"], 500)
    return len(over)
