"""Sweeps over rows that wait; a message that gets lost costs a little time and never the work itself."""

from time import monotonic

from celery import shared_task
from django.utils import timezone

from kvk2.core.middleware import LONGEST_WAIT
from subsidies.models import (
    BundleDeed,
    CaseExport,
    CollegeProposal,
    Disclosure,
    Letter,
    MinutesFile,
)
from subsidies.services import (
    account_checks,
    account_reminders,
    accounts,
    attachments,
    bundles,
    case_exports,
    completions,
    delivery,
    destruction,
    disclosure_files,
    finality,
    grant_intents,
    late_warnings,
    letters,
    minutes,
    objection_terms,
    partial_offers,
    plus_delivery,
    proposals,
    recoveries,
    refusals,
    register,
    round_ending,
    rounds,
    subsidy_register,
    suspensions,
)

# A sweep ends well before the time limit of a task; beat starts the next within seconds.
SECONDS_PER_SWEEP = 80


@shared_task
def render_pending_letters() -> int:
    """Make and post the letters whose turn it is; the number made."""
    until = monotonic() + SECONDS_PER_SWEEP
    waiting = Letter.objects.to_make(timezone.now()).order_by("next_attempt_at", "pk")
    made = 0
    for pk in waiting.values_list("pk", flat=True):
        if monotonic() > until:
            break
        made += letters.render_letter(pk, at=timezone.now())
    together = BundleDeed.objects.filter(sent_at=None, done_at__isnull=False, deed="take")
    for pk in together.order_by("pk").values_list("pk", flat=True):
        bundles.send_together(pk, at=timezone.now())
    return made


@shared_task
def carry_out_bundle_deeds() -> int:
    """Do what was ordered on all decisions of a large round, oldest first; the number done."""
    waiting = BundleDeed.objects.filter(done_at=None, refusal="").order_by("pk")
    return sum(
        bundles.carry_out(pk, at=timezone.now()) for pk in waiting.values_list("pk", flat=True)
    )


@shared_task
def render_pending_proposals() -> int:
    """Make the proposals to the college whose turn it is; the number made."""
    waiting = CollegeProposal.objects.to_make(timezone.now()).order_by("next_attempt_at", "pk")
    return sum(
        proposals.render_proposal_file(pk, at=timezone.now())
        for pk in waiting.values_list("pk", flat=True)
    )


@shared_task
def render_pending_minutes() -> int:
    """Make the adopted minutes whose turn it is; the number made."""
    until = monotonic() + SECONDS_PER_SWEEP
    waiting = MinutesFile.objects.to_make(timezone.now()).order_by("next_attempt_at", "pk")
    made = 0
    for pk in waiting.values_list("pk", flat=True):
        if monotonic() > until:
            break
        made += minutes.render_file(pk, at=timezone.now())
    return made


@shared_task
def open_and_close_rounds() -> int:
    """Open and close rounds by the clock, and settle what is finished; the number of rounds that changed."""
    now = timezone.now()
    moved = rounds.open_due_rounds(at=now) + rounds.close_due_rounds(at=now, wait=LONGEST_WAIT)
    return moved + round_ending.settle_due_rounds(at=now)


@shared_task
def expire_completions() -> int:
    """End the requests to complete whose last day is over; the number ended."""
    return completions.expire_completions(at=timezone.now())


@shared_task
def forget_removed_files() -> int:
    """Take away for good what applicants removed from drafts that have ended; the number taken away."""
    return attachments.forget_removed()


@shared_task
def lapse_partial_offers() -> int:
    """End the questions about a lower amount whose last day is over; the number ended."""
    return partial_offers.lapse_offers(at=timezone.now())


@shared_task
def lapse_views() -> int:
    """End the terms to give a view whose last day is over; the number ended."""
    return refusals.lapse_views(at=timezone.now())


@shared_task
def warn_late_decisions() -> int:
    """Tell who decides that a term ends today, or ended a week or two ago; the number of warnings."""
    return late_warnings.warn_late_decisions(at=timezone.now())


@shared_task
def delete_old_interests() -> int:
    """Wipe what former members declared when its term is over; the number of members wiped."""
    return register.delete_old_interests(at=timezone.now())


@shared_task
def prepare_register_entries() -> int:
    """Copy announced decisions on money into the subsidy register, for somebody to check; the number copied."""
    return subsidy_register.prepare_entries(at=timezone.now())


@shared_task
def lapse_repairs() -> int:
    """End the terms to repair an objection of which the last day is over; the number ended."""
    return objection_terms.lapse_repairs(at=timezone.now())


@shared_task
def finalise_decisions() -> int:
    """Make final what nobody objected to in time; the number of decisions that changed."""
    return finality.finalise_decisions(at=timezone.now())


@shared_task
def keep_accounts() -> int:
    """Open accounts after the period, remind of them, end completions, say which claims are late; the number that changed."""
    now = timezone.now()
    return (
        accounts.start_reports(at=now)
        + accounts.open_due_reports(at=now)
        + account_reminders.remind(at=now)
        + account_checks.expire_completions(at=now)
        + recoveries.pass_terms(at=now)
    )


@shared_task
def end_suspensions() -> int:
    """Payment goes on by itself after thirteen weeks (Awb 4:56); the number of suspensions that ended."""
    return suspensions.end_due_suspensions(at=timezone.now())


@shared_task
def note_failed_notices() -> int:
    """Write down which notices of messages could not be delivered; the number written down."""
    now = timezone.now()
    return delivery.note_failed_notices(at=now) + plus_delivery.note_failed(at=now)


@shared_task
def lapse_intents() -> int:
    """End the terms to react to an intention about a grant of which the last day is over; the number ended."""
    return grant_intents.lapse_intents(at=timezone.now())


@shared_task
def make_case_exports() -> int:
    """Make the exports of cases whose turn it is; the number made."""
    until = monotonic() + SECONDS_PER_SWEEP
    waiting = CaseExport.objects.to_make(timezone.now()).order_by("next_attempt_at", "pk")
    made = 0
    for pk in waiting.values_list("pk", flat=True):
        if monotonic() > until:
            break
        made += case_exports.make_export(pk, at=timezone.now())
    return made


@shared_task
def destroy_signed_cases() -> int:
    """Destroy what two people signed for; the number of cases destroyed. Goes on where a worker was killed."""
    return destruction.execute_signed(at=timezone.now())


@shared_task
def forget_old_drafts() -> int:
    """Take away drafts that nobody filed, when their term is over; the number taken away."""
    return destruction.forget_drafts(at=timezone.now())


@shared_task
def propose_destruction() -> int:
    """Once a year: the list of cases whose term is over; the number of cases on it."""
    try:
        return destruction.propose_list(by=None, at=timezone.now()).lines.count()
    except (destruction.ListOpen, destruction.NothingToDestroy):
        return 0


@shared_task
def work_on_disclosures() -> int:
    """Read and copy the documents that somebody outside gets, oldest first; the number of documents done."""
    until = monotonic() + SECONDS_PER_SWEEP
    waiting = Disclosure.objects.to_work_on(timezone.now()).order_by("next_attempt_at", "pk")
    return sum(
        disclosure_files.work_on(pk, at=timezone.now(), busy_until=until)
        for pk in waiting.values_list("pk", flat=True)
        if monotonic() < until
    )
