"""The question whether a reduced plan can be carried out, before a partial grant (domain reference 4.1, R5).

Fourteen days; who says no, or says nothing, is refused, and the money goes on to the next one.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.models import AllocationResult, AllocationRun, Application, PartialAcceptance
from subsidies.services.letters import recipients
from subsidies.services.ready_mail import say_ready
from subsidies.states import PARTIAL_OFFER_WORKFLOW, AllocationRunState, PartialOfferState

if TYPE_CHECKING:
    from ikc.models import User

TERM = timedelta(days=14)


class NoPartialGrant(DomainError):
    """Nothing to ask: the application gets no part of what is left in the run that counts."""


class OfferClosed(DomainError):
    """The question was answered, or its term is over."""


def offers_to_make(run: AllocationRun) -> list[AllocationResult]:
    """Who would get the remainder in this run, and was not asked yet about that amount or less."""
    if run.hypothetical or run.input["round"]["method"] not in ("tender", "first_come"):
        return []
    partial = run.results.filter(outcome=AllocationResult.Outcome.PARTIAL_GRANT)
    asked: Mapping[int, PartialAcceptance] = {
        offer.application_id: offer
        for offer in PartialAcceptance.objects.filter(
            application__round=run.round_id, state__in=["asked", "accepted"]
        ).order_by("pk")
    }
    return [
        result
        for result in partial.select_related("application__ikc").order_by("rank", "pk")
        if "ceiling" in result.reasons
        and (
            result.application_id not in asked
            or asked[result.application_id].offered > result.granted
        )
    ]


def asked_in(run: AllocationRun) -> list[PartialAcceptance]:
    """The last question to each application that gets a part in this run, with what came back."""
    partial = run.results.filter(outcome=AllocationResult.Outcome.PARTIAL_GRANT)
    offers = PartialAcceptance.objects.filter(application__in=partial.values("application"))
    last = {offer.application_id: offer for offer in _with_ikc(offers)}
    return list(last.values())


def _with_ikc(offers: QuerySet[PartialAcceptance]) -> QuerySet[PartialAcceptance]:
    return offers.select_related("application__ikc").order_by("pk")


def unanswered(run: AllocationRun) -> list[Application]:
    """Who gets the remainder in this run and did not say yes to it: not asked yet, or still within the term (rule R5)."""
    asked = PartialAcceptance.objects.filter(
        application__in=run.results.filter(outcome=AllocationResult.Outcome.PARTIAL_GRANT).values(
            "application"
        ),
        state=PartialOfferState.ASKED,
    ).select_related("application__ikc")
    waiting = [result.application for result in offers_to_make(run)]
    waiting += [offer.application for offer in asked.order_by("pk")]
    return sorted(set(waiting), key=lambda application: application.number)


@transaction.atomic
def ask_partial(
    run: AllocationRun, application: Application, *, by: "User", at: datetime
) -> PartialAcceptance:
    """Ask the applicant, with fourteen days to answer. Raises NoPartialGrant."""
    run = AllocationRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    result = next(
        (each for each in offers_to_make(run) if each.application_id == application.pk), None
    )
    if result is None or run.state != AllocationRunState.DRAFT:
        raise NoPartialGrant("Deze aanvraag krijgt geen restbedrag, of is er al over gevraagd.")
    # A question about a higher amount has no meaning any more.
    for earlier in application.partial_offers.select_for_update().filter(
        state=PartialOfferState.ASKED
    ):
        _close(earlier, "lapse", by=None, at=at)
    offer = PartialAcceptance.objects.create(
        application=application,
        run=run,
        offered=result.granted,
        asked_at=at,
        asked_by=by,
        answer_until=local_date(at) + TERM,
    )
    say_ready(
        recipients(application, day=local_date(at)),
        reference=application.number,
        path=offer.get_absolute_url(),
        at=at,
    )
    record(application, "partial_asked", actor=by, at=at, amount=offer.offered)
    return offer


@transaction.atomic
def answer_partial(
    offer: PartialAcceptance, *, accepts: bool, note: str, by: "User", at: datetime
) -> PartialAcceptance:
    """The answer of the applicant. Raises OfferClosed or TransitionNotAllowed."""
    offer = PartialAcceptance.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    if local_date(at) > offer.answer_until:
        raise OfferClosed("De termijn om te antwoorden is voorbij.")
    offer.note = note.strip()
    return _close(offer, "accept" if accepts else "decline", by=by, at=at)


@transaction.atomic
def lapse_offers(*, at: datetime) -> int:
    """End the questions whose last day is over; the number ended. No answer is no."""
    over = PartialAcceptance.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=PartialOfferState.ASKED, answer_until__lt=local_date(at)
    )
    return len([_close(offer, "lapse", by=None, at=at) for offer in over.order_by("pk")])


_VERBS = {
    "accept": "partial_accepted",
    "decline": "partial_declined",
    "lapse": "partial_lapsed",
}


def _close(
    offer: PartialAcceptance, transition: str, *, by: "User | None", at: datetime
) -> PartialAcceptance:
    before, offer.state = (
        offer.state,
        PARTIAL_OFFER_WORKFLOW.target(transition, state=offer.state),
    )
    if by is not None:
        offer.answered_at, offer.answered_by = at, by
    offer.save(update_fields=["state", "answered_at", "answered_by", "note"])
    record(
        offer.application,
        _VERBS[transition],
        actor=by,
        at=at,
        before=before,
        after=offer.state,
        amount=offer.offered,
    )
    return offer
