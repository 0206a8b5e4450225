"""On whose behalf somebody may say something about the report of an IKC: a party of its agreement, or its director."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agreements.models import AgreementParty
from ikc.roles import Role
from monitoring.models import AnnualReport, ReportReaction, Return

if TYPE_CHECKING:
    from ikc.models import User


@dataclass(frozen=True, slots=True)
class Voice:
    """Who is asked for a reaction. The director speaks for no organisation, but for the IKC."""

    role: str
    name: str
    organisation_id: int | None = None

    @property
    def key(self) -> tuple[str, int | None]:
        return self.role, self.organisation_id

    @property
    def value(self) -> str:
        """For a form."""
        return f"{self.role}-{self.organisation_id or 0}"


def parties_of(reports: Iterable[AnnualReport]) -> dict[int, list[AgreementParty]]:
    """Key of a report about an IKC → the parties of the version by which its year was judged; two queries."""
    wanted = {
        (report.batch.cycle_id, report.agreement_id): report.pk
        for report in reports
        if report.agreement_id
    }
    returns = Return.objects.filter(
        cycle__in={cycle for cycle, _ in wanted}, agreement__in={pk for _, pk in wanted}
    ).values_list("cycle_id", "agreement_id", "version_id")
    versions = {
        version: wanted[cycle, agreement]
        for cycle, agreement, version in returns
        if (cycle, agreement) in wanted
    }
    found: dict[int, list[AgreementParty]] = {pk: [] for pk in wanted.values()}
    for party in AgreementParty.objects.filter(version__in=versions).in_order():
        found[versions[party.version_id]].append(party)
    return found


def _parties(report: AnnualReport) -> list[AgreementParty]:
    """Asked once of a report that was loaded: the predicate, the page and its form each want them."""
    kept = vars(report)
    if "asked_parties" not in kept:
        kept["asked_parties"] = parties_of([report]).get(report.pk, [])
    return kept["asked_parties"]


def voices(report: AnnualReport) -> list[tuple[Voice, AgreementParty | None]]:
    """The parties of the agreement, and the director as the last."""
    parties = _parties(report)
    asked: list[tuple[Voice, AgreementParty | None]] = [
        (Voice(party.role, party.organisation_name, party.organisation_id), party)
        for party in parties
    ]
    if report.agreement:
        director = Voice(ReportReaction.Role.DIRECTOR, f"directeur van {report.agreement.ikc}")
        asked.append((director, None))
    return asked


def voices_of(user: "User", report: AnnualReport) -> list[Voice]:
    """On whose behalf `user` may still react: nobody speaks twice."""
    if not report.agreement:
        return []
    given = {(row.role, row.organisation_id) for row in report.reactions.all()}
    is_director = report.agreement.ikc_id in user.ikc_ids(Role.IKC_DIRECTOR)
    return [
        voice
        for voice, party in voices(report)
        if voice.key not in given
        and (party.may_be_signed_by(user) if party is not None else is_director)
    ]
