"""The overview of one round in pictures: asked against the ceiling, by area, board and kind, its flow, its days.

Everything follows from one statement that groups what the reader may see, so that ten applications cost what ten
thousand do, and the secretary's figures hold nothing of an application that the interest rules keep away.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from django.db.models import Case, Count, DecimalField, F, IntegerField, Sum, Value, When
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date

from ikc.models import Ikc, Organisation, User
from kvk2.core.charts import Chart, Series, bar_chart, bullet_chart
from kvk2.core.deadlines import local_date
from kvk2.core.money import format_number, format_whole
from kvk2.core.suppression import suppress_row
from kvk2.nlds.components import Tile
from kvk2.nlds.templatetags.nlds import dutch_date, euro0, upper_first
from subsidies.closing import closing_moment
from subsidies.decision_terms import scheme_term
from subsidies.models import Application, CompletionRequest, SubsidyRound
from subsidies.states import APPLICATION_BADGES, FILED, ApplicationState

# Domain reference 8.2: ordinary counts of children.
SMALL = 5
BANDS = ("children_0_1", "children_2_3", "children_4_12")
BAND_LABELS = ("0 en 1 jaar", "2 en 3 jaar", "4 tot en met 12 jaar")
NO_AREA = "Buiten de aandachtsgebieden"
NONE = Decimal(0)
# With more days than this, the days without anything are left out of the picture.
LONGEST_ROUND = 21


@dataclass(frozen=True, slots=True)
class Group:
    """Applications that have the same state, board, area and kind of IKC: how many, and what they ask together."""

    state: str
    board: str
    area: str
    is_plus: bool
    form: str
    part: int | None
    count: int
    asked: Decimal
    granted: Decimal
    children: tuple[int, ...]

    @property
    def is_filed(self) -> bool:
        return self.state in FILED


@dataclass(frozen=True, slots=True)
class Flow:
    """One state: how many are in it, and the list of those."""

    label: str
    badge: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Due:
    """One day on which something opens, closes or ends."""

    day: date
    text: str
    has_passed: bool

    @property
    def written(self) -> str:
        return format_date(self.day, "l j F").capitalize()


@dataclass(frozen=True, slots=True)
class Month:
    name: str
    days: list[Due]


@dataclass(frozen=True, slots=True)
class Names:
    """Boards and areas by key, the IKCs of each area, and the parts of the ceiling in order: key, name, amount."""

    boards: dict[int, str] = field(default_factory=dict)
    areas: dict[int, str] = field(default_factory=dict)
    ikcs: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    parts: list[tuple[int, str, Decimal]] = field(default_factory=list)


class RoundOverview:
    """Reads of one round for one reader; each is asked at most once."""

    def __init__(self, round_: SubsidyRound, user: User, *, now: datetime) -> None:
        self.round, self.user, self.today = round_, user, timezone.localdate(now)
        self.sees_all = user.is_municipal

    @property
    def _visible(self):
        return Application.objects.visible_to(self.user).filter(round=self.round).order_by()

    @cached_property
    def groups(self) -> list[Group]:
        """Grouped by keys and without a join: by names, a hundred thousand rows take the database twice as long."""
        names = self._names
        area = Case(
            *(When(ikc__in=names.ikcs[area], then=area) for area in names.ikcs),
            output_field=IntegerField(),
        )
        rows = (
            self._visible.annotate(area=area)
            .values_list("state", "board", "area", "is_plus", "ikc_form", "sub_ceiling")
            .annotate(
                count=Count("pk"),
                asked=Sum("requested_amount"),
                granted=Sum("granted_amount"),
                **{f"sum_{band}": Sum(band) for band in BANDS},
            )
        )
        return [
            Group(
                state=state,
                board=names.boards[board],
                area=names.areas.get(area, NO_AREA),
                is_plus=is_plus,
                form=form,
                part=part,
                count=count,
                asked=asked or NONE,
                granted=granted or NONE,
                children=tuple(part or 0 for part in children),
            )
            for state, board, area, is_plus, form, part, count, asked, granted, *children in rows
        ]

    @cached_property
    def _names(self) -> Names:
        """One statement: kind, key, name, IKC or place in the order, and amount."""
        nothing = Value(None, output_field=DecimalField())
        found = Names()
        rows = (
            self.round.sub_ceilings.order_by()
            .values_list(Value("part"), "pk", "name", "order", "amount")
            .union(
                Organisation.objects.values_list(
                    Value("board"), "pk", "short_name", Value(0), nothing
                ),
                Ikc.objects.filter(attention_area__isnull=False).values_list(
                    Value("area"), "attention_area", "attention_area__name", "pk", nothing
                ),
                all=True,
            )
        )
        for kind, key, name, number, amount in sorted(rows, key=lambda row: row[3]):
            if kind == "board":
                found.boards[key] = name
            elif kind == "area":
                found.areas[key] = name
                found.ikcs[key].append(number)
            else:
                found.parts.append((key, name, amount))
        return found

    @cached_property
    def filed(self) -> list[Group]:
        return [group for group in self.groups if group.is_filed]

    @cached_property
    def count(self) -> int:
        return sum(group.count for group in self.filed)

    @cached_property
    def asked(self) -> Decimal:
        return sum((group.asked for group in self.filed), NONE)

    @cached_property
    def tiles(self) -> list[Tile]:
        tiles = [
            Tile(
                "Aanvragen",
                format_whole(self.count),
                "ingediend" if self.sees_all else "die u mag lezen",
            )
        ]
        if self.sees_all:
            granted = sum((group.granted for group in self.filed), NONE)
            tiles += [
                Tile("Plafond", euro0(self.round.ceiling), "te verdelen"),
                Tile("Gevraagd", euro0(self.asked), self._share(self.asked, self.round.ceiling)),
            ]
            if granted:
                tiles.append(
                    Tile("Verleend", euro0(granted), self._share(granted, self.round.ceiling))
                )
        return tiles

    @staticmethod
    def _share(part: Decimal, whole: Decimal) -> str:
        return f"{format_whole(part * 100 / whole)}% van het plafond" if whole else ""

    # ------------------------------------------------------------ pictures

    @cached_property
    def charts(self) -> dict[str, Chart]:
        """The pictures that there are figures for, by their name in the address of a download."""
        made = {
            "plafond": self._ceiling(),
            "deelplafonds": self._sub_ceilings(),
            "gebieden": self._by("gebied", "Aandachtsgebied", lambda group: group.area),
            "besturen": self._by("bestuur", "Bestuur", lambda group: group.board)
            if self.sees_all
            else None,
            "soorten": self._by("soort IKC", "Soort IKC", _kind),
            "dagen": self._per_day(),
        }
        return {name: chart for name, chart in made.items() if chart}

    def _ceiling(self) -> Chart | None:
        if not (self.sees_all and self.asked):
            return None
        return bullet_chart(
            self.asked,
            self.round.ceiling,
            title="Gevraagd en plafond",
            description=(
                f"Alle aanvragen samen vragen {euro0(self.asked)}, "
                f"{self._share(self.asked, self.round.ceiling)} van {euro0(self.round.ceiling)}."
            ),
            unit="€",
            actual_label="Gevraagd",
            target_label="Plafond",
        )

    def _sub_ceilings(self) -> Chart | None:
        if not (self.sees_all and self.asked):
            return None
        parts = self._names.parts
        if not parts:
            return None
        asked = dict.fromkeys((key for key, *_ in parts), NONE)
        for group in self.filed:
            if group.part in asked:
                asked[group.part] += group.asked
        over = [name for key, name, amount in parts if asked[key] > amount]
        return bar_chart(
            [
                Series("Deelplafond", [amount for _, _, amount in parts], "deelplafond"),
                Series("Gevraagd", list(asked.values()), "gevraagd"),
            ],
            [name for _, name, _ in parts],
            title="Gevraagd per deelplafond",
            description=f"Meer gevraagd dan beschikbaar: {', '.join(over)}."
            if over
            else "In elk deel is minder gevraagd dan beschikbaar.",
            unit="€",
            first_header="Deel van het plafond",
        )

    def _by(self, what: str, header: str, key: Callable[[Group], str]) -> Chart | None:
        """Numbers of applications, and for municipal eyes what they ask, by one fact."""
        counts: Counter[str] = Counter()
        asked: dict[str, Decimal] = defaultdict(Decimal)
        for group in self.filed:
            counts[key(group)] += group.count
            asked[key(group)] += group.asked
        if not counts:
            return None
        names = sorted(counts, key=lambda name: (-asked[name], name))
        figures = (
            [asked[name] for name in names] if self.sees_all else [counts[name] for name in names]
        )
        title = "Gevraagd per" if self.sees_all else "Aanvragen per"
        most = euro0(asked[names[0]]) if self.sees_all else _applications(counts[names[0]])
        return bar_chart(
            [Series("Gevraagd" if self.sees_all else "Aanvragen", figures)],
            [f"{name} ({counts[name]})" for name in names],
            title=f"{title} {what}",
            description=f"Het meest: {names[0]}, {most}.",
            unit="€" if self.sees_all else "",
            first_header=f"{header} (aanvragen)",
        )

    def _per_day(self) -> Chart | None:
        """How many came in on each day; the days up to the closing matter most."""
        rows = (
            self._visible.exclude(received_at=None)
            .annotate(day=TruncDate(F("received_at")))
            .values_list("day")
            .annotate(count=Count("pk"))
        )
        found = dict(rows)
        if not found:
            return None
        first, last = min(found), max(found)
        if (last - first).days <= LONGEST_ROUND:
            days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        else:
            days = sorted(found, key=lambda day: (-found[day], day))[:LONGEST_ROUND]
            days.sort()
        most = max(found.values())
        busiest = [day for day in days if found.get(day) == most]
        told = (
            f"De drukste dag was {dutch_date(busiest[0])}, met {_applications(most)}."
            if len(busiest) == 1
            else f"Op de drukste dagen kwamen er {_applications(most)} binnen."
            if most > 1
            else "Er kwam niet meer dan 1 aanvraag op een dag binnen."
        )
        left_out = "" if len(days) >= len(found) else f" De {LONGEST_ROUND} drukste dagen."
        return bar_chart(
            [Series("Ingediend", [found.get(day, 0) for day in days])],
            [format_date(day, "j M").lower() for day in days],
            title="Ingediend per dag",
            description=f"{told}{left_out}",
            first_header="Dag",
        )

    # ------------------------------------------------------------ the flow

    @cached_property
    def flow(self) -> list[Flow]:
        """How many are in each state, in the order of the work, each with its list."""
        counts: Counter[str] = Counter()
        for group in self.groups:
            counts[group.state] += group.count
        address = reverse("subsidies:application_list")
        return [
            Flow(
                state.label,
                APPLICATION_BADGES[state],
                counts[state],
                f"{address}?round={self.round.pk}" + (f"&state={state}" if self.sees_all else ""),
            )
            for state in ApplicationState
            if counts[state]
        ]

    # ------------------------------------------------------------ children

    @cached_property
    def children(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Children by area and age in the filed applications, with small numbers hidden (domain reference 8.2)."""
        sums: dict[str, list[int]] = defaultdict(lambda: [0] * len(BANDS))
        for group in self.filed:
            own = sums[group.area]
            for number, part in enumerate(group.children):
                own[number] += part
        rows = []
        for area, counts in sorted(sums.items()):
            shown = suppress_row(counts, sum(counts), k=SMALL)
            texts = [_grouped(text) for text in (*shown.cells, shown.total or "")]
            rows.append((area, list(zip((*BAND_LABELS, "Samen"), texts, strict=True))))
        return rows

    child_headers = (*BAND_LABELS, "Samen")

    # ------------------------------------------------------------ days that count

    @cached_property
    def months(self) -> list[Month]:
        days = sorted(self._days(), key=lambda due: (due.day, due.text))
        return [
            Month(format_date(date(*key, 1), "F Y").capitalize(), list(own))
            for key, own in groupby(days, key=lambda due: (due.day.year, due.day.month))
        ]

    def _days(self) -> Iterator[Due]:
        round_ = self.round
        known = [
            (local_date(round_.opens_at), "de ronde gaat open"),
            (local_date(closing_moment(round_)), "de ronde sluit"),
            (scheme_term(round_), "einde van de beslistermijn, als die niet stilstaat"),
            (round_.period_start, "de subsidieperiode begint"),
            (round_.period_end, "de subsidieperiode eindigt"),
        ]
        known += [(day, _asked_for(count)) for day, count in self._completions()]
        for day, text in known:
            yield Due(day, text, day < self.today)

    def _completions(self) -> list[tuple[date, int]]:
        incomplete = any(group.state == ApplicationState.INCOMPLETE for group in self.groups)
        if not (self.sees_all and incomplete):
            return []
        rows = CompletionRequest.objects.filter(
            application__in=self._visible.filter(state=ApplicationState.INCOMPLETE), closed_at=None
        )
        return list(rows.order_by().values_list("due_on").annotate(count=Count("pk")))


def _asked_for(count: int) -> str:
    return (
        "laatste dag om 1 aanvraag aan te vullen"
        if count == 1
        else (f"laatste dag om {format_number(count, 0)} aanvragen aan te vullen")
    )


def _applications(count: int) -> str:
    return "1 aanvraag" if count == 1 else f"{format_whole(count)} aanvragen"


def _grouped(text: str) -> str:
    """A count with dots per thousand; a mark for what is hidden stays as it is."""
    return format_whole(int(text)) if text.isdigit() else text


def _kind(group: Group) -> str:
    form = dict(Ikc.Form.choices).get(group.form, "onbekend")
    return "Plus IKC" if group.is_plus else upper_first(str(form))
