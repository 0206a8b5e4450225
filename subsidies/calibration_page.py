"""What the pages of the exercise show: the meaning of scores, who still has to score, and where the members differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Count, Q, QuerySet

from ikc.models import User
from ikc.roles import Role
from kvk2.core.charts import Canvas, Chart, Size
from kvk2.core.money import format_number
from subsidies.models import (
    Calibration,
    CalibrationScore,
    CalibrationScoring,
    CaseSection,
    CommissionMember,
    Criterion,
    SubsidyRound,
)
from subsidies.score_spread import CriterionSpread, spreads
from subsidies.services.calibrations import scorers
from subsidies.states_calibration import RUNNING, CalibrationState

LOW, HIGH = Criterion.MIN_SCORE, Criterion.MAX_SCORE


def criteria_with_anchors(round_: SubsidyRound) -> list[Criterion]:
    """In published order, each with what its scores mean."""
    return list(
        Criterion.objects.filter(round=round_).prefetch_related("anchors").order_by("order")
    )


class CalibrationRoundPage:
    """The exercises of one round and the meaning of its scores."""

    def __init__(self, round_: SubsidyRound, user: User) -> None:
        self.round, self.user = round_, user

    @cached_property
    def criteria(self) -> list[Criterion]:
        return criteria_with_anchors(self.round)

    @cached_property
    def exercises(self) -> QuerySet[Calibration]:
        """As the reader may see them, the latest first."""
        given = Count("scorings", filter=Q(scorings__submitted_at__isnull=False))
        return (
            Calibration.objects.visible_to(self.user)
            .filter(round=self.round)
            .annotate(given=given)
            .order_by("-pk")
        )

    @property
    def has_running(self) -> bool:
        return any(row.state in RUNNING for row in self.exercises)


@dataclass(frozen=True, slots=True)
class Given:
    """What one member gave on one criterion; `name` is the member, or a number where names are not shown."""

    name: str
    score: int
    motivation: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One criterion with the scores of all who submitted."""

    criterion: Criterion
    spread: CriterionSpread
    given: Sequence[Given]


