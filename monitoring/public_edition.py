"""The summary, without what tells how one IKC did: what everybody may read (domain reference 5.6, catalogue L29)."""

from collections.abc import Iterable

from monitoring.printing.figures import Counts, goal_counts
from monitoring.report_dataset import Goal, ProgrammeReportData, PublicGoal, PublicReportData, Tally

# A count over fewer IKCs tells how one of them did, to who knows the others.
FEWEST = 3


def public_edition(data: ProgrammeReportData) -> PublicReportData:
    """Counts of indicators and totals of the parties; no figure, verdict or remark of one IKC.

    What the researcher wrote stays out as well: a sentence may be about one IKC, and nobody has read it for that.
    """
    year = data.edition.year_index
    with_figures = sorted(
        (ikc for ikc in data.ikcs if ikc.goals), key=lambda ikc: ikc.name.casefold()
    )
    goals = []
    for number, title in enumerate(data.goal_titles, 1):
        per_ikc = [[goal for goal in ikc.goals if goal.number == number] for ikc in with_figures]
        told = [goals for goals in per_ikc if any(goal.indicators for goal in goals)]
        goals.append(
            PublicGoal(
                number=number,
                title=title,
                ikcs=len(told),
                now=_tally(told, year),
                before=_tally(told, year - 1) if year > 1 else None,
            )
        )
    shown = len(with_figures) >= FEWEST
    return PublicReportData(
        municipality=data.municipality,
        programme=data.programme,
        edition=data.edition,
        ruleset=data.ruleset,
        goals=tuple(goals),
        ikcs=tuple(ikc.name for ikc in with_figures),
        contributions=data.contributions if shown else (),
        staffing=data.staffing if shown else (),
        demo=data.demo,
    )


def _tally(per_ikc: Iterable[list[Goal]], year: int) -> Tally | None:
    rows = list(per_ikc)
    if len(rows) < FEWEST:
        return None
    counts: Counts = goal_counts([goal for goals in rows for goal in goals], year)
    return Tally(*counts.parts())
