"""What the page of one report shows besides the row itself."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from kvk2.nlds.components import Milestone
from kvk2.nlds.templatetags.nlds import dutch_date
from monitoring.editions import edition_of
from monitoring.editions.blocks import Section
from monitoring.models import AnnualReport, ReportReaction, ReportVersion
from monitoring.report_dataset import frozen_data
from monitoring.states import ReportStage
from monitoring.voices import Voice, voices, voices_of

if TYPE_CHECKING:
    from ikc.models import User

ORDER = (ReportStage.CONCEPT, ReportStage.HEARING, ReportStage.ADOPTED, ReportStage.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who is asked for a reaction, with what they said."""

    voice: Voice
    reaction: ReportReaction | None


class ReportPage:
    """Where the report stands, its frozen versions, and who said what."""

    def __init__(self, report: AnnualReport, user: "User", *, today: date) -> None:
        self.report, self.user, self.today = report, user, today

    @cached_property
    def voices(self) -> list[Voice]:
        """On whose behalf the reader may still react."""
        return voices_of(self.user, self.report)

    @cached_property
    def opening(self) -> tuple[Section, ...]:
        """How the report begins, out of its frozen data; nothing before there is a concept."""
        if self.report.current is None:
            return ()
        data = frozen_data(self.report.kind, self.report.current.dataset)
        return edition_of(data).sections[:1]

    @cached_property
    def asked(self) -> list[Asked]:
        """Everybody who is asked, once the report was laid before them."""
        if self.report.hearing_from is None:
            return []
        given = {(row.role, row.organisation_id): row for row in self.report.reactions.all()}
        return [Asked(voice, given.get(voice.key)) for voice, _ in voices(self.report)]

    @cached_property
    def versions(self) -> list[ReportVersion]:
        """Newest first; without the data themselves."""
        return list(
            self.report.versions.select_related("stored").defer("dataset").order_by("-number")
        )

    @cached_property
    def others(self) -> list[AnnualReport]:
        """The other numbers of the same report."""
        return list(
            AnnualReport.objects.visible_to(self.user)
            .filter(
                batch__cycle=self.report.batch.cycle_id,
                kind=self.report.kind,
                agreement=self.report.agreement_id,
            )
            .exclude(pk=self.report.pk)
            .select_related("batch")
            .order_by("-batch__number")
        )

    @property
    def newer(self) -> AnnualReport | None:
        """The newest number, when the report was replaced."""
        return self.others[0] if self.report.is_replaced and self.others else None

    @property
    def milestones(self) -> list[Milestone]:
        report = self.report
        days = {
            ReportStage.CONCEPT: report.finished_at and "",
            ReportStage.HEARING: report.hearing_until
            and f"tot en met {dutch_date(report.hearing_until)}",
            ReportStage.ADOPTED: report.adopted_in
            and dutch_date(report.adopted_in.meeting.takes_place_on),
            ReportStage.PUBLISHED: report.published_at and dutch_date(report.published_at),
        }
        wanted = [
            stage
            for stage in ORDER
            if report.kind == AnnualReport.Kind.IKC or stage != ReportStage.HEARING
        ]
        done = {stage for stage in wanted if days[stage]} | {ReportStage.CONCEPT}
        if report.is_replaced:
            wanted = [stage for stage in wanted if stage in done]
        return [
            Milestone(
                stage.label.capitalize(), _standing(stage, report.stage, done), days[stage] or ""
            )
            for stage in wanted
        ]


def _standing(stage: ReportStage, now: str, done: set[ReportStage]) -> str:
    if stage == now:
        return "current"
    return "done" if stage in done else "todo"
