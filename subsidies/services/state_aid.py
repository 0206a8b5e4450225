"""The check on state aid, per application (VWEU 107 and 108, Awb 4:35(3); domain reference 3.13).

No grant is drafted or taken without it. Where the applicant says that no money reaches an undertaking, who admits the
application adopts the usual answer, no economic activity; else somebody assesses it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.money import format_amount
from subsidies.de_minimis import OwnAid, Room, room_for, window_start
from subsidies.facts import known
from subsidies.models import Application, Decision, StateAidAssessment
from subsidies.services.legal_figures import limit_on
from subsidies.states import ApplicationState, DecisionState

if TYPE_CHECKING:
    from ikc.models import User

# From the check of the application until the decisions are drafted from the division.
ASSESSABLE = (
    ApplicationState.CHECKING,
    ApplicationState.ADMITTED,
    ApplicationState.IN_REVIEW,
    ApplicationState.ADVISED,
)
GIVEN = (
    DecisionState.TAKEN,
    DecisionState.SENT,
    DecisionState.FINAL,
    DecisionState.CONTESTED,
    DecisionState.UPHELD,
)
Outcome = StateAidAssessment.Outcome
USUAL = (
    "De aanvrager verklaart dat er geen geld van de subsidie naar een onderneming gaat. Het gaat om onderwijs dat de "
    "overheid bekostigt; dat is geen economische activiteit."
)


class StateAidFixed(DomainError):
    """The application is past the point where this can change."""


class StatementMissing(DomainError):
    """De-minimis aid without the undertaking, its statement, or an amount."""


class StateAidMissing(DomainError):
    """A grant without an assessment, or one that is incompatible with the internal market."""


class DeMinimisExceeded(DomainError):
    """Over three years one undertaking would get more than the regulation allows."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """What was found. The rest only for de-minimis aid; amounts in euros, `received_before` over three years."""

    outcome: str
    motivation: str
    undertaking: str = ""
    aid_amount: Decimal | None = None
    received_before: Decimal | None = None
    statement_on: date | None = None


@transaction.atomic
def assess_state_aid(
    application: Application, found: Assessed, *, by: "User", at: datetime
) -> StateAidAssessment:
    """Write down whether the subsidy is state aid and why it may be given.

    Raises StateAidFixed, StatementMissing or DeMinimisExceeded.
    """
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if not is_assessable(application):
        raise StateAidFixed("De beoordeling van staatssteun kan nu niet meer veranderen.")
    declared = found.outcome in StateAidAssessment.DECLARED
    if declared:
        _refuse_half(application, found)
    assessment, _ = StateAidAssessment.objects.update_or_create(
        application=application,
        defaults={
            "outcome": found.outcome,
            "motivation": found.motivation.strip(),
            "undertaking": found.undertaking.strip() if declared else "",
            "aid_amount": found.aid_amount if declared else None,
            "received_before": found.received_before if declared else None,
            "statement_on": found.statement_on if declared else None,
            "assessed_at": at,
            "assessed_by": by,
        },
    )
    if declared:
        _refuse_too_much(assessment, day=local_date(at))
    record(application, "state_aid_assessed", actor=by, at=at, outcome=found.outcome)
    return assessment


def adopt_usual_answer(application: Application, *, by: "User | None", at: datetime) -> None:
    """With the admission: no economic activity, where the applicant says that no undertaking gets money."""
    statement = getattr(application, "state_aid_statement", None)
    if by is None or statement is None or statement.reaches_undertaking is not False:
        return
    _, created = StateAidAssessment.objects.get_or_create(
        application=application,
        defaults={
            "outcome": Outcome.NO_ECONOMIC_ACTIVITY,
            "motivation": USUAL,
            "assessed_at": at,
            "assessed_by": by,
        },
    )
    if created:
        record(
            application,
            "state_aid_assessed",
            actor=by,
            at=at,
            outcome=str(Outcome.NO_ECONOMIC_ACTIVITY),
        )


def without_assessment(applications: Iterable[Application]) -> list[Application]:
    """Those of `applications`, which get money, that nobody assessed; in order of number."""
    wanted = {application.pk: application for application in applications}
    rows = StateAidAssessment.objects.filter(application__in=wanted)
    assessed = set(rows.values_list("application", flat=True))
    missing = [application for pk, application in wanted.items() if pk not in assessed]
    return sorted(missing, key=lambda application: application.number)


def is_assessable(application: Application) -> bool:
    """Before the decisions; after a refusal that is contested only where nobody needed to judge before."""
    if application.state in ASSESSABLE:
        return True
    contested = Decision.objects.filter(
        application_id=application.pk, state=DecisionState.CONTESTED
    )
    return contested.exists() and not hasattr(application, "state_aid")


def refuse_without_assessment(granted: Mapping[Application, Decimal], *, day: date) -> None:
    """Every grant has an assessment that allows it, and fits with the others. Amounts in euros by application.

    Raises StateAidMissing or DeMinimisExceeded.
    """
    positive = {application: amount for application, amount in granted.items() if amount > 0}
    if missing := without_assessment(positive):
        numbers = ", ".join(application.number for application in missing)
        raise StateAidMissing(f"Beoordeel eerst de staatssteun van {numbers}.")
    rows = list(
        StateAidAssessment.objects.filter(application__in=positive)
        .select_related("application")
        .order_by("application__number")
    )
    if forbidden := [row for row in rows if row.outcome == Outcome.INCOMPATIBLE]:
        raise StateAidMissing(
            f"De subsidie van {forbidden[0].application.number} is onverenigbaar met de interne markt. "
            "Die moet worden geweigerd (artikel 4:35, derde lid, Awb)."
        )
    given_now = [row for row in rows if row.outcome in StateAidAssessment.DECLARED]
    for row in given_now:
        others = [
            OwnAid(
                other.application.number,
                min(known(other.aid_amount), positive[other.application]),
                day,
            )
            for other in given_now
            if other.pk != row.pk and _counts_for(row, other)
        ]
        _refuse_too_much(
            row,
            day=day,
            besides=others,
            leave_out=set(positive),
            amount=positive[row.application],
        )


def own_aid(
    undertaking: str, outcome: str, *, day: date, leave_out: Collection[Application] = ()
) -> list[OwnAid]:
    """What we gave `undertaking` by decision in the three years before `day`, oldest first."""
    counted = [outcome] if outcome == Outcome.DE_MINIMIS else list(StateAidAssessment.DECLARED)
    rows = (
        Decision.objects.filter(
            application__state_aid__undertaking__iexact=undertaking.strip(),
            application__state_aid__outcome__in=counted,
            state__in=GIVEN,
            kind__in=Decision.GRANTS,
            taken_at__date__gte=window_start(day),
        )
        .exclude(application__in=leave_out)
        .order_by("taken_at", "pk")
        .values_list(
            "application__number", "application__state_aid__aid_amount", "amount", "taken_at"
        )
    )
    return [
        OwnAid(number, min(known(aid), amount), local_date(known(taken_at)))
        for number, aid, amount, taken_at in rows
    ]


def room_of(
    assessment: StateAidAssessment,
    *,
    day: date,
    besides: Iterable[OwnAid] = (),
    leave_out: Collection[Application] = (),
    amount: Decimal | None = None,
) -> Room:
    """The sum over three years for one de-minimis assessment. Raises DeMinimisExceeded when no regulation holds."""
    limit = limit_on(assessment.outcome, day)
    if limit is None:
        raise DeMinimisExceeded("Op deze dag geldt geen verordening voor deze de-minimissteun.")
    aid = known(assessment.aid_amount)
    own = own_aid(
        assessment.undertaking,
        assessment.outcome,
        day=day,
        leave_out=leave_out or [assessment.application],
    )
    return room_for(
        aid if amount is None else min(aid, amount),
        declared=known(assessment.received_before),
        declared_on=known(assessment.statement_on),
        own=[*own, *besides],
        limit=limit,
    )


def _counts_for(row: StateAidAssessment, other: StateAidAssessment) -> bool:
    same = row.undertaking.casefold() == other.undertaking.casefold()
    return same and (row.outcome == Outcome.SGEI_DE_MINIMIS or other.outcome == row.outcome)


def _refuse_half(application: Application, found: Assessed) -> None:
    if not found.undertaking.strip() or found.received_before is None or found.statement_on is None:
        raise StatementMissing(
            "Vul bij de-minimissteun de onderneming in, de datum van de verklaring en het bedrag van eerdere steun."
        )
    asked = known(application.requested_amount)
    if found.aid_amount is None or not 0 < found.aid_amount <= asked:
        raise StatementMissing(
            f"Vul in hoeveel van de {format_amount(asked)} de onderneming krijgt."
        )


def _refuse_too_much(
    assessment: StateAidAssessment,
    *,
    day: date,
    besides: Iterable[OwnAid] = (),
    leave_out: Collection[Application] = (),
    amount: Decimal | None = None,
) -> None:
    room = room_of(assessment, day=day, besides=besides, leave_out=leave_out, amount=amount)
    if not room.fits:
        raise DeMinimisExceeded(
            f"{assessment.undertaking} komt over drie jaar op {format_amount(room.total)} de-minimissteun: "
            f"{format_amount(room.before)} van eerder en {format_amount(room.now)} bij "
            f"{assessment.application.number}. Hoogstens {format_amount(room.limit)} mag."
        )
