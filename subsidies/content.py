"""The rows that make up the content of an application beside its own columns, read once for a page or a letter."""

from dataclasses import dataclass

from ikc.services.child_counts import DuoFigure
from subsidies.models import (
    Activity,
    AnalysisFigure,
    ChildCountStatement,
    DeMinimisAid,
    PartnerConfirmation,
    StateAidStatement,
    SubApplication,
)
from subsidies.plan_domains import Domain, labels_of


@dataclass(frozen=True, slots=True)
class Partner:
    """A childcare partner of the IKC, with its last word on the application."""

    organisation_id: int
    name: str
    has_account: bool
    last: PartnerConfirmation | None


@dataclass(frozen=True, slots=True)
class ApplicationContent:
    activities: tuple[Activity, ...] = ()
    sub: SubApplication | None = None
    state_aid: StateAidStatement | None = None
    de_minimis: tuple[DeMinimisAid, ...] = ()
    figures: tuple[AnalysisFigure, ...] = ()
    partners: tuple[Partner, ...] = ()
    children: ChildCountStatement | None = None
    # What DUO counted on the reference date; None when it did not, or when nothing was imported.
    duo: DuoFigure | None = None

    @property
    def domain_labels(self) -> list[str]:
        """The areas of development that the activities touch together."""
        return labels_of(Domain, {code for row in self.activities for code in row.domains})

    @property
    def wanted_sub(self) -> SubApplication | None:
        return self.sub if self.sub is not None and self.sub.wanted else None
