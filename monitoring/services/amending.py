"""From a conclusion to another text of the agreement (bijstellen). The text itself is made by `agreements`."""

from datetime import datetime

from django.db import transaction

from agreements.models import AgreementVersion, ProgrammeYear
from agreements.services import drafting
from ikc.models import User
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from monitoring.models import AmendmentTrigger, Conclusion


class NothingToAmend(DomainError):
    """Only an adopted conclusion to amend begins another text, and once."""


@transaction.atomic
def start_amendment(
    conclusion: Conclusion, *, effective_year: ProgrammeYear, reason: str, by: User, at: datetime
) -> AgreementVersion:
    """Draft the next version of the agreement; the present one holds until all parties signed.

    Refusals: `NothingToAmend`, and those of `drafting.draft_new_version`.
    """
    conclusion = (
        Conclusion.objects.select_for_update(of=("self",))
        .select_related("of_return__agreement", "result")
        .get(pk=conclusion.pk)
    )
    if not (conclusion.is_adopted and conclusion.asks_amendment):
        raise NothingToAmend(
            "Alleen een vastgestelde conclusie ‘bijstellen’ leidt tot een bijstelling."
        )
    if AmendmentTrigger.objects.filter(conclusion=conclusion).exists():
        raise NothingToAmend("Voor deze conclusie is al een bijstelling gestart.")
    version = drafting.draft_new_version(
        conclusion.of_return.agreement,
        kind=AgreementVersion.Kind.AMENDMENT,
        reason=reason,
        effective_year=effective_year,
        by=by,
        at=at,
    )
    AmendmentTrigger.objects.create(
        conclusion=conclusion, version=version, started_by=by, started_at=at
    )
    record(
        conclusion.of_return, "amendment_started", actor=by, at=at,
        reason=reason.strip(), result=str(conclusion.result), version=str(version),
    )  # fmt: skip
    return version
