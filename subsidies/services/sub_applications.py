"""The part of an application with its own amount and priority."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from kvk2.core.money import format_amount
from subsidies.content import ApplicationContent
from subsidies.models import Application, SubApplication
from subsidies.services.applications import Step, Typed, count_save, lock_draft, write_draft
from subsidies.services.standing import Standing, standing_at_submission, tier_of

ANSWERS = ("title", "description", "amount", "young_child")


@transaction.atomic
def save_sub_application(application: Application, typed: Typed, *, at: datetime) -> Application:
    """Keep the answers. Without a wish for a part its other answers go. Refusals: as `save_plan`."""
    application = lock_draft(application)
    count_save(application, Step.SUB_APPLICATION, typed, at)
    write_sub_application(application, typed.values)
    return write_draft(application, {})


def write_sub_application(application: Application, values: Mapping[str, Any]) -> SubApplication:
    """Make `values` the answers; the caller holds the lock on the application."""
    nothing = {"title": "", "description": "", "amount": None, "young_child": None, "tier": None}
    wanted = dict(values) if values.get("wanted") else {**values, **nothing}
    return SubApplication.objects.update_or_create(application=application, defaults=wanted)[0]


def gaps(application: Application, content: ApplicationContent) -> Sequence[str]:
    """What is missing about the part, as sentences; nothing where the round has none."""
    if not application.round.sub_applications_allowed:
        return []
    name = application.round.sub_application_name
    if content.sub is None or content.sub.wanted is None:
        return [f"Geef aan of u ook de deelaanvraag ‘{name}’ doet."]
    if not content.sub.wanted:
        return []
    sub, requested = content.sub, application.requested_amount
    wanted = (
        (sub.title, "Geef de deelaanvraag een titel."),
        (sub.description.strip(), "Beschrijf wat u met de deelaanvraag doet, en waarom."),
        (sub.amount, "Vul het bedrag van de deelaanvraag in."),
        (
            sub.young_child is not None,
            "Geef aan of de deelaanvraag voor kinderen tot en met 5 jaar is.",
        ),
        (
            not sub.amount or not requested or sub.amount <= requested,
            f"De deelaanvraag van {format_amount(sub.amount or Decimal(0))} is meer dan het hele bedrag dat "
            f"u vraagt: {format_amount(requested or Decimal(0))}.",
        ),
    )
    return [sentence for there, sentence in wanted if not there]


def with_part(standing: Standing, content: ApplicationContent) -> Standing:
    """The facts of the IKC with that of the part; one tier follows from both, for the application as a whole (rule R2)."""
    sub = content.wanted_sub
    return replace(standing, young_child=sub is not None and bool(sub.young_child))


def freeze(application: Application, content: ApplicationContent, standing: Standing) -> None:
    """Fix the priority that the part gives, at submission."""
    if sub := content.wanted_sub:
        sub.tier = tier_of(application.round, with_part(standing, content))
        sub.save(update_fields=["tier"])


def priority_gaps(application: Application, content: ApplicationContent) -> Sequence[str]:
    """Why a correction of a filed application cannot be: its place in the queue is that of the day of filing."""
    standing = with_part(standing_at_submission(application), content)
    if application.tier in (None, tier_of(application.round, standing)):
        return []
    return [
        "De voorrang van uw aanvraag ligt vast sinds het indienen. Verander niet of er een deelaanvraag is, en niet of "
        "die voor kinderen tot en met 5 jaar is."
    ]
