"""Starting a version: the first one of an agreement, the next one, and giving one up."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Max, Model
from django.utils import timezone

from agreements.models import (
    AgreementClause,
    AgreementParty,
    AgreementTopic,
    AgreementVersion,
    Contribution,
    Programme,
    ProgrammeYear,
    ResultAgreement,
    StandardClause,
    YearTarget,
)
from agreements.services.locking import lock, lock_draft
from agreements.services.means import copy_means
from agreements.states import AGREEMENT_WORKFLOW, AgreementState, PartyRole
from ikc.models import AreaRecalibration, Ikc, Organisation
from ikc.plus import parties_of
from kvk2.core.audit import record
from kvk2.core.dates import in_figures
from kvk2.core.errors import DomainError
from kvk2.core.models import NumberSequence

if TYPE_CHECKING:
    from ikc.models import User

Row = TypeVar("Row", bound=Model)


class PeriodOutsideProgramme(DomainError):
    """The agreement would start before or end after the programme."""


class AgreementExists(DomainError):
    """The IKC has an agreement in this programme already."""


class VersionOpen(DomainError):
    """Somebody is working on a version; it comes first."""


class NotAChange(DomainError):
    """A next version without a reason, or for a year before the present one."""


@dataclass(frozen=True, slots=True)
class Frame:
    """From when until when an agreement runs, the first year with targets, and the notice term in months."""

    period_start: date
    period_end: date
    effective_year: ProgrammeYear
    notice_months: int = 6

    def check(self, programme: Programme) -> None:
        """Raises PeriodOutsideProgramme (domain reference T-RA-03)."""
        if not programme.start <= self.period_start < self.period_end <= programme.end:
            raise PeriodOutsideProgramme(
                f"De looptijd ligt binnen het programma: van {in_figures(programme.start)}"
                f" tot en met {in_figures(programme.end)}."
            )
        if self.effective_year.programme_id != programme.pk:
            raise PeriodOutsideProgramme("Dit jaar hoort bij een ander programma.")


@transaction.atomic
def draft_agreement(
    ikc: Ikc,
    *,
    programme: Programme,
    frame: Frame,
    by: "User | None",
    at: datetime,
    is_demo: bool = False,
) -> AgreementVersion:
    """The first version, with the seven topics to write about and the parties that the IKC has today."""
    frame.check(programme)
    if ResultAgreement.objects.filter(ikc=ikc, programme=programme).exists():
        raise AgreementExists("Dit IKC heeft al een resultaatafspraak in dit programma.")
    prefix = f"RA-{timezone.localtime(at).year}-"
    agreement = ResultAgreement.objects.create(
        ikc=ikc,
        programme=programme,
        reference=f"{prefix}{NumberSequence.take(prefix):03d}",
        is_demo=is_demo,
    )
    version = AgreementVersion.objects.create(
        agreement=agreement,
        number=1,
        ikc_name=ikc.name,
        period_start=frame.period_start,
        period_end=frame.period_end,
        effective_year=frame.effective_year,
        notice_months=frame.notice_months,
        drafted_by=by,
        drafted_at=at,
    )
    AgreementTopic.objects.bulk_create(
        AgreementTopic(version=version, code=code) for code in AgreementTopic.Code
    )
    AgreementClause.objects.bulk_create(
        AgreementClause(version=version, code=clause.code, text=clause.text)
        for clause in StandardClause.objects.filter(programme=programme)
        .on(timezone.localdate(at))
        .in_order()
    )
    AgreementParty.objects.bulk_create(
        AgreementParty(version=version, role=role, organisation=party, organisation_name=party.name)
        for role, party in _parties_of(ikc, day=timezone.localdate(at))
    )
    record(version, "agreement.drafted", actor=by, at=at, after=version.state)
    return version


def _parties_of(ikc: Ikc, *, day: date) -> list[tuple[PartyRole, Organisation]]:
    municipality = Organisation.objects.filter(kind=Organisation.Kind.MUNICIPALITY).order_by("pk")
    behind = Organisation.objects.filter(pk__in=parties_of(ikc, day=day)).order_by("pk")
    return [
        *((PartyRole.MUNICIPALITY, organisation) for organisation in municipality[:1]),
        (PartyRole.SCHOOL_BOARD, ikc.board),
        *((PartyRole.CHILDCARE, partner) for partner in behind.exclude(pk=ikc.board_id)),
    ]


@transaction.atomic
def draft_new_version(
    agreement: ResultAgreement,
    *,
    kind: str,
    reason: str,
    effective_year: ProgrammeYear,
    recalibration: AreaRecalibration | None = None,
    by: "User | None",
    at: datetime,
) -> AgreementVersion:
    """A copy of the version in force to change; the old one stays in force until all have signed the new one."""
    agreement = ResultAgreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    versions = AgreementVersion.objects.filter(agreement=agreement)
    if versions.open().exists():
        raise VersionOpen("Er is al een versie in bewerking of ter ondertekening.")
    previous = versions.with_content().by_relevance()[0]
    if not reason.strip():
        raise NotAChange("Schrijf op waarom de afspraak verandert.")
    _check_recalibration(kind, recalibration)
    if previous.state in (AgreementState.TERMINATED, AgreementState.COMPLETED):
        raise NotAChange("Deze afspraak is voorbij: er valt niets meer te wijzigen.")
    if previous.is_concluded and effective_year.index < previous.effective_year.index:
        raise NotAChange(
            f"Een wijziging geldt niet eerder dan de huidige versie: {previous.effective_year.label}."
        )
    highest = versions.aggregate(highest=Max("number"))["highest"]
    version = AgreementVersion(
        agreement=agreement,
        number=highest + 1,
        kind=kind,
        reason=reason.strip(),
        area_recalibration=recalibration,
        recalibration=named(recalibration) if recalibration else "",
        supersedes=previous,
        ikc_name=agreement.ikc.name,
        period_start=previous.period_start,
        period_end=previous.period_end,
        notice_months=previous.notice_months,
        effective_year=effective_year,
        drafted_by=by,
        drafted_at=at,
    )
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError as error:  # a trigger of monitoring knows which years are adopted
        raise NotAChange(
            "Een wijziging gaat niet over een jaar waarvan de cijfers zijn vastgesteld. Kies een later jaar."
        ) from error
    _copy_content(previous, version)
    record(
        version, "agreement.drafted", actor=by, at=at, after=version.state, reason=version.reason
    )
    return version


def _check_recalibration(kind: str, recalibration: AreaRecalibration | None) -> None:
    if (kind == AgreementVersion.Kind.RECALIBRATION) != (recalibration is not None):
        raise NotAChange("Kies bij een herijking, en alleen dan, uit welke herijking zij volgt.")
    if recalibration is not None and recalibration.adopted_on is None:
        raise NotAChange(f"{recalibration} is nog niet vastgesteld.")


def named(recalibration: AreaRecalibration) -> str:
    """'Herijking 2023, vastgesteld op 12-10-2023 (collegebesluit 12)': as the text of the agreement names it."""
    adopted = recalibration.adopted_on
    if adopted is None:
        return str(recalibration)
    return f"{recalibration}, vastgesteld op {in_figures(adopted)} ({recalibration.decision})"


def _copy_content(source: AgreementVersion, target: AgreementVersion) -> None:
    """Unchanged parts carry over; each indicator keeps its series, so that its figures go on."""
    for topic in source.topics.all():
        AgreementTopic.objects.create(version=target, code=topic.code, text=topic.text)
    AgreementClause.objects.bulk_create(
        _copy_of(clause, version=target) for clause in source.clauses.all()
    )
    for party in source.parties.all():
        contributions = list(party.contributions.all())
        copied = _copy(party, version=target)
        Contribution.objects.bulk_create(
            _copy_of(contribution, party=copied) for contribution in contributions
        )
    results = {}
    for result in source.results.all():
        indicators = list(result.indicators.all())
        new_result = results[result.pk] = _copy(result, version=target)
        for indicator in indicators:
            targets = list(indicator.targets.all())
            new_indicator = _copy(indicator, version=target, result=new_result)
            YearTarget.objects.bulk_create(
                _copy_of(row, indicator=new_indicator) for row in targets
            )
    copy_means(source, target, results)


def _copy(row: Row, **changes: Any) -> Row:
    copied = _copy_of(row, **changes)
    copied.save()
    return copied


def _copy_of(row: Row, **changes: Any) -> Row:
    """An unsaved twin of `row` with other values for `changes`."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in changes
    }
    return type(row)(**values, **changes)