class CalibrationPage:
    """One exercise: the case, the own scores, and the differences as far as the reader may see them.

    Within the commission the names stand beside the scores, as with reviews: the exercise is a conversation about why
    one gave a 2 and another a 4. The municipality reads the same picture without names (Woo 5.2).
    """

    def __init__(self, calibration: Calibration, user: User, today: date) -> None:
        self.calibration, self.user, self.today = calibration, user, today

    @cached_property
    def criteria(self) -> list[Criterion]:
        return criteria_with_anchors(self.calibration.round)

    @cached_property
    def sections(self) -> list[CaseSection]:
        return list(self.calibration.sections.all())

    @cached_property
    def members(self) -> list[CommissionMember]:
        return scorers(self.today)

    @cached_property
    def seat(self) -> CommissionMember | None:
        """The seat of the reader, when it brings a say."""
        return next((row for row in self.members if row.user_id == self.user.pk), None)

    @cached_property
    def own(self) -> CalibrationScoring | None:
        rows = CalibrationScoring.objects.filter(
            calibration=self.calibration, member__user=self.user
        )
        return rows.prefetch_related("scores").order_by("-pk").first()

    @property
    def own_scores(self) -> list[CalibrationScore]:
        return list(self.own.scores.all()) if self.own else []

    @cached_property
    def _submitted(self) -> set[int]:
        """The ids of the members who submitted; that they did is no secret, what they gave is."""
        rows = CalibrationScoring.objects.submitted().filter(calibration=self.calibration)
        return set(rows.values_list("member_id", flat=True))

    @property
    def done(self) -> int:
        return len(self._submitted)

    @property
    def total(self) -> int:
        """Who has a seat, and who submitted with a seat that ended since."""
        return len(self._submitted | {member.pk for member in self.members})

    @property
    def waiting(self) -> list[str]:
        """Who still has to score."""
        return [row.user.full_name for row in self.members if row.pk not in self._submitted]

    @property
    def is_blind(self) -> bool:
        """Others submitted, and the reader may not see what until the own scores are in."""
        return self.calibration.state == CalibrationState.OPEN and bool(
            self._submitted and not self.scorings
        )

    @cached_property
    def scorings(self) -> list[CalibrationScoring]:
        """Those that were submitted, as far as the reader may see them."""
        return list(
            CalibrationScoring.objects.visible_to(self.user)
            .submitted()
            .filter(calibration=self.calibration)
            .select_related("member__user")
            .prefetch_related("scores")
            .order_by("member__user__last_name", "pk")
        )

    @property
    def shows_names(self) -> bool:
        return self.user.has_role(Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY)

    @cached_property
    def differences(self) -> list[Difference]:
        """The largest difference first."""
        given: dict[int, list[Given]] = {}
        for number, scoring in enumerate(self.scorings, 1):
            name = scoring.member.user.full_name if self.shows_names else f"lid {number}"
            for row in scoring.scores.all():
                if row.score is not None:
                    given.setdefault(row.criterion_id, []).append(
                        Given(name, row.score, row.motivation)
                    )
        by_code = {row.code: row for row in self.criteria}
        scores = {row.code: [one.score for one in given.get(row.pk, [])] for row in self.criteria}
        return [
            Difference(by_code[row.code], row, given[by_code[row.code].pk])
            for row in spreads(scores)
        ]

    @property
    def picture(self) -> Chart | None:
        """A dot per member on the scale of each criterion."""
        rows = self.differences
        if not rows:
            return None
        widest = rows[0]
        words = (
            f"Het grootste verschil is er bij ‘{widest.criterion.name}’: van {widest.spread.low} tot {widest.spread.high}."
            if widest.spread.spread
            else "Op ieder criterium gaven de leden dezelfde score."
        )
        return Chart(
            title="Waar de leden verschillen",
            description=words,
            headers=("Criterium", "Leden", "Gemiddeld", "Laagste", "Hoogste", "Verschil"),
            rows=tuple(
                (
                    row.criterion.name,
                    str(row.spread.count),
                    format_number(row.spread.mean, 2),
                    str(row.spread.low),
                    str(row.spread.high),
                    str(row.spread.spread),
                )
                for row in rows
            ),
            draw=_Dots(rows).draw,
        )


@dataclass(frozen=True, slots=True)
class _Dots:
    """The drawing: a scale per criterion with its name above, a disc per score, as many beside each other as members."""

    rows: Sequence[Difference]

    def draw(self, size: Size) -> Canvas:
        text = size.text
        step, left, right = 3.4 * text, 3 * text, size.width - 3 * text
        canvas = Canvas(size, step * len(self.rows) + 1.8 * text)
        unit = (right - left) / (HIGH - LOW)
        for number, row in enumerate(self.rows):
            top = number * step
            y = top + 2.2 * text
            canvas.text(0, top + 0.8 * text, row.criterion.name, colour="neutral-700")
            canvas.line([(left, y), (right, y)], "neutral-200", width=2)
            mean = left + float(row.spread.mean - LOW) * unit
            canvas.line([(mean, y - 0.8 * text), (mean, y + 0.8 * text)], "neutral-600", width=3)
            for score in sorted(set(row.spread.scores)):
                self._discs(canvas, left + (score - LOW) * unit, y, row.spread.scores.count(score))
        for value in range(LOW, HIGH + 1):
            x = left + (value - LOW) * unit
            canvas.text(x, len(self.rows) * step + 0.8 * text, str(value), anchor="middle")
        return canvas

    def _discs(self, canvas: Canvas, x: float, y: float, count: int) -> None:
        """So close together that six members fit between two scores."""
        text = canvas.size.text
        apart = min(1.0 * text, 4.4 * text / count)
        for place in range(count):
            canvas.disc(
                x + (place - (count - 1) / 2) * apart,
                y,
                0.42 * text,
                "series-1",
                fill="white",
                width=text / 5,
            )
