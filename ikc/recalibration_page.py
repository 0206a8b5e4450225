"""What the page of a recalibration shows: old and new list on a map and in a table, and what follows for IKCs."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.urls import reverse

from ikc.models import (
    AgendaItem,
    AreaDesignation,
    AreaRecalibration,
    AttentionArea,
    Ikc,
    RecalibratedIkc,
    User,
)
from ikc.services.area_analysis import trend_words
from ikc.states_areas import RECALIBRATION_BADGES, RECALIBRATION_WORKFLOW, RecalibrationState
from kvk2.core.charts import Chart, MapDistrict, Shape, district_map
from kvk2.nlds.components import Milestone, Tile
from kvk2.nlds.templatetags.nlds import dutch_date

S = RecalibrationState
# What a change is called, its badge, and its shape on the map.
CHANGES = {
    "stays": ("blijft", "neutral"),
    "enters": ("komt erbij", "warning"),
    "leaves": ("gaat eraf", "inactive"),
}
SHAPES = {"stays": Shape.DISC, "enters": Shape.SQUARE, "leaves": Shape.RING}
LEGEND = "Rondje: blijft. Vierkant: komt erbij. Open rondje met stippellijn: gaat eraf."


@dataclass(frozen=True, slots=True)
class DesignationRow:
    """One district in the comparison."""

    designation: AreaDesignation
    number: int  # on the map

    @property
    def words(self) -> str:
        return CHANGES[self.designation.change][0] if self.designation.change else "–"

    @property
    def badge(self) -> str:
        return CHANGES[self.designation.change][1] if self.designation.change else ""

    @property
    def trend(self) -> str:
        return trend_words(self.designation.trend)


@dataclass(frozen=True, slots=True)
class IkcRow:
    """An IKC that comes in or goes out: a fact once in effect, what would happen before that."""

    ikc: Ikc
    enters: bool
    area: str
    is_plus: bool
    moved: RecalibratedIkc | None = None

    @property
    def words(self) -> str:
        way = "komt in" if self.enters else "gaat uit"
        return f"{way} aandachtsgebied {self.area}"

    @property
    def plus(self) -> str:
        if self.moved and self.moved.plus_status:
            return f"predicaat {self.moved.plus_status.get_state_display()}"
        if self.is_plus:
            return "Plus IKC" if self.enters else "Plus IKC: het predicaat komt in herijking"
        return "geen predicaat Plus"


class RecalibrationPage:
    """Old against new, with the analysis that it stands on."""

    def __init__(self, recalibration: AreaRecalibration, user: User, *, today: date) -> None:
        self.recalibration, self.user, self.today = recalibration, user, today
        self.may_change = user.has_perm("ikc.change_areas")
        self.badge = RECALIBRATION_BADGES[S(recalibration.state)]

    @cached_property
    def rows(self) -> list[DesignationRow]:
        """By rank, what has none last; numbered as on the map, by code."""
        found = self.recalibration.designations.select_related("district").order_by(
            "district__code"
        )
        rows = [DesignationRow(one, number) for number, one in enumerate(found, 1)]
        return sorted(
            rows,
            key=lambda row: (
                row.designation.rank is None,
                row.designation.rank or 0,
                row.number,
            ),
        )

    def of(self, change: str) -> list[AreaDesignation]:
        return [row.designation for row in self.rows if row.designation.change == change]

    @property
    def tiles(self) -> list[Tile]:
        stays, enters, leaves = self.of("stays"), self.of("enters"), self.of("leaves")
        return [
            Tile("Oude lijst", len(stays) + len(leaves), "aandachtsgebieden"),
            Tile("Nieuwe lijst", len(stays) + len(enters), "aandachtsgebieden"),
            Tile("Erbij", len(enters), _names(enters)),
            Tile("Eraf", len(leaves), _names(leaves)),
        ]

    @cached_property
    def chart(self) -> Chart | None:
        """The map of the comparison; None while a district has no outline."""
        rows = sorted(self.rows, key=lambda row: row.number)
        if not rows or not all(row.designation.district.outline for row in rows):
            return None
        return district_map(
            [
                MapDistrict(
                    row.designation.district.name,
                    row.designation.district.outline,
                    row.words if row.designation.change else "",
                    SHAPES.get(row.designation.change, Shape.DISC),
                )
                for row in rows
            ],
            title=f"{self.recalibration}: oude en nieuwe lijst",
            description=self._conclusion(),
            legend=LEGEND,
        )

    def _conclusion(self) -> str:
        enters, leaves = _names(self.of("enters")), _names(self.of("leaves"))
        return (
            f"{len(self.of('stays'))} aandachtsgebieden blijven. Erbij: {enters}. Eraf: {leaves}."
        )

    @cached_property
    def ikcs(self) -> list[IkcRow]:
        """What happened to IKCs, or what would happen as the proposal is now."""
        if self.recalibration.state == S.EFFECTIVE:
            moved = self.recalibration.ikcs.select_related(
                "ikc__board", "area", "plus_status"
            ).order_by("direction", "ikc__name", "pk")
            return [
                IkcRow(
                    row.ikc,
                    row.direction == RecalibratedIkc.Direction.ENTERS,
                    row.area.name,
                    row.plus_status is not None,
                    row,
                )
                for row in moved
            ]
        return self._forecast()

    def _forecast(self) -> list[IkcRow]:
        enters = {_place(one): one.district.name for one in self.of("enters")}
        leaves = {_place(one): one.district.name for one in self.of("leaves")}
        if not enters and not leaves:
            return []
        current = set(AttentionArea.objects.active_on(self.today).values_list("pk", flat=True))
        ikcs = (
            Ikc.objects.open_on(self.today)
            .with_plus(self.today)
            .select_related("board", "district", "attention_area__district")
            .order_by("name", "pk")
        )
        rows = []
        for ikc in ikcs:
            area = ikc.attention_area if ikc.attention_area_id in current else None
            district = ikc.district or (area.district if area else None)
            place = (district.code, district.name) if district else None
            if area is None and place in enters:
                rows.append(IkcRow(ikc, True, enters[place], ikc.is_plus))
            elif area is not None and place in leaves:
                rows.append(IkcRow(ikc, False, leaves[place], ikc.is_plus))
        return sorted(rows, key=lambda row: not row.enters)

    @cached_property
    def meetings(self) -> list[AgendaItem]:
        """The meetings that have it on their agenda, the latest first."""
        return list(
            AgendaItem.objects.about(self.recalibration)
            .select_related("meeting__body")
            .order_by("-meeting__takes_place_on", "pk")
        )

    @property
    def steps(self) -> list[tuple[str, str]]:
        """What this person may do now: (words, address)."""
        pk, found, order = self.recalibration.pk, [], list(S)
        possible = RECALIBRATION_WORKFLOW.available_from(self.recalibration.state)
        # onward first: the main button
        for transition in sorted(possible, key=lambda one: -order.index(S(one.target))):
            is_adoption = transition.name == "adopt"
            permission = "ikc.adopt_recalibration" if is_adoption else "ikc.change_areas"
            if self.user.has_perm(permission):
                name = "recalibration_adopt" if is_adoption else "recalibration_step"
                args = [pk] if is_adoption else [pk, transition.name]
                found.append((transition.label, reverse(f"ikc:{name}", args=args)))
        return found

    @property
    def milestones(self) -> list[Milestone]:
        """How far it is, with the days that are known."""
        one = self.recalibration
        days = {
            S.PLANNED: one.planned_at,
            S.ANALYSED: one.analysed_at,
            S.DISCUSSED: one.discussed_on,
            S.ADOPTED: one.adopted_on,
            S.EFFECTIVE: one.valid_from,
        }
        order = list(S)
        here = order.index(S(one.state))
        return [
            Milestone(
                state.label.capitalize(),
                "done" if place < here or one.state == S.EFFECTIVE
                else "current" if place == here else "todo",
                dutch_date(days[state]) if days.get(state) and (place <= here or state == S.EFFECTIVE) else "",
            )
            for place, state in enumerate(order)
        ]  # fmt: skip

    @property
    def may_designate(self) -> bool:
        return self.may_change and self.recalibration.is_open_to_change

    @property
    def needs_agenda(self) -> bool:
        """It can be put on the agenda of a bestuurlijk overleg."""
        return self.may_change and self.recalibration.state == S.ANALYSED


def _place(one: AreaDesignation) -> tuple[str, str]:
    return (one.district.code, one.district.name)


def _names(designations: list[AreaDesignation]) -> str:
    return ", ".join(one.district.name for one in designations) or "geen"
