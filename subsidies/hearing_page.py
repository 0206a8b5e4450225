"""What the page of a decision says of the view of the applicant (Awb 4:7-4:9)."""

from dataclasses import dataclass

from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime
from subsidies.models import Decision, RefusalCode, ViewRequest
from subsidies.services.refusals import grounds_for_view, missing_views
from subsidies.states import ViewState


@dataclass(frozen=True, slots=True)
class Hearing:
    """Why a view is needed, whether the decision may go on, and what was asked and said."""

    sentence: str
    done: bool
    view: ViewRequest | None
    rows: list[Detail]


REACTIONS = {
    ViewState.ASKED: "Nog niet ontvangen",
    ViewState.RECEIVED: "Ontvangen",
    ViewState.LAPSED: "Niet ontvangen; de termijn is voorbij",
}


def hearing_of(decision: Decision) -> Hearing | None:
    """Nothing for a decision that needs no view."""
    grounds = grounds_for_view([decision]).get(decision.pk)
    if not grounds:
        return None
    words = ", ".join(RefusalCode(code).label for code in grounds)
    view = decision.application.views.order_by("-pk").first()
    done = not missing_views([decision])
    if done:
        sentence = "De aanvrager kon reageren. Ga in de motivering in op wat de aanvrager zei."
    elif view is not None and view.state == ViewState.ASKED:
        sentence = f"De aanvrager kan tot en met {dutch_date(view.due_on)} reageren. Wacht daarop."
    else:
        sentence = "De aanvrager moet kunnen reageren voordat het besluit verder gaat (artikelen 4:7 en 4:8 Awb)."
    return Hearing(f"Grond: {words}. {sentence}", done, view, _rows(view))


def _rows(view: ViewRequest | None) -> list[Detail]:
    if view is None:
        return []
    rows = [
        Detail("Voornemen verstuurd", f"{dutch_datetime(view.asked_at)}, {view.asked_by}"),
        Detail("Reactie", REACTIONS[ViewState(view.state)]),
    ]
    if view.state == ViewState.RECEIVED:
        rows += [
            Detail("Ontvangen", f"{dutch_date(view.received_on)}, {view.get_manner_display()}"),
            Detail("Zienswijze", view.text),
        ]
    return rows
