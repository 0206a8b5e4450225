"""The limits of the budgets in a round: copied from the scheme, and changed while the round is a draft."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from subsidies.budget import Rule, RuleKind, Severity
from subsidies.models import BudgetRule, LimitRow, SchemeVersion, SubsidyRound


@dataclass(frozen=True, slots=True)
class BudgetRuleContent:
    """A limit of the budget: euros an hour, or a percentage; `severity` is error or warning."""

    kind: str
    limit: Decimal
    severity: str = BudgetRule.Severity.ERROR
    text: str = ""


def budget_rules_of(version: SchemeVersion) -> list[BudgetRuleContent]:
    """What a new round under this version starts with."""
    rows = version.budget_rules.order_by("order", "pk")
    return [BudgetRuleContent(**row.content()) for row in rows]


def write_budget_rules(round_: SubsidyRound, rules: Sequence[BudgetRuleContent] | None) -> None:
    """Replace the limits of a draft; None stands for those of its scheme."""
    if rules is None:
        rules = budget_rules_of(round_.scheme_version)
    round_.budget_rules.all().delete()
    BudgetRule.objects.bulk_create(
        BudgetRule(round=round_, order=order, **asdict(rule)) for order, rule in enumerate(rules, 1)
    )


def rules_of(rows: Iterable[LimitRow]) -> list[Rule]:
    """The limits of a round or of a scheme, as the calculation wants them."""
    return [Rule(RuleKind(row.kind), row.limit, Severity(row.severity), row.text) for row in rows]
