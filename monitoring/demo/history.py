"""Grants from before the portal for some IKCs, and the judgements on them (Awb 4:51)."""

from datetime import datetime
from decimal import Decimal

from ikc.models import Ikc, User
from subsidies.models import ContinuityAssessment, EarlierGrant, SubsidyRound
from subsidies.services.continuity import Judgement, judge_continuity

WHY_NOT = (
    "Dit plan gaat over nieuwe activiteiten, met een andere doelgroep dan in de jaren hiervoor. Dat u minder krijgt, volgt "
    "uit de regels van deze ronde, en niet uit andere inzichten van de gemeente. Een redelijke termijn is daarom niet nodig."
)


def remember_grants(ikcs: list[Ikc], years: range) -> None:
    """The same grant in each of `years`, more for one IKC than for the next."""
    EarlierGrant.objects.bulk_create(
        EarlierGrant(
            ikc=ikc,
            year=year,
            name="IKC-ontwikkeling",
            amount=Decimal(10_000 + 500 * place),
            source="Demonstratiegegevens",
        )
        for place, ikc in enumerate(ikcs)
        for year in years
    )


def judge_all(round_: SubsidyRound, *, by: User, at: datetime) -> None:
    """The drafter says of each draft that gives less why no reasonable term is due."""
    waiting = ContinuityAssessment.objects.filter(decision__application__round=round_, applies=None)
    for row in waiting.select_related("decision").order_by("pk"):
        judge_continuity(row.decision, Judgement(applies=False, motivation=WHY_NOT), by=by, at=at)
