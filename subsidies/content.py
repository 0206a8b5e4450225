"""The rows that make up the content of an application beside its own columns, read once for a page or a letter."""

from dataclasses import dataclass

from subsidies.models import Activity, Application
from subsidies.plan_domains import Domain, labels_of


@dataclass(frozen=True, slots=True)
class ApplicationContent:
    activities: tuple[Activity, ...] = ()

    @property
    def domain_labels(self) -> list[str]:
        """The areas of development that the activities touch together."""
        return labels_of(Domain, {code for row in self.activities for code in row.domains})


def content_of(application: Application) -> ApplicationContent:
    return ApplicationContent(
        activities=tuple(application.activities.order_by("order", "pk")),
    )
