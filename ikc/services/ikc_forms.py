"""Which form an IKC has, and whether it is special education: what it is today, and the rows of what it was."""

from datetime import date, timedelta

from django.db.models import Max

from ikc.models import Ikc, IkcFormPeriod
from ikc.services.centres import ChangeRefused

DAY = timedelta(days=1)


def first_free_day(ikc: Ikc, day: date) -> date:
    """`day`, or the first day after it on which another form may begin."""
    latest = ikc.forms.aggregate(latest=Max("valid_from"))["latest"]
    return max(day, latest + DAY) if latest else day


def follow_form(
    ikc: Ikc, *, form: str, special_education: bool, valid_from: date, source: str
) -> tuple[IkcFormPeriod, IkcFormPeriod]:
    """The former form ends the day before, the new one begins; `ikc` is for the caller to save. Refusal: `ChangeRefused`.

    Outside the attention areas an IKC lies in none.
    """
    running = ikc.forms.filter(valid_until=None).first()
    if running is None:
        running = IkcFormPeriod(
            ikc=ikc, form=ikc.form, special_education=ikc.special_education, source="register"
        )
    if running.valid_from is not None and running.valid_from >= valid_from:
        raise ChangeRefused("Op die dag was de vorige vorm er nog niet. Kies een latere dag.")
    running.valid_until = valid_from - DAY
    running.save()
    new = IkcFormPeriod.objects.create(
        ikc=ikc, form=form, special_education=special_education,
        valid_from=valid_from, source=source,
    )  # fmt: skip
    ikc.form, ikc.special_education = form, special_education
    if form != Ikc.Form.AREA:
        ikc.attention_area = None
    return running, new
