import pytest
from django.db.models import TextChoices

from kvk2.core.workflow import Transition, TransitionNotAllowed, Workflow


class Lamp(TextChoices):
    OFF = "off", "uit"
    ON = "on", "aan"
    BROKEN = "broken", "stuk"


LAMP = Workflow(
    "Lamp",
    Lamp,
    [
        Transition("switch_on", frozenset({Lamp.OFF}), Lamp.ON, "Aandoen"),
        Transition("break", frozenset({Lamp.OFF, Lamp.ON}), Lamp.BROKEN, "Breken"),
    ],
)


def test_the_table_gives_the_target():
    assert LAMP.target("switch_on", state=Lamp.OFF) == Lamp.ON
    assert LAMP.target("break", state="on") == "broken"


@pytest.mark.parametrize("state", [Lamp.ON, Lamp.BROKEN])
def test_a_transition_is_refused_from_another_state_in_words(state):
    with pytest.raises(
        TransitionNotAllowed, match=f"‘Aandoen’ kan niet: de status is nu ‘{state.label}’"
    ):
        LAMP.target("switch_on", state=state)


def test_an_unknown_transition_is_a_programming_error():
    with pytest.raises(KeyError):
        LAMP.target("explode", state=Lamp.OFF)


def test_available_transitions_follow_the_table():
    assert [transition.name for transition in LAMP.available_from(Lamp.OFF)] == [
        "switch_on",
        "break",
    ]
    assert LAMP.available_from(Lamp.BROKEN) == []
    assert LAMP.allows("break", state=Lamp.ON)
    assert not LAMP.allows("switch_on", state=Lamp.ON)