@transaction.atomic
def change_frame(
    version: AgreementVersion, *, frame: Frame, by: "User | None", at: datetime
) -> AgreementVersion:
    """Another period or first year, while the version is a draft."""
    version = lock_draft(version)
    frame.check(version.agreement.programme)
    version.period_start, version.period_end = frame.period_start, frame.period_end
    version.effective_year = frame.effective_year
    version.notice_months = frame.notice_months
    version.ikc_name = version.agreement.ikc.name
    try:
        with transaction.atomic():
            version.save(
                update_fields=[
                    "period_start",
                    "period_end",
                    "effective_year",
                    "notice_months",
                    "ikc_name",
                ]
            )
    except IntegrityError as error:
        raise NotAChange(
            "Een wijziging gaat niet over een jaar waarvan de cijfers zijn vastgesteld. Kies een later jaar."
        ) from error
    record(version, "agreement.frame_changed", actor=by, at=at)
    return version


@transaction.atomic
def withdraw(
    version: AgreementVersion, *, reason: str, by: "User | None", at: datetime
) -> AgreementVersion:
    """Give a draft up; a version in force stays in force (domain reference T-RA-04)."""
    version = lock(version)
    before = version.state
    version.state = AGREEMENT_WORKFLOW.target("withdraw", state=version.state)
    version.save(update_fields=["state"])
    record(
        version,
        "agreement.withdrawn",
        actor=by,
        at=at,
        before=before,
        after=version.state,
        reason=reason,
    )
    return version
