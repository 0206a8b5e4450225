"""What became of each pledge: promised, confirmed, realised (domain reference 5.4).

A next version of an agreement repeats its contributions; what was confirmed or realised under an
earlier version counts for the same contribution in the next one.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from agreements.models import AgreementParty, AgreementVersion, Contribution, ContributionStep

NOUGHT = Decimal(0)


@dataclass(frozen=True, slots=True)
class Pledge:
    """One contribution with its steps; amounts in euros, or hours for hours."""

    contribution: Contribution
    confirmed: bool
    realised: Decimal | None

    @property
    def state(self) -> str:
        if self.realised is not None:
            return "Gerealiseerd"
        return "Bevestigd" if self.confirmed else "Toegezegd"

    @property
    def badge(self) -> str:
        if self.realised is not None:
            return "success"
        return "warning" if self.confirmed else "neutral"

    @property
    def difference(self) -> Decimal:
        return (self.realised or NOUGHT) - self.contribution.amount


@dataclass(frozen=True, slots=True)
class PartyPledges:
    party: AgreementParty
    pledges: list[Pledge]


def pledges_of(version: AgreementVersion) -> list[PartyPledges]:
    """Per party of a version that was loaded `with_content()`; one query more."""
    confirmed, realised = _steps([version.agreement_id])
    return [
        PartyPledges(
            party,
            [
                Pledge(row, _key(row, party) in confirmed, realised.get(_key(row, party)))
                for row in party.contributions.all()
            ],
        )
        for party in version.parties.all()
    ]


def pledges_in(versions: Iterable[AgreementVersion]) -> list[Pledge]:
    """The contributions of several versions with what became of each, by year and party; two queries."""
    ids = {version.pk: version.agreement_id for version in versions}
    confirmed, realised = _steps(ids.values())
    rows = (
        Contribution.objects.filter(party__version__in=ids)
        .select_related("party__version")
        .defer("party__version__content")
        .order_by("budget_year", "party__pk", "pk")
    )
    return [
        Pledge(row, _key(row, row.party) in confirmed, realised.get(_key(row, row.party)))
        for row in rows
    ]


def _steps(agreements: Iterable[int]) -> tuple[set[tuple], dict[tuple, Decimal]]:
    confirmed: set[tuple] = set()
    realised: dict[tuple, Decimal] = defaultdict(Decimal)
    steps = ContributionStep.objects.filter(
        contribution__party__version__agreement__in=agreements
    ).select_related("contribution__party__version")
    for step in steps.defer("contribution__party__version__content"):
        key = _key(step.contribution, step.contribution.party)
        if step.kind == ContributionStep.Kind.CONFIRMED:
            confirmed.add(key)
        else:
            realised[key] += step.amount
    return confirmed, realised


def _key(contribution: Contribution, party: AgreementParty) -> tuple:
    return (
        party.version.agreement_id,
        party.organisation_id,
        contribution.budget_year,
        contribution.kind,
        contribution.description,
    )
