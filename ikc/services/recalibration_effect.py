"""A list of attention areas takes effect (domain reference 5.3): areas end and begin, IKCs come in and go out.

A status Plus is never ended here. It is taken into recalibration, and people decide what becomes of it (T-PL-02).
"""

from datetime import date, datetime, timedelta
from typing import cast

from django.db import transaction

from ikc.models import (
    AreaDesignation,
    AreaRecalibration,
    AttentionArea,
    Ikc,
    PlusStatus,
    RecalibratedIkc,
    User,
)
from ikc.services.ikc_forms import first_free_day, follow_form
from ikc.services.plus_life import take_into_recalibration
from ikc.services.recalibrations import RecalibrationRefused
from ikc.states import PLUS_WORKFLOW
from ikc.states_areas import RECALIBRATION_WORKFLOW
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date

ONE_DAY = timedelta(days=1)
# The programme looks at every status Plus each second year after its area decision (domain reference 5.2, T-PL-01).
EVERY = 2
Direction = RecalibratedIkc.Direction


@transaction.atomic
def take_effect(
    recalibration: AreaRecalibration, *, by: User | None, at: datetime
) -> AreaRecalibration:
    """From its day on the new list holds; `by=None` is the sweep of that day. Refusal: `RecalibrationRefused` before it."""
    recalibration = AreaRecalibration.objects.select_for_update(of=("self",)).get(
        pk=recalibration.pk
    )
    before = recalibration.state
    target = RECALIBRATION_WORKFLOW.target("take_effect", state=before)
    start = recalibration.valid_from
    if start is None or start > local_date(at):
        raise RecalibrationRefused("De ingangsdatum is nog niet bereikt.")
    old = _end_old_list(start)
    _move_ikcs(recalibration, old, _make_new_list(recalibration, start), at=at)
    _review_plus(recalibration, start, at=at)
    recalibration.state, recalibration.effective_at = target, at
    recalibration.save(update_fields=["state", "effective_at"])
    record(
        recalibration, "recalibration.effective", actor=by, at=at, before=before, after=target,
        reason=recalibration.decision,
    )  # fmt: skip
    return recalibration


def take_due(*, at: datetime) -> int:
    """The adopted lists whose day has come; how many. For the sweep: nothing happens twice."""
    count = 0
    for pk in (
        AreaRecalibration.objects.due(local_date(at)).order_by("year").values_list("pk", flat=True)
    ):
        with transaction.atomic():
            due = AreaRecalibration.objects.due(local_date(at)).select_for_update(skip_locked=True)
            recalibration = due.filter(pk=pk).order_by("pk").first()
            if recalibration is not None:
                take_effect(recalibration, by=None, at=at)
                count += 1
    return count


def _end_old_list(start: date) -> dict[int, AttentionArea]:
    """The areas that hold until `start`, by their key; they get a last day and stay."""
    areas = AttentionArea.objects.active_on(start).select_for_update(of=("self",)).order_by("pk")
    old = {area.pk: area for area in areas}
    AttentionArea.objects.filter(pk__in=old).update(valid_until=start - ONE_DAY)
    return old


def _make_new_list(recalibration: AreaRecalibration, start: date) -> dict[int, AttentionArea]:
    """The areas that the college designated, by their district."""
    chosen = recalibration.designations.filter(is_attention_area=True).select_related("district")
    made = AttentionArea.objects.bulk_create(
        AttentionArea(
            name=one.district.name,
            district=one.district,
            valid_from=start,
            source=recalibration.decision,
            recalibration=recalibration,
        )
        for one in chosen.order_by("district__code")
    )
    return {area.district_id: area for area in made}


