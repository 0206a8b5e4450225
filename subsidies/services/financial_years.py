"""Subsidies per financial year, where the scheme says that division 4.2.8 of the Awb applies (domain reference 3.15).

What it asks of a round, an application and a decision; later phases have their own rules.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from kvk2.core.deadlines import local_date
from subsidies.models import Application, Attachment, Decision, SchemeVersion, SubsidyRound
from subsidies.states import DecisionState

# Awb 4:60: so long before the financial year an application is in; counted backwards, so that no day moves it.
APPLY_BEFORE = timedelta(weeks=13)
DIVISION = "afdeling 4.2.8 Awb"
ADMINISTRATION = (
    "U voert een administratie waarin uw rechten, plichten, uitgaven en ontvangsten steeds te vinden zijn, en bewaart "
    "die zeven jaar (artikel 4:69 Awb)."
)
DEVIATIONS = (
    "U meldt het ons direct als de werkelijke uitgaven en inkomsten duidelijk afwijken van de begroting, of gaan "
    "afwijken, met de oorzaak (artikel 4:70 Awb)."
)
PER_YEAR = (
    "U geeft ons elk boekjaar de gegevens die nodig zijn om het bedrag van dat jaar te bepalen "
    "(artikel 4:67 Awb)."
)
Kind = Attachment.Kind
# Awb 4:63, second paragraph, and 4:64.
YEARLY = (Kind.COMPARISON,)
FIRST_TIME = (Kind.STATUTES, Kind.ACCOUNTS)
ONLY_YEARLY = (*YEARLY, *FIRST_TIME)


def round_problems(round_: SubsidyRound) -> list[str]:
    """What keeps a round under such a scheme from being adopted, as sentences."""
    if not round_.scheme_version.per_financial_year:
        return []
    problems = []
    last = round_.period_start - APPLY_BEFORE
    if local_date(round_.closes_at) > last:
        problems.append(
            "Een aanvraag per boekjaar moet ten minste dertien weken voor het boekjaar binnen zijn (artikel 4:60 Awb). "
            f"Laat de ronde sluiten op of vóór {last.day}-{last.month}-{last.year}."
        )
    if not _whole_years(round_.period_start, round_.period_end):
        problems.append(
            "Een subsidie per boekjaar geldt voor hele boekjaren (artikel 4:68 Awb). Pas de subsidieperiode aan."
        )
    return problems


def kinds_for(round_: SubsidyRound) -> list[tuple[str, str]]:
    """The kinds of attachment that an application in `round_` may have, as choices."""
    yearly = round_.scheme_version.per_financial_year
    return [(kind.value, str(kind.label)) for kind in Kind if yearly or kind not in ONLY_YEARLY]


def is_first(application: Application) -> bool:
    """The board never had such a subsidy (Awb 4:64)."""
    return (
        not Decision.objects.filter(
            application__board=application.board_id,
            application__round__scheme_version__per_financial_year=True,
            kind__in=Decision.GRANTS,
            announced_at__isnull=False,
        )
        .exclude(state=DecisionState.REPLACED)
        .exists()
    )


def missing_attachments(application: Application, attachments: Sequence[Attachment]) -> list[str]:
    """The documents that such an application lacks, as sentences (Awb 4:63, 4:64)."""
    if not application.round.scheme_version.per_financial_year:
        return []
    wanted = FIRST_TIME if is_first(application) else YEARLY
    there = {attachment.kind for attachment in attachments}
    return [f"Voeg toe: {kind.label}." for kind in wanted if kind not in there]


def told_of_others(application: Application) -> bool:
    """Whether the applicant said if somebody else is asked for the same costs (Awb 4:65)."""
    yearly = application.round.scheme_version.per_financial_year
    return not yearly or application.applied_elsewhere is not None


def duties(round_: SubsidyRound) -> list[str]:
    """The duties that the Act itself puts with such a grant."""
    if not round_.scheme_version.per_financial_year:
        return []
    several = (round_.period_end - round_.period_start).days > 366
    return [ADMINISTRATION, DEVIATIONS, *([PER_YEAR] if several else [])]


def divisions(version: SchemeVersion) -> list[str]:
    return [DIVISION] if version.per_financial_year else []


def _whole_years(start: date, end: date) -> bool:
    after = end + timedelta(days=1)
    return (after.month, after.day) == (start.month, start.day) and after.year > start.year
