"""The activities of a draft: kept row by row while they are typed, and complete before they are signed for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from subsidies.models import Activity, Application, SubsidyRound
from subsidies.services.applications import (
    Step,
    Typed,
    count_save,
    lock_draft,
    write_draft,
)


@dataclass(frozen=True, slots=True)
class ActivityContent:
    """One row as far as it can be stored; amounts in euros."""

    key: str
    title: str = ""
    description: str = ""
    age_groups: Sequence[str] = ()
    target_group: str = ""
    domains: Sequence[str] = ()
    goals: Sequence[str] = ()
    finding: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    reach: int | None = None
    paid_otherwise: bool | None = None
    paid_by: str = ""
    paid_amount: Decimal | None = None
    # What was typed and is no value yet, by field.
    unparsed: Mapping[str, str] = field(default_factory=dict)

    def values(self) -> dict[str, object]:
        values = asdict(self)
        for name in ("key", "unparsed"):
            del values[name]
        return values | {name: list(values[name]) for name in ("age_groups", "domains", "goals")}


@transaction.atomic
def save_activities(
    application: Application, typed: Typed, rows: Sequence[ActivityContent], *, at: datetime
) -> Application:
    """Keep `rows` in their order; a row that is not among them is gone. Refusals: as `save_plan`.

    A row keeps its identity over saves, so that a budget line stays with its activity.
    """
    application = lock_draft(application)
    unparsed = {row.key: dict(row.unparsed) for row in rows if row.unparsed}
    count_save(application, Step.ACTIVITIES, replace(typed, unparsed=unparsed), at)
    write_activities(application, rows)
    return write_draft(application, {})


def write_activities(application: Application, rows: Sequence[ActivityContent]) -> None:
    """Make `rows` the activities, in their order; the caller holds the lock on the application."""
    stored = {row.key: row for row in application.activities.all()}
    kept = {row.key for row in rows}
    Activity.objects.filter(
        pk__in=[row.pk for key, row in stored.items() if key not in kept]
    ).delete()
    new, changed, names = [], [], set()
    for order, row in enumerate(rows, 1):
        values = row.values() | {"order": order}
        activity = stored.get(row.key)
        if activity is None:
            new.append(Activity(application=application, key=row.key, **values))
        elif differing := {n for n, value in values.items() if getattr(activity, n) != value}:
            for name in differing:
                setattr(activity, name, values[name])
            changed.append(activity)
            names |= differing
    Activity.objects.bulk_create(new)
    if changed:
        Activity.objects.bulk_update(changed, sorted(names))


def gaps(activities: Sequence[Activity], round_: SubsidyRound) -> list[str]:
    """What the activities lack before they can be signed for, as sentences."""
    if not activities:
        return ["Voeg ten minste één activiteit toe."]
    return [sentence for activity in activities for sentence in _gaps_of(activity, round_)]


def _gaps_of(activity: Activity, round_: SubsidyRound) -> Iterable[str]:
    name = f"‘{activity.title}’" if activity.title else f"activiteit {activity.order}"
    wanted = (
        (activity.title, f"Geef {name} een naam."),
        (activity.description.strip(), f"Beschrijf wat u doet bij {name}."),
        (activity.age_groups, f"Kies voor welke leeftijden {name} is."),
        (activity.domains, f"Kies ten minste één ontwikkelgebied bij {name}."),
        (activity.goals, f"Kies aan welk doel {name} bijdraagt."),
        (activity.finding.strip(), f"Schrijf op welke bevinding {name} een antwoord is."),
        (activity.starts_on and activity.ends_on, f"Vul in van wanneer tot wanneer {name} is."),
        (activity.reach, f"Vul in hoeveel kinderen of ouders {name} bereikt."),
        (
            activity.paid_otherwise is not None,
            f"Geef aan of {name} ook op een andere manier wordt betaald.",
        ),
        (
            not activity.paid_otherwise or (activity.paid_by and activity.paid_amount),
            f"Vul in wie er ook betaalt voor {name}, en hoeveel.",
        ),
        (
            _within(activity, round_),
            f"De datums van {name} vallen buiten de subsidieperiode van de ronde.",
        ),
    )
    return (sentence for there, sentence in wanted if not there)


def _within(activity: Activity, round_: SubsidyRound) -> bool:
    if activity.starts_on is None or activity.ends_on is None:
        return True
    return round_.period_start <= activity.starts_on and activity.ends_on <= round_.period_end
