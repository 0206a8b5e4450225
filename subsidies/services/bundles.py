"""The deeds on all decisions of a round: at once for a round of ordinary size, by a worker for a large one.

The letters of decisions that were taken together are made one by one and sent at one moment, so that nobody knows
the outcome before another (domain reference 3.5).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.models import AllocationRun, BundleDeed, Decision, Letter, SubsidyRound
from subsidies.services import decisions, letters
from subsidies.states import AllocationRunState

if TYPE_CHECKING:
    from ikc.models import User

logger = logging.getLogger(__name__)
Deed = BundleDeed.Deed
# So many decisions a request handles well within two seconds.
AT_ONCE = 25
# A letter that failed this often goes out later, by itself; the others do not wait for it.
PATIENCE = 4
SERVICES: Mapping[str, Callable[..., list[Decision]]] = {
    Deed.DRAFT: decisions.draft_decisions,
    Deed.CHECK: decisions.send_to_check,
    Deed.APPROVE: decisions.approve_decisions,
    Deed.TAKE: decisions.take_decisions,
}


class DeedRuns(DomainError):
    """A deed on these decisions is being carried out."""

    code = "DEED_RUNS"


def do(
    round_: SubsidyRound, deed: str, *, by: "User", at: datetime, checklist: Sequence[str] = ()
) -> list[Decision] | None:
    """Do `deed`, or order it when the round is large; the decisions, or None when a worker will do it.

    Refusals: those of `services.decisions`, and `DeedRuns`.
    """
    with transaction.atomic():
        round_ = SubsidyRound.objects.select_for_update(of=("self",)).get(pk=round_.pk)
        if running(round_) is not None:
            raise DeedRuns(
                "De vorige handeling op deze besluiten loopt nog. Wacht tot die klaar is."
            )
        row = BundleDeed.objects.create(
            round=round_, deed=deed, ordered_by=by, ordered_at=at, checklist=list(checklist)
        )
        if _size(round_) > AT_ONCE:
            return None
        return _carry_out(row, at=at)


def carry_out(deed_id: int, *, at: datetime) -> bool:
    """Do one ordered deed; False when another worker has it or did it. What it refuses stands in the row."""
    try:
        with transaction.atomic():
            row = (
                BundleDeed.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("round", "ordered_by")
                .filter(pk=deed_id, done_at=None, refusal="")
                .first()
            )
            if row is None:
                return False
            _carry_out(row, at=at)
    except DomainError as error:
        BundleDeed.objects.filter(pk=deed_id, done_at=None).update(refusal=error.message[:2000])
        return False
    return True


def running(round_: SubsidyRound) -> BundleDeed | None:
    """The deed that waits for a worker, or is being done."""
    return round_.bundle_deeds.filter(done_at=None, refusal="").first()


def send_together(deed_id: int, *, at: datetime) -> int:
    """Post the letters of decisions that were taken together, all in one transaction, once each of them is made.

    The number posted; 0 while a letter is still being made. A letter of yesterday is made anew with the date of today.
    """
    with transaction.atomic():
        row = (
            BundleDeed.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=deed_id, sent_at=None, done_at__isnull=False)
            .first()
        )
        if row is None or row.letters.to_make_together(PATIENCE).exists():
            return 0
        made = list(
            row.letters.made_and_unsent()
            .select_for_update(of=("self",))
            .select_related("application__board", "application__ikc")
            .order_by("pk")
        )
        today = local_date(at)
        if stale := [letter.pk for letter in made if not letters.is_dated(letter, today)]:
            letters.make_anew(stale, at=at)
            return 0
        for letter in made:
            letters.post_made(letter, at=at)
        row.sent_at = at
        row.save(update_fields=["sent_at"])
    return len(made)


def _carry_out(row: BundleDeed, *, at: datetime) -> list[Decision]:
    """The deed as of the moment that it was ordered: then the signer decided."""
    wishes: dict[str, Any] = {"by": row.ordered_by, "at": row.ordered_at}
    if row.deed == Deed.APPROVE:
        wishes["checklist"] = row.checklist
    done = SERVICES[row.deed](row.round, **wishes)
    row.done_at = at
    row.save(update_fields=["done_at"])
    if row.deed == Deed.TAKE:
        Letter.objects.filter(decision__in=done).update(together=row)
    return done


def _size(round_: SubsidyRound) -> int:
    run: AllocationRun | None = round_.runs.filter(state=AllocationRunState.LOCKED).first()
    return len(run.output["results"]) if run else 0
