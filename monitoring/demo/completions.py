"""In the open round: one application that waits for its applicant, who got more time, and one whose correction waits for a judgement."""

from datetime import datetime, timedelta

from kvk2.core.deadlines import local_date
from monitoring.demo.people import World
from subsidies.models import Application, SubsidyRound
from subsidies.services import admission, completions, corrections, term_changes
from subsidies.services.admission import Given
from subsidies.services.completions import Asked

MANDATE = Asked("mandate", "Het kenmerk van het machtigingsbesluit klopt niet.", "signed")
CONTACT = Asked("contact", "Op dit telefoonnummer krijgen wij geen gehoor.", "")


def make_completions(world: World, round_: SubsidyRound, now: datetime) -> None:
    """Two of the applications that were filed in `round_`; they were asked two days ago."""
    leader = world.person("projectleider")
    asked_at = now - timedelta(days=2)
    filed = Application.objects.filter(round=round_, state="submitted").order_by("number")
    waiting, supplied = filed.select_related("ikc")[:2]
    for application in (waiting, supplied):
        admission.save_check(
            application,
            {
                "target_group": Given("yes"),
                "budget": Given("yes"),
                "signed": Given("no", MANDATE.text),
            },
            by=leader,
            at=asked_at,
        )
    asked = completions.request_completion(
        waiting,
        items=[MANDATE, CONTACT],
        note="U kunt mij hierover bellen.",
        by=leader,
        at=asked_at,
    )
    term_changes.extend_completion(
        waiting,
        due_on=asked.due_on + timedelta(days=7),
        reason="De directeur is ziek en de vervanger begint pas volgende week.",
        by=leader,
        at=now - timedelta(days=1),
    )
    request = completions.request_completion(
        supplied, items=[MANDATE, CONTACT], by=leader, at=asked_at
    )
    director = world.directors[supplied.ikc_id]
    answered_at = now - timedelta(days=1)
    corrections.save_correction(
        request,
        values={
            "mandate_reference": f"Machtigingsbesluit {local_date(answered_at).year}-12",
            "contact_phone": "058 000 00 12",
        },
        explanation="Ons bestuur nam in het voorjaar een nieuw besluit.",
        by=director,
        at=answered_at,
    )
    corrections.submit_correction(request, by=director, at=answered_at)
