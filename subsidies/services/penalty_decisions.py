"""The decision that a penalty is due, and how high it is: within two weeks after its last day (Awb 4:18)."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from ikc.roles import Role
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.documents import Municipality
from kvk2.core.errors import DomainError
from kvk2.core.models import LegalHoliday
from subsidies.documents import ObjectionClause, Signature
from subsidies.documents_penalty import PenaltyContext, PenaltyStep
from subsidies.letter_texts import LetterTextCode
from subsidies.models import (
    Application,
    DefaultNotice,
    Letter,
    PenaltyDecision,
    SigningMandate,
)
from subsidies.penalties import Penalty, decide_until
from subsidies.services.decision_guards import FourEyes, mandate_up_to
from subsidies.services.default_notices import penalty_for
from subsidies.services.letter_contexts import addressee, application_facts
from subsidies.services.letters import objection_until, order_letter
from subsidies.services.notices import written
from subsidies.services.scheme_terms import letter_texts

if TYPE_CHECKING:
    from ikc.models import User


class NoPenaltyDue(DomainError):
    """The penalty still runs, nothing is due, or it was fixed before."""

    code = "NO_PENALTY_DUE"


def fix_until(penalty: Penalty) -> date:
    """Until when the amount is fixed."""
    return decide_until(penalty, frozenset(LegalHoliday.objects.values_list("date", flat=True)))


@transaction.atomic
def fix_penalty(notice: DefaultNotice, *, by: "User", at: datetime) -> PenaltyDecision:
    """Fix what is due, and order the letter. Paying is not this deed.

    Refusals: `NoPenaltyDue`, `FourEyes`, `NoMandate`, `MissingElements`.
    """
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("round__scheme_version", "ikc", "board")
        .get(pk=notice.application_id)
    )
    notice = DefaultNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    notice.application = application
    if PenaltyDecision.objects.filter(notice=notice).exists():
        raise NoPenaltyDue("Deze dwangsom is al vastgesteld.")
    today = local_date(at)
    penalty = penalty_for(notice, today=today)
    if not penalty.is_over(today):
        raise NoPenaltyDue("De dwangsom loopt nog, of er is geen dwangsom verschuldigd.")
    if notice.recorded_by_id == by.pk:
        raise FourEyes("Wie de ingebrekestelling vastlegde, stelt de dwangsom niet vast.")
    mandate = mandate_up_to(by, penalty.amount, day=today)
    number = PenaltyDecision.objects.filter(notice__application=application).count() + 1
    reference = f"{application.number}-D{number}"
    letter = _letter(notice, penalty, reference, mandate, by=by, at=at)
    letter.require_complete()
    ordered = order_letter(Letter.Code.PENALTY, application, letter.as_dict(), at=at)
    decision = PenaltyDecision.objects.create(
        notice=notice,
        reference=reference,
        days=penalty.days,
        amount=penalty.amount,
        last_day=penalty.last_day,
        decide_until=fix_until(penalty),
        taken_at=at,
        taken_by=by,
        signing_mandate=mandate,
        letter=ordered,
    )
    record(
        application,
        "penalty_fixed",
        actor=by,
        at=at,
        role=Role.SIGNER.label,
        reference=reference,
        amount=penalty.amount,
        days=penalty.days,
    )
    return decision


def _letter(
    notice: DefaultNotice,
    penalty: Penalty,
    reference: str,
    mandate: SigningMandate,
    *,
    by: "User",
    at: datetime,
) -> PenaltyContext:
    application, municipality = notice.application, Municipality.from_settings()
    sent_on = local_date(at)
    steps = tuple(
        PenaltyStep(
            f"Dag {step.first_day} tot en met {step.last_day}", step.days, step.rate, step.amount
        )
        for step in penalty.steps
        if step.days
    )
    return PenaltyContext(
        municipality=municipality,
        addressee=addressee(application.board),
        sent_on=sent_on,
        reference=reference,
        application=application_facts(application),
        amount=penalty.amount,
        days=penalty.days,
        steps=steps,
        motivation=(
            f"Op {written(notice.received_on)} kregen wij uw brief dat wij te laat waren. Wij hadden daarna nog tot en "
            f"met {written(penalty.grace_ends)} om zonder dwangsom te beslissen.",
            f"De dwangsom liep van {written(penalty.first_day)} tot en met {written(penalty.last_day)}.",
        ),
        objection=ObjectionClause(
            last_day=objection_until(sent_on), postal_lines=municipality.address
        ),
        signature=Signature(
            name=by.full_name,
            function=by.job_title or "ondertekenaar",
            mandate=mandate.number,
            signed_at=at,
        ),
        objection_text=letter_texts(application.round.scheme_version)[LetterTextCode.OBJECTION],
        contact=notice.recorded_by.full_name,
        demo=settings.DEMO,
    )