def _move_ikcs(
    recalibration: AreaRecalibration,
    old: dict[int, AttentionArea],
    new: dict[int, AttentionArea],
    *,
    at: datetime,
) -> None:
    """Each IKC by where it stands: in the same area of the new list, in one for the first time, or in none any more."""
    places = _places(recalibration)
    ikcs = Ikc.objects.open_on(local_date(at)).select_related(
        "district", "attention_area__district"
    )
    rows = []
    for ikc in ikcs.select_for_update(of=("self",)).order_by("pk"):
        was = old.get(ikc.attention_area_id or 0)
        district = ikc.district or (was.district if was else None)
        here = places.get((district.code, district.name)) if district else None
        now = new.get(here) if here else None
        if was is None and now is None:
            continue
        if now is None or was is None:
            rows.append(_moved(recalibration, ikc, now or was, entered=was is None, at=at))
        _place(ikc, now, recalibration)
    RecalibratedIkc.objects.bulk_create(rows)


def _places(recalibration: AreaRecalibration) -> dict[tuple[str, str], int]:
    """The districts of its map by code and name: an IKC may be known on an older map."""
    rows = AreaDesignation.objects.filter(recalibration=recalibration).order_by("pk")
    return {
        (code, name): pk
        for code, name, pk in rows.values_list("district__code", "district__name", "district")
    }


def _place(ikc: Ikc, area: AttentionArea | None, recalibration: AreaRecalibration) -> None:
    """An IKC in an attention area has the form of one, any other is a regular one (programme, 2.2); a village stays that."""
    form = Ikc.Form.AREA if area else ikc.form
    if area is None and ikc.form == Ikc.Form.AREA:
        form = Ikc.Form.REGULAR
    if form != ikc.form:
        follow_form(
            ikc, form=form, special_education=ikc.special_education,
            valid_from=first_free_day(ikc, cast(date, recalibration.valid_from)),
            source=str(recalibration),
        )  # fmt: skip
    ikc.attention_area = area
    if area is not None:
        ikc.district = area.district
    ikc.save(update_fields=["attention_area", "form", "district"])


def _moved(
    recalibration: AreaRecalibration,
    ikc: Ikc,
    area: AttentionArea | None,
    *,
    entered: bool,
    at: datetime,
) -> RecalibratedIkc:
    verb = "ikc.area_entered" if entered else "ikc.area_left"
    record(ikc, verb, actor=None, at=at, reason=f"{area}. {recalibration.decision}")
    status = None
    if not entered:
        if ikc.district is None and area is not None:
            ikc.district = area.district  # it still stands there
        status = _take(
            ikc, f"{ikc} ligt niet meer in een aandachtsgebied ({recalibration}).", at=at
        )
    return RecalibratedIkc(
        recalibration=recalibration,
        ikc=ikc,
        direction=Direction.ENTERS if entered else Direction.LEAVES,
        area=area,
        plus_status=status,
    )


def _take(ikc: Ikc, reason: str, *, at: datetime) -> PlusStatus | None:
    """The status Plus that is in force now in recalibration, or None when there is none to take."""
    statuses = PlusStatus.objects.granted().active_on(local_date(at)).filter(ikc=ikc)
    status = statuses.order_by("-pk").first()
    if status is None:
        return None
    if PLUS_WORKFLOW.allows("recalibrate", state=status.state):
        take_into_recalibration(status, reason=reason, by=None, at=at)
    return status


def _review_plus(recalibration: AreaRecalibration, start: date, *, at: datetime) -> None:
    """Each second year after the programme's area decision every status in force is looked at again."""
    first = (
        AreaRecalibration.objects.filter(origin=AreaRecalibration.Origin.PROGRAMME)
        .order_by("year")
        .first()
    )
    if first is None or (recalibration.year - first.year) % EVERY:
        return
    statuses = PlusStatus.objects.granted().active_on(start).select_related("ikc").order_by("pk")
    for status in statuses:
        if PLUS_WORKFLOW.allows("recalibrate", state=status.state):
            take_into_recalibration(
                status, reason=f"Tweejaarlijkse herijking: {recalibration}.", by=None, at=at
            )
