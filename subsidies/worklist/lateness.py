"""Decisions whose term is over, and default notices: for who prepares the decision and who signs it."""

from datetime import date

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.models import LateWarning
from subsidies.term_kinds import Term, TermKind
from subsidies.terms import late_terms
from subsidies.worklist.reads import StartReads

# What there is to do, from each of the days that count (domain reference 3.2).
HINTS = dict(
    zip(
        LateWarning.DAYS,
        (
            "lukt het niet? Meld de aanvrager wanneer het besluit komt",
            "meld de aanvrager wanneer het besluit komt",
            "de aanvrager mag ons in gebreke stellen",
        ),
        strict=True,
    )
)


def tasks_for(user: User, *, today: date, reads: StartReads | None = None) -> list[WorkItem]:
    """The tasks of `user`; no query for somebody whom none of them concerns."""
    if not user.has_role(Role.PROJECT_LEADER, Role.SIGNER):
        return []
    rounds = (reads or StartReads(user)).rounds
    return [_item(term, today=today) for term in late_terms(user, today=today, rounds=rounds)]


def _item(term: Term, *, today: date) -> WorkItem:
    late = -term.days_left(today)
    if term.kind == TermKind.DEFAULT:
        badge = "dwangsom loopt" if late > 0 else "in gebreke gesteld"
        return WorkItem(term.title, term.url, term.round_name, badge, "danger", term.due_on)
    if term.kind == TermKind.PENALTY:
        kind = "danger" if late > 0 else "warning"
        badge = "dwangsom vaststellen"
        return WorkItem(term.title, term.url, term.round_name, badge, kind, term.due_on)
    step = max(day for day in LateWarning.DAYS if day <= late)
    badge = f"{late} {'dag' if late == 1 else 'dagen'} te laat" if late else "vandaag"
    kind = "warning" if step == 0 else "danger"
    return WorkItem(term.title, term.url, HINTS[step], badge, kind, term.due_on)
