"""Promised against achieved: what came of the earlier applications of the same IKC.

The same interest rule as for the application itself: what the reader has an interest in, or stepped aside from, is left
out whole, and nothing on the page says that it was there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, Subquery, Sum
from django.db.models.functions import Cast, JSONObject

from kvk2.core.charts import Chart, Series, bar_chart
from kvk2.core.money import format_amount, format_number, format_whole
from kvk2.nlds.templatetags.nlds import dutch_date
from subsidies.models import (
    Activity,
    Application,
    CommissionAdvice,
    Decision,
    EarlierGrant,
    Obligation,
)
from subsidies.states_obligations import ObligationState

if TYPE_CHECKING:
    from ikc.models import User

# So many rounds back are shown; what is older says little about the plan of today.
MOST = 5
OUTCOMES = {
    ObligationState.OPEN: "Nog niet bekend: er is nog geen bewijs ingediend.",
    ObligationState.EVIDENCE_SUBMITTED: "Er is bewijs ingediend; de gemeente moet nog oordelen.",
    ObligationState.MET: "Voldaan, volgens de gemeente.",
    ObligationState.PARTLY_MET: "Deels voldaan, volgens de gemeente.",
    ObligationState.NOT_MET: "Niet voldaan, volgens de gemeente.",
    ObligationState.WAIVED: "De gemeente heeft de verplichting laten vervallen.",
}
_ADOPTED = ("adopted", "sent", "followed", "deviated")


@dataclass(frozen=True, slots=True)
class Duty:
    """An effort that was asked of the IKC."""

    text: str
    due_on: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """One earlier application. `granted` is None while nothing was decided; 0 after a refusal."""

    round: str
    number: str
    title: str
    asked: Decimal | None
    granted: Decimal | None
    advice: str
    activities: tuple[str, ...]
    reach: int | None
    duties: tuple[Duty, ...]

    @property
    def promised(self) -> str:
        """What was planned, in one sentence."""
        if not self.activities:
            return "Van deze aanvraag zijn geen activiteiten bekend."
        names = ", ".join(self.activities)
        reach = "" if self.reach is None else f" Verwacht bereik: {format_whole(self.reach)}."
        return f"{names}.{reach}"


@dataclass(frozen=True, slots=True)
class History:
    """What the page beside the form shows of earlier rounds, newest first."""

    rows: tuple[Earlier, ...]
    before: tuple[EarlierGrant, ...]

    @property
    def chart(self) -> Chart | None:
        """Asked and granted per round; None without anything to draw."""
        rows = [row for row in reversed(self.rows) if row.asked is not None]
        if not rows:
            return None
        asked = sum((row.asked or Decimal(0) for row in rows), Decimal(0))
        decided = [row.granted for row in rows if row.granted is not None]
        words = "Er is nog geen besluit." if not decided else f"Verleend: {_euros(sum(decided))}."
        return bar_chart(
            [
                Series("Gevraagd", [row.asked for row in rows], "gevraagd"),
                Series("Verleend", [row.granted for row in rows], "verleend"),
            ],
            [row.round for row in rows],
            title="Gevraagd en verleend in eerdere rondes",
            description=f"Gevraagd: {_euros(asked)}. {words}",
            unit="€",
            first_header="Ronde",
            compact=True,
        )


def history_of(
    application: Application, reader: "User", before: Sequence[EarlierGrant] = ()
) -> History:
    """The earlier applications of the same IKC that `reader` may know of, in one query."""
    decided = Decision.objects.filter(
        application=OuterRef("pk"), kind__in=Decision.ANSWERS, announced_at__isnull=False
    ).exclude(state="replaced")
    advice = CommissionAdvice.objects.filter(application=OuterRef("pk"), state__in=_ADOPTED)
    activities = Activity.objects.filter(application=OuterRef("pk"))
    efforts = Obligation.objects.filter(
        decision__application=OuterRef("pk"),
        decision__announced_at__isnull=False,
        kind=Obligation.Kind.EFFORT,
    ).exclude(decision__state="replaced")
    rows = (
        Application.objects.filed()
        .filter(ikc=application.ikc_id, round__period_start__lt=application.round.period_start)
        .without_interest_of(reader)
        .without_recusal_of(reader)
        .annotate(
            decided_amount=Subquery(decided.order_by("-pk").values("amount")[:1]),
            advised=Subquery(advice.values("conclusion")[:1]),
            points=Subquery(advice.values("score")[:1]),
            planned=ArraySubquery(activities.order_by("order", "pk").values("title")),
            planned_reach=Subquery(
                activities.order_by().values("application").annotate(all=Sum("reach")).values("all")
            ),
            efforts=ArraySubquery(
                efforts.order_by("order", "pk").values(
                    told=JSONObject(text="text", due_on=Cast("due_on", CharField()), state="state")
                )
            ),
        )
        .select_related("round")
        .order_by("-round__period_start", "-pk")[:MOST]
    )
    return History(tuple(_earlier(row) for row in rows), tuple(before))


def _earlier(row: Application) -> Earlier:
    advised = CommissionAdvice.Conclusion(row.advised).label if row.advised else ""  # type: ignore[attr-defined]
    if advised and row.points is not None:  # type: ignore[attr-defined]
        advised += f", {format_number(row.points, 1)} van de 100 punten"  # type: ignore[attr-defined]
    return Earlier(
        round=row.round.name,
        number=row.number or "",
        title=row.title,
        asked=row.requested_amount,
        granted=row.decided_amount,  # type: ignore[attr-defined]
        advice=advised,
        activities=tuple(title for title in row.planned if title),  # type: ignore[attr-defined]
        reach=row.planned_reach,  # type: ignore[attr-defined]
        duties=tuple(_duty(told) for told in row.efforts),  # type: ignore[attr-defined]
    )


def _duty(told: dict[str, str]) -> Duty:
    due = dutch_date(date.fromisoformat(told["due_on"]))
    return Duty(told["text"], due, OUTCOMES[ObligationState(told["state"])])


def _euros(amount: Decimal | int) -> str:
    return format_amount(Decimal(amount), 0)
