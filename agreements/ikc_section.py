"""The part of the page of an IKC about its result agreement."""

from datetime import date
from itertools import groupby

from agreements.models import AgreementVersion
from agreements.states import AGREEMENT_BADGES, CONCLUDED, AgreementState
from ikc.ikc_sections import Line, Section
from ikc.life_chart import Bar
from ikc.models import Ikc, User
from kvk2.nlds.templatetags.nlds import dutch_date


def agreement(ikc: Ikc, user: User, today: date) -> Section | None:
    """Its period, version and state; what is not in force is for who reads its text."""
    versions = (
        AgreementVersion.objects.summarised_to(user)
        .filter(agreement__ikc=ikc)
        .select_related("agreement")
        .defer("content")
        .by_relevance()
    )
    by_agreement = groupby(
        sorted(versions, key=lambda version: -version.agreement_id),
        key=lambda version: version.agreement,
    )
    lines: list[Line] = []
    bars: list[Bar] = []
    for _, rows in by_agreement:
        texts = list(rows)
        lines.append(_line(texts))
        bars += _bars(texts)
    if not lines and not user.has_perm("ikc.view_plus", ikc):
        return None
    empty = "Er is nog geen resultaatafspraak met dit IKC."
    return Section("afspraak", "Resultaatafspraak", lines, empty, bars=bars)


def _line(versions: list[AgreementVersion]) -> Line:
    current = versions[0]
    running = next((row for row in versions if row.state == AgreementState.IN_FORCE), current)
    beside = f"; versie {running.number} is in werking" if running is not current else ""
    return Line(
        current.agreement.reference,
        current.agreement.get_absolute_url(),
        f"{dutch_date(current.period_start)} tot en met {dutch_date(current.period_end)}"
        f" · versie {current.number}{beside}",
        str(current.get_state_display()),
        AGREEMENT_BADGES[AgreementState(current.state)],
    )


def _bars(versions: list[AgreementVersion]) -> list[Bar]:
    """One bar, from the first day on which a version was in force; nothing for what was never agreed."""
    concluded = [row for row in versions if row.state in CONCLUDED and row.in_force_from]
    if not concluded:
        return []
    first = min(concluded, key=lambda row: row.number)
    last = max(concluded, key=lambda row: row.number)
    label = str(last.get_state_display())
    return [Bar("Afspraak", label, first.in_force_from, last.period_end)]
