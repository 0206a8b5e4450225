"""How far a draft of a round is: its steps as a task list, and what is still missing, with links."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import cached_property

from kvk2.nlds.components import Step as StepLink
from kvk2.nlds.components import StepState
from subsidies.models import SubsidyRound
from subsidies.round_steps import RoundStep
from subsidies.services.round_checks import Missing, missing_for_adoption


class TaskLine(NamedTuple):
    """One step, as `components/task_list.html` shows it."""

    title: str
    url: str
    hint: str
    badge: str
    kind: str
    due: None = None


class MissingLink(NamedTuple):
    """Something that is missing, with where to supply it."""

    text: str
    url: str


class RoundTasks:
    """Reads of one draft; each is asked at most once."""

    def __init__(self, round_: SubsidyRound) -> None:
        self.round = round_

    @cached_property
    def missing(self) -> list[Missing]:
        return missing_for_adoption(self.round)

    @cached_property
    def missing_links(self) -> list[MissingLink]:
        return [MissingLink(item.text, self.url(item.step)) for item in self.missing]

    @property
    def tasks(self) -> list[TaskLine]:
        return [
            TaskLine(step.label, self.url(step), step.hint, *self._badge(step))
            for step in RoundStep
        ]

    def links(self, *, current: RoundStep) -> list[StepLink]:
        """The steps beside the form."""
        return [
            StepLink(
                step.label,
                StepState.CURRENT if step == current else self._state(step),
                "" if step == current else self.url(step),
                "" if step == current else self._to_check(step),
            )
            for step in RoundStep
        ]

    def url(self, step: RoundStep) -> str:
        return reverse("subsidies:round_step", args=[self.round.pk, step.value])

    def _to_check(self, step: RoundStep) -> str:
        """What is copied from an earlier round is filled in, and yet somebody has to look at it."""
        if step not in self.round.steps_to_check:
            return ""
        return "Gekopieerd, nog nakijken" if self.round.copied_from_id else "Nog bekijken"

    def _badge(self, step: RoundStep) -> tuple[str, str]:
        if words := self._to_check(step):
            return words, "neutral"
        count = sum(item.step == step for item in self.missing)
        if count:
            return f"{count} {'punt' if count == 1 else 'punten'}", "warning"
        return "klaar", "success"

    def _state(self, step: RoundStep) -> StepState:
        if step in self.round.steps_to_check:
            return StepState.TODO
        return (
            StepState.ERROR if any(item.step == step for item in self.missing) else StepState.DONE
        )
