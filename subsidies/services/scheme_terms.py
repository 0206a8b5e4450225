"""What a version of a scheme means for one round or one grant: its words, its duties, its instalments, its account.

Everything is read from the version that the round stands on, never from the newest one.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from kvk2.core import deadlines
from kvk2.core.deadlines import DeadlineKind
from kvk2.core.money import MAXIMUM_AMOUNT
from subsidies.instalments import (
    AccountabilityBand,
    AdvanceSchedule,
    accountability_band,
    dated_instalments,
    instalments,
)
from subsidies.letter_texts import EXAMPLES
from subsidies.models import AccountabilityRule, LegalBasis, SchemeVersion, SubsidyRound
from subsidies.motivation import Ground
from subsidies.services.schemes import rows_of

# Awb 4:87: payment within six weeks of the announcement, unless the decision names a later day.
FIRST_PAYMENT_AFTER = timedelta(weeks=6)
# The relations that the functions below read, for a prefetch.
READ = (
    "legal_bases",
    "accountability",
    "instalments",
    "obligations",
    "refusal_grounds",
    "letter_texts",
)


def ordinances(version: SchemeVersion) -> str:
    """The rules under the Act that a decision stands on (Awb 3:47), as printed."""
    return ", ".join(
        basis.text
        for basis in rows_of(version, "legal_bases")
        if basis.kind != LegalBasis.Kind.AWB and basis.text != version.citation
    )


def articles(version: SchemeVersion, codes: Iterable[str]) -> tuple[str, ...]:
    """The articles of a decision: those of the scheme's own basis in the Awb, and those of its grounds."""
    known = grounds(version)
    basis = [row.text for row in rows_of(version, "legal_bases") if row.kind == LegalBasis.Kind.AWB]
    used = [known[code].article for code in codes if code in known]
    return tuple(dict.fromkeys([*basis, *used]))


def grounds(version: SchemeVersion) -> dict[str, Ground]:
    """The refusal grounds by their code, in the words of the scheme."""
    return {row.code: Ground(row.text, row.article) for row in rows_of(version, "refusal_grounds")}


def letter_texts(version: SchemeVersion) -> dict[str, str]:
    """The passages of the scheme; a passage that came after the version was in force has the wording of the portal."""
    return dict(EXAMPLES) | {row.code: row.text for row in rows_of(version, "letter_texts")}


def rule_for(version: SchemeVersion, amount: Decimal) -> AccountabilityRule:
    """How a grant of `amount` euros is accounted for; a bound belongs to the lighter band."""
    rules = {AccountabilityBand(row.band): row for row in rows_of(version, "accountability")}

    def bound(band: AccountabilityBand, otherwise: Decimal) -> Decimal:
        if band not in rules:
            return otherwise
        return MAXIMUM_AMOUNT if rules[band].up_to is None else rules[band].up_to

    direct = bound(AccountabilityBand.DIRECT, Decimal(0))
    found = accountability_band(
        amount, direct_max=direct, activity_max=bound(AccountabilityBand.ACTIVITY, direct)
    )
    return rules[found.band]


def account_due(rule: AccountabilityRule, round_: SubsidyRound) -> date | None:
    """The last day to ask for the determination (Awb 4:44); None where nothing is asked."""
    if rule.due_weeks is None:
        return None
    term = deadlines.deadline(DeadlineKind.ACCOUNT, round_.period_end, amount=rule.due_weeks)
    return term.last_day


def payments(round_: SubsidyRound, amount: Decimal, *, today: date) -> list[tuple[Decimal, date]]:
    """The instalments of a grant with their days (Awb 4:53, 4:95); no instalment falls within six weeks of `today`.

    What is determined at once is paid at once (Awb 4:87).
    """
    version = round_.scheme_version
    first = max(round_.period_start, today + FIRST_PAYMENT_AFTER)
    if rule_for(version, amount).band == AccountabilityBand.DIRECT:
        return [(amount, first)]
    schedule, days = _schedule(round_, amount, first)
    return list(zip(schedule.instalments, days, strict=False))


def _schedule(
    round_: SubsidyRound, amount: Decimal, first: date
) -> tuple[AdvanceSchedule, list[date]]:
    version = round_.scheme_version
    if fixed := rows_of(version, "instalments"):
        dated = sorted(
            (max(_next(row.day, row.month, round_.period_start), first), row.percentage)
            for row in fixed
        )
        return dated_instalments(amount, [share for _, share in dated]), [day for day, _ in dated]
    count = version.advance_count
    # Spread evenly over what is left of the subsidy period.
    length = max((round_.period_end - first).days + 1, count)
    days = [first + timedelta(days=length * step // count) for step in range(count)]
    return instalments(amount, version.advance_percentage, count), days


def _next(day: int, month: int, start: date) -> date:
    """The first such day of the year on or after `start`."""
    found = date(start.year, month, day)
    return found if found >= start else date(start.year + 1, month, day)
