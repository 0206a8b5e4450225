"""The page of amounts and terms that the law sets, or that a new scheme begins with: what holds, what held, what comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from ikc.models import User
from kvk2.core.deadlines import penalty
from kvk2.core.money import format_whole
from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import dutch_date, euro, upper_first
from subsidies.models import LegalFigure, PenaltyTariff
from subsidies.penalties import MOST_DAYS, steps_of
from subsidies.services.legal_figures import AMOUNTS, REMINDER, NewFigure, NewTariff, figure_on
from subsidies.term_page import TermLine

Kind = LegalFigure.Kind
Row = LegalFigure | PenaltyTariff
PENALTY = "dwangsom"
SLUGS = {
    "de-minimis": Kind.DE_MINIMIS,
    "de-minimis-daeb": Kind.SGEI_DE_MINIMIS,
    "beslistermijn": Kind.DECISION_WEEKS,
    "aanvultermijn": Kind.COMPLETION_DAYS,
    "aanmaning": Kind.REMINDER_FEE,
    "aanmaning-hoger": Kind.REMINDER_FEE_HIGH,
    "aanmaning-grens": Kind.REMINDER_BOUND,
}
ABOUT = {
    PENALTY: "Wat een te laat besluit per dag kost na een ingebrekestelling (artikel 4:17 Awb).",
    Kind.DE_MINIMIS: "Hoogstens zo veel krijgt één onderneming in drie jaar, van alle overheden samen.",
    Kind.SGEI_DE_MINIMIS: "Hetzelfde voor een onderneming met een dienst van algemeen economisch belang (DAEB).",
    Kind.DECISION_WEEKS: "Hiermee begint een nieuwe regeling. Het college kan per regeling anders besluiten.",
    Kind.COMPLETION_DAYS: "Hiermee begint een nieuwe regeling. Het college kan per regeling anders besluiten.",
    Kind.REMINDER_FEE: "Wat een ontvanger erbij betaalt als u aanmaant om terug te betalen (artikel 4:113 Awb).",
    Kind.REMINDER_FEE_HIGH: "Hetzelfde, als er nog veel open staat (artikel 4:113 Awb).",
    Kind.REMINDER_BOUND: "Staat er ten minste zo veel open, dan geldt de hogere vergoeding (artikel 4:113 Awb).",
}
TITLES = {PENALTY: "Dwangsom bij te laat beslissen"} | {
    kind: upper_first(kind.label) for kind in Kind
}


@dataclass(frozen=True, slots=True)
class Section:
    """One amount or term with its history, the newest first."""

    slug: str
    title: str
    about: str
    lines: tuple[TermLine, ...]
    new_url: str


def sections(user: User, *, today: date) -> list[Section]:
    """All of them, in two queries."""
    may = user.has_perm("subsidies.set_legal_figure")
    tariffs = list(PenaltyTariff.objects.select_related("entered_by").order_by("-valid_from"))
    figures = list(LegalFigure.objects.select_related("entered_by").order_by("-valid_from"))
    found = [_section(PENALTY, PENALTY, tariffs, may, today)]
    for slug, kind in SLUGS.items():
        rows = [row for row in figures if row.kind == kind]
        found.append(_section(slug, kind, rows, may, today))
    return found


def _section(slug: str, kind: str, rows: Sequence[Row], may: bool, today: date) -> Section:
    current = next((row for row in rows if row.valid_from <= today), None)
    return Section(
        slug,
        TITLES[kind],
        ABOUT[kind],
        tuple(_line(slug, row, current, may, today) for row in rows),
        reverse("subsidies:legal_figure_new", args=[slug]) if may else "",
    )


def _line(slug: str, row: Row, current: Row | None, may: bool, today: date) -> TermLine:
    until = getattr(row, "valid_until", None)
    title = f"Vanaf {dutch_date(row.valid_from)}"
    if until:
        title += f" tot en met {dutch_date(until)}"
    comes = row.valid_from > today
    if comes:
        badge, kind = "komt nog", "warning"
    elif row is current and not (until and until < today):
        badge, kind = "geldt nu", "success"
    else:
        badge, kind = "voorbij", "inactive"
    withdraw = reverse("subsidies:legal_figure_withdraw", args=[slug, row.pk])
    return TermLine(
        title,
        in_words(row),
        badge,
        kind,
        f"{row.source}\n{_by_whom(row)}",
        withdraw if comes and may else "",
        "Weghalen" if comes and may else "",
    )


def _by_whom(row: Row) -> str:
    if row.entered_by is None or row.entered_at is None:
        return "Stond er al toen het portaal begon"
    return f"Vastgelegd door {row.entered_by} op {dutch_date(row.entered_at)}"


def in_words(row: Row | NewFigure | NewTariff, kind: str = "") -> str:
    """The value with its unit."""
    if isinstance(row, PenaltyTariff | NewTariff):
        first, second, third = (euro(rate) for rate in row.rates)
        return f"{first}, {second} en {third} per dag, elk 14 dagen"
    kind = kind or getattr(row, "kind", "")
    if kind in REMINDER:
        return euro(row.value)
    if kind in AMOUNTS:
        return f"{euro(row.value)} in drie jaar"
    unit = "weken" if kind == Kind.DECISION_WEEKS else "dagen"
    return f"{format_whole(row.value)} {unit}"


def tariff_preview(new: NewTariff, now: PenaltyTariff | None, days: int) -> list[Detail]:
    """What a decision costs that is `days` late, at the new amounts and at those of now."""
    rows = [
        Detail(
            f"Dag {step.first_day} tot en met {step.last_day}",
            f"{step.days} × {euro(step.rate)} = {euro(step.amount)}",
        )
        for step in steps_of(days, new.rates)
        if step.days
    ]
    rows.append(Detail(f"{days} dagen te laat, dan", euro(penalty(days, new.rates))))
    if now is not None:
        rows.append(Detail(f"{days} dagen te laat, nu", euro(penalty(days, now.rates))))
    return [*rows, Detail("Hoogstens, dan", euro(penalty(MOST_DAYS, new.rates)))]


def figure_preview(kind: str, new: NewFigure, *, today: date) -> list[Detail]:
    """What holds now beside what will hold, and what that comes to."""
    now = figure_on(kind, today)
    rows = [
        Detail("Nu", in_words(now) if now else "Er geldt niets"),
        Detail(f"Vanaf {dutch_date(new.valid_from)}", in_words(new, kind)),
    ]
    if kind in AMOUNTS:
        if now:
            rows.append(Detail("Verschil", euro(new.value - now.value)))
        return rows
    length = timedelta(**{"weeks" if kind == Kind.DECISION_WEEKS else "days": int(new.value)})
    what = "Sluit een ronde op" if kind == Kind.DECISION_WEEKS else "Vraagt u om aanvulling op"
    last = dutch_date(new.valid_from + length)
    return [*rows, Detail(f"{what} {dutch_date(new.valid_from)}", f"Dan is de laatste dag {last}")]


def current_tariff(day: date) -> PenaltyTariff | None:
    return PenaltyTariff.objects.filter(valid_from__lte=day).order_by("-valid_from").first()


def kind_of(slug: str) -> str | None:
    """What the last part of an address stands for; None when it is nothing."""
    return PENALTY if slug == PENALTY else SLUGS.get(slug)


def row_of(slug: str, pk: int) -> Row | None:
    if slug == PENALTY:
        return PenaltyTariff.objects.filter(pk=pk).first()
    return LegalFigure.objects.filter(pk=pk, kind=SLUGS.get(slug, "")).first()
