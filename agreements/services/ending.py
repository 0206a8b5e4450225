"""Looking back each year, giving notice, and the end of an agreement (domain reference 5.4)."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from agreements.models import (
    AgreementParty,
    AgreementVersion,
    AnnualEvaluation,
    ResultAgreement,
    Termination,
)
from agreements.services.locking import lock
from agreements.services.notifying import tell_table
from agreements.services.refusals import NotMandated
from agreements.states import (
    AGREEMENT_WORKFLOW,
    CONCLUDED,
    PLUS_CONDITION,
    SIGNING_ROLE,
    AgreementState,
    PartyRole,
)
from ikc.services.plus_life import settle_condition
from ikc.states import ConditionOutcome
from kvk2.core.audit import record
from kvk2.core.errors import DomainError

if TYPE_CHECKING:
    from ikc.models import User

AUGUST = 8


class NotInForce(DomainError):
    """Only an agreement that holds can be evaluated or ended."""


class NoticeGiven(DomainError):
    """A party gave notice before."""


class TooLateToEnd(DomainError):
    """With the notice term the agreement would end after its last day."""


class AlreadyEvaluated(DomainError):
    """There is an evaluation of this year, or a final one."""


def end_after_notice(given_on: date, *, months: int) -> date:
    """The first 1 August that is at least `months` months after the day of the notice (domain reference Q27).

    >>> end_after_notice(date(2026, 2, 1), months=6), end_after_notice(date(2026, 2, 2), months=6)
    (datetime.date(2026, 8, 1), datetime.date(2027, 8, 1))
    """
    year = given_on.year
    while _months_before(year, months) < given_on:
        year += 1
    return date(year, AUGUST, 1)


def _months_before(year: int, months: int) -> date:
    """The first day of the month that lies `months` months before August of `year`."""
    count = year * 12 + AUGUST - 1 - months
    return date(count // 12, count % 12 + 1, 1)


@transaction.atomic
def give_notice(party: AgreementParty, *, reason: str, by: "User", at: datetime) -> Termination:
    """A party ends the agreement, with the notice term that stands in it; until that day it holds.

    Refusals: `NotInForce`, `NotMandated`, `NoticeGiven`, `TooLateToEnd`.
    """
    version = lock(party.version)
    if version.state != AgreementState.IN_FORCE:
        raise NotInForce("Alleen een afspraak die in werking is, kan worden opgezegd.")
    if not party.may_be_signed_by(by):
        raise NotMandated(f"U spreekt niet namens {party.organisation_name}.")
    if Termination.objects.filter(version=version).exists():
        raise NoticeGiven("Deze afspraak is al opgezegd.")
    ends_on = end_after_notice(timezone.localdate(at), months=version.notice_months)
    if ends_on > version.period_end:
        raise TooLateToEnd("Met de opzegtermijn loopt de afspraak al eerder vanzelf af.")
    notice = Termination.objects.create(
        version=version,
        party=party,
        reason=reason.strip(),
        given_by=by,
        name=by.full_name,
        given_at=at,
        ends_on=ends_on,
    )
    record(
        version,
        "agreement.notice_given",
        actor=by,
        at=at,
        on_behalf_of=party.organisation_name,
        role=SIGNING_ROLE[PartyRole(party.role)],
        reason=notice.reason,
        ends_on=ends_on,
    )
    tell_table(version, "notice_given", by=by, at=at, notice=notice)
    return notice


@transaction.atomic
def evaluate(
    agreement: ResultAgreement,
    *,
    year: int,
    outcome: str,
    text: str,
    held_on: date,
    is_final: bool,
    by: "User",
    at: datetime,
) -> AnnualEvaluation:
    """Write down what the parties concluded about a calendar year. Refusals: `NotInForce`, `AlreadyEvaluated`."""
    version = agreement.versions.filter(state__in=CONCLUDED).order_by("-number").first()
    if version is None:
        raise NotInForce("Er is nog geen afspraak om te evalueren.")
    lock(version)
    if not version.period_start.year <= year <= version.period_end.year:
        raise NotInForce(f"De afspraak loopt niet in {year}.")
    if held_on > timezone.localdate(at):
        raise DomainError("Leg een evaluatie vast nadat zij is besproken.")
    present = AnnualEvaluation.objects.filter(agreement=agreement)
    if present.filter(year=year).exists():
        raise AlreadyEvaluated(f"Over {year} is al een evaluatie vastgelegd.")
    if present.filter(is_final=True).exists():
        raise AlreadyEvaluated("De eindevaluatie is al vastgelegd.")
    evaluation = AnnualEvaluation.objects.create(
        agreement=agreement,
        year=year,
        outcome=outcome,
        text=text.strip(),
        held_on=held_on,
        is_final=is_final,
        written_by=by,
        written_at=at,
    )
    record(version, "agreement.evaluated", actor=by, at=at, year=year, outcome=outcome)
    return evaluation


def end_agreements(*, at: datetime) -> int:
    """Sweep: end what was given notice of, and complete what ran its time and was evaluated; the number of them."""
    today = timezone.localdate(at)
    held = AgreementVersion.objects.in_force().order_by("pk")
    given_up = held.filter(termination__ends_on__lte=today)
    done = held.filter(period_end__lt=today, agreement__evaluations__is_final=True)
    ended = 0
    for name, versions in (("terminate", given_up), ("complete", done)):
        for pk in list(versions.values_list("pk", flat=True)):
            ended += _end(pk, name, at=at)
    return ended


@transaction.atomic
def _end(pk: int, transition: str, *, at: datetime) -> int:
    """One version, unless somebody else has it or had it."""
    version = (
        AgreementVersion.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("agreement__ikc")
        .filter(pk=pk, state=AgreementState.IN_FORCE)
        .first()
    )
    if version is None:
        return 0
    before = version.state
    version.state = AGREEMENT_WORKFLOW.target(transition, state=before)
    version.save(update_fields=["state"])
    verb = {"terminate": "agreement.terminated", "complete": "agreement.completed"}[transition]
    record(version, verb, actor=None, at=at, before=before, after=version.state)
    _withdraw_open(version, at=at)
    settle_condition(
        version.agreement.ikc,
        PLUS_CONDITION,
        ConditionOutcome.NOT_MET,
        f"Resultaatafspraak {version} is {version.get_state_display()}.",
        by=None,
        at=at,
    )
    return 1


def _withdraw_open(ended: AgreementVersion, *, at: datetime) -> None:
    """A next version that was still being drafted has nothing to follow any more."""
    drafts = AgreementVersion.objects.filter(
        agreement=ended.agreement_id, state__in=("draft", "negotiation")
    )
    for version in drafts.order_by("pk"):
        before = version.state
        version.state = AGREEMENT_WORKFLOW.target("withdraw", state=before)
        version.save(update_fields=["state"])
        record(
            version, "agreement.withdrawn", actor=None, at=at, before=before, after=version.state
        )
