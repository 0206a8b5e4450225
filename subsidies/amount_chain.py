"""The one chain of amounts, from asked to reclaimed (`STEPS`); per IKC, board, area, round or year.

One query, whatever the grouping: each amount is a fact of one application, and a group is a sum of those. What an
applicant typed in a draft does not count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db.models import (
    Case,
    DecimalField,
    F,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from subsidies.models import (
    ActualLine,
    Application,
    BudgetLine,
    CommissionAdvice,
    Decision,
    Payment,
)
from subsidies.states import FILED
from subsidies.states_payments import DONE_PAYMENTS

ZERO = Decimal(0)
_MONEY = DecimalField(max_digits=14, decimal_places=2)
_Conclusion = CommissionAdvice.Conclusion


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain; `meaning` says what is in it."""

    key: str
    label: str
    meaning: str


STEPS: Sequence[Step] = (
    Step("asked", "Gevraagd", "wat de aanvragers vroegen"),
    Step("maximum", "Maximum", "wat volgens de regeling hoogstens kan"),
    Step("advised", "Geadviseerd", "wat de IKC-commissie adviseerde"),
    Step("granted", "Verleend", "wat de besluiten geven die zijn verstuurd"),
    Step("advanced", "Betaald", "wat de bank heeft overgemaakt of wat is verrekend"),
    Step("accounted", "Verantwoord", "de kosten in de verantwoordingen die zijn ingediend"),
    Step("determined", "Vastgesteld", "wat na afloop is vastgesteld"),
    Step("reclaimed", "Teruggevorderd", "wat volgens een besluit terug moet"),
)
# By what the sums are made: the field that names a group, and its heading.
GROUPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "ikc": ("ikc__name", "IKC"),
        "bestuur": ("board__short_name", "Schoolbestuur"),
        "gebied": ("ikc__attention_area__name", "Aandachtsgebied"),
        "ronde": ("round__name", "Ronde"),
        "jaar": ("round__year", "Jaar"),
    }
)
NOWHERE = "Geen aandachtsgebied"


@dataclass(frozen=True, slots=True)
class ChainRow:
    """The sums of one group, in euros, in the order of `STEPS`."""

    name: str
    count: int
    amounts: tuple[Decimal, ...]


def chain(applications: QuerySet[Application], group: str) -> list[ChainRow]:
    """The sums of `applications` by `group` (a key of `GROUPS`), by name. One query."""
    field, _ = GROUPS[group]
    rows = (
        applications.filter(state__in=FILED)
        .order_by()
        .annotate(**_amounts())
        .values(field)
        .annotate(
            applications=Sum(Value(1)),
            **{
                f"sum_{step.key}": Coalesce(Sum(step.key), ZERO, output_field=_MONEY)
                for step in STEPS
            },
        )
    )
    found = [
        ChainRow(
            str(row[field]) if row[field] not in (None, "") else NOWHERE,
            row["applications"],
            tuple(row[f"sum_{step.key}"] for step in STEPS),
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: row.name)


def total(rows: Sequence[ChainRow]) -> ChainRow:
    """All groups together."""
    sums = tuple(sum((row.amounts[place] for row in rows), ZERO) for place in range(len(STEPS)))
    return ChainRow("Totaal", sum(row.count for row in rows), sums)


def _amounts() -> dict[str, Any]:
    """What each link is of one application. What there are more of is summed apart: a join would count the rest again."""
    paid = _sum(Payment, "grant__application", "amount", state__in=DONE_PAYMENTS)
    accounted = _sum(
        ActualLine,
        "report__grant__application",
        "actual",
        report__submitted_at__isnull=False,
        budget_line__side=BudgetLine.Side.EXPENDITURE,
    )
    reclaimed = _sum(
        Decision, "application", "amount", kind=Decision.Kind.RECOVERY, announced_at__isnull=False
    )
    return {
        "asked": F("requested_amount"),
        "maximum": F("max_amount"),
        "advised": Case(
            When(advice__conclusion=_Conclusion.NEGATIVE, then=Value(ZERO)),
            When(advice__proposed_amount__isnull=False, then=F("advice__proposed_amount")),
            When(advice__isnull=False, then=Coalesce("eligible_amount", "requested_amount")),
            default=Value(None),
            output_field=_MONEY,
        ),
        "granted": F("grant__amount"),
        "advanced": Subquery(paid, output_field=_MONEY),
        "accounted": Subquery(accounted, output_field=_MONEY),
        "determined": F("grant__determined_amount"),
        "reclaimed": Subquery(reclaimed, output_field=_MONEY),
    }


def _sum(model: type[Model], application: str, field: str, **which: Any) -> QuerySet:
    """The sum of `field` over the rows of one application, for a subquery."""
    rows = model._default_manager.filter(**{application: OuterRef("pk")}, **which)
    return rows.order_by().values(application).annotate(total=Sum(field)).values("total")
