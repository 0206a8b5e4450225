"""The parts of a draft beside each edit page: which are complete, and where to go next."""

from django.urls import reverse

from agreements.completeness import Gap, gaps
from agreements.models import AgreementVersion
from ikc.models import User
from kvk2.nlds.components import Step, StepState

# The page of each part, and what one needs to edit it.
PARTS = (
    ("frame", "Looptijd", "agreements:version_frame", "agreements.edit_version"),
    ("parties", "Partijen", "agreements:version_parties", "agreements.edit_version"),
    ("goals", "Doelen en resultaten", "agreements:version_goals", "agreements.edit_goals"),
    ("means", "Maatregelen en inzet", "agreements:version_means", "agreements.edit_goals"),
    ("contributions", "Bijdragen", "agreements:version_contributions", ""),
    ("topics", "Onderwerpen", "agreements:version_topics", "agreements.edit_version"),
    ("clauses", "Bepalingen", "agreements:version_clauses", "agreements.edit_version"),
    ("check", "Is alles compleet?", "agreements:version_check", ""),
)


def sections(
    version: AgreementVersion, user: User, *, current: str, found: list[Gap] | None = None
) -> list[Step]:
    """The steps of this draft for `user`; `version` was loaded `with_content()`, `found` are its gaps if they are known."""
    incomplete = {gap.page for gap in (gaps(version) if found is None else found)}
    if not all(_means(version)):
        incomplete.add("means")
    if not all(party.contributions.all() for party in version.parties.all()):
        incomplete.add("contributions")
    if incomplete:
        incomplete.add("check")
    return [
        Step(
            label,
            _state(key, current, incomplete),
            reverse(view, args=[version.pk]) if not perm or user.has_perm(perm, version) else "",
        )
        for key, label, view, perm in PARTS
    ]


def _means(version: AgreementVersion) -> list[bool]:
    """Whether there is something of each part that says how the results are reached."""
    return [
        bool(part.all())
        for part in (version.analyses, version.measures, version.staffing, version.steering)
    ]


def _state(key: str, current: str, incomplete: set[str]) -> StepState:
    if key == current:
        return StepState.CURRENT
    return StepState.TODO if key in incomplete else StepState.DONE
