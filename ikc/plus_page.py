"""The page about the status Plus of one IKC: how far it is, what is missing, who can do what."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.urls import reverse

from ikc import agenda
from ikc.models import (
    AgendaItem,
    Ikc,
    Organisation,
    PlusCondition,
    PlusReview,
    PlusStatus,
    User,
)
from ikc.plus import in_attention_area
from ikc.plus_conditions import LOCATION
from ikc.rules import own_parties
from ikc.states import PLUS_UNDECIDED, PLUS_WORKFLOW, ConditionOutcome, PlusState
from ikc.states_governance import BodyKind
from kvk2.core import charts
from kvk2.core.charts.canvas import Sign
from kvk2.nlds.components import Detail, Milestone, Step, StepState
from kvk2.nlds.templatetags.nlds import dutch_date

S, C = PlusState, ConditionOutcome
ELEVEN = 11


@dataclass(frozen=True, slots=True)
class Action:
    """A button; the first one of the page is its main button."""

    label: str
    url: str


# Deed, transition of the table, permission, words of the button.
_DEEDS = (
    ("plus_check", "check", "ikc.assess_plus", "Voorwaarden toetsen"),
    ("plus_propose", "propose", "ikc.assess_plus", "Voorstellen aan het college"),
    ("plus_refuse", "refuse", "ikc.decide_plus", "Weigeren"),
    ("plus_grant", "grant", "ikc.decide_plus", "Predicaat toekennen"),
    ("plus_return", "return", "ikc.decide_plus", "Opnieuw laten toetsen"),
    ("plus_recalibrate", "recalibrate", "ikc.assess_plus", "In herijking nemen"),
    ("plus_continue", "continue", "ikc.assess_plus", "Predicaat voortzetten"),
)


class PlusPage:
    """For a reader who may see it; the status that counts now, and the earlier ones."""

    def __init__(self, ikc: Ikc, user: User, *, today: date) -> None:
        self.ikc, self.user, self.today = ikc, user, today

    @cached_property
    def statuses(self) -> list[PlusStatus]:
        rows = PlusStatus.objects.filter(ikc=self.ikc).select_related("ikc")
        return list(rows.order_by("-pk"))

    @cached_property
    def current(self) -> PlusStatus | None:
        """What asks for attention: on its way, else the one of today, else the latest."""
        by_need = sorted(self.statuses, key=self._need)
        return by_need[0] if by_need else None

    def _need(self, status: PlusStatus) -> int:
        start, end = status.valid_from or self.today, status.valid_until or self.today
        runs_today = status.is_running and start <= self.today <= end
        return 0 if status.is_on_the_way else 1 if runs_today else 2

    @property
    def earlier(self) -> list[PlusStatus]:
        return [status for status in self.statuses if status != self.current]

    # --- the conditions ---

    @cached_property
    def conditions(self) -> list[PlusCondition]:
        if self.current is None:
            return []
        rows = self.current.conditions.with_papers()
        return list(rows.order_by("code"))

    @property
    def location(self) -> PlusCondition | None:
        return next((row for row in self.conditions if row.code == LOCATION), None)

    @property
    def eleven(self) -> list[PlusCondition]:
        return [row for row in self.conditions if row.code != LOCATION]

    @property
    def met(self) -> int:
        return sum(row.suffices for row in self.eleven)

    @property
    def checklist(self) -> list[Step]:
        return [
            Step(
                f"{row.code} {row.get_code_display()}",
                _step_state(row),
                row.get_absolute_url(),
                words=_in_words(row),
            )
            for row in self.eleven
        ]

    @property
    def picture(self) -> charts.Chart:
        """The eleven in one bar, by what was found."""
        counts = [sum(row.outcome == outcome for row in self.eleven) for outcome in _SIGNS]
        return charts.counts_chart(
            [("Voorwaarden", counts)],
            [(sign, ConditionOutcome(outcome).label) for outcome, sign in _SIGNS.items()],
            title=f"{self.met} van de {ELEVEN} voorwaarden zijn goed genoeg",
            description=_spoken(counts),
        )

    # --- what is missing ---

    @cached_property
    def discussed_on(self) -> date | None:
        if self.current is None:
            return None
        if self.current.discussed_on:
            return self.current.discussed_on
        return AgendaItem.objects.discussed_on(self.current, in_body=BodyKind.BOARD_CONSULTATION)

    @cached_property
    def missing(self) -> list[str]:
        """What stands between this status and its decision, as sentences."""
        if self.current is None or not self.current.is_on_the_way:
            return []
        return list(self._missing(self.current))

    def _missing(self, status: PlusStatus) -> Iterator[str]:
        if not in_attention_area(self.ikc, self.today):
            yield "Het IKC ligt vandaag niet in een aandachtsgebied."
        yield from (_lacking(row) for row in self.eleven if not row.suffices)
        yield from (f"{lapse.code}: {lapse.note}" for lapse in self.lapses)
        names = [party.short_name for party, at in self.parties if at is None]
        if names and self.eleven:
            yield f"Nog niet bevestigd door {' en '.join(names)}."
        if self.discussed_on is None:
            yield "Nog niet besproken in het bestuurlijk overleg."

    @cached_property
    def lapses(self) -> list:
        return (
            list(self.current.lapses.filter(settled_at=None).order_by("pk")) if self.current else []
        )

    @cached_property
    def parties(self) -> list[tuple[Organisation, object]]:
        """Who stands behind the IKC, and when they confirmed what was supplied."""
        if self.current is None:
            return []
        confirmed = dict(self.current.confirmations.values_list("organisation", "confirmed_at"))
        ids = {self.ikc.board_id, *self.ikc.partner_ids_today}
        found = Organisation.objects.filter(pk__in=ids | set(confirmed)).order_by("kind", "name")
        return [(party, confirmed.get(party.pk)) for party in found]

    # --- the review ---

    @cached_property
    def reviews(self) -> list[PlusReview]:
        rows = PlusReview.objects.filter(status__ikc=self.ikc)
        return list(rows.select_related("status", "view_by").order_by("-pk"))

    @property
    def review(self) -> PlusReview | None:
        """The one that is going on."""
        return next((row for row in self.reviews if row.closed_at is None), None)

    @property
    def closed_reviews(self) -> list[PlusReview]:
        return [row for row in self.reviews if row.closed_at is not None]

    @property
    def review_facts(self) -> list[Detail]:
        review = self.review
        if review is None:
            return []
        rows = [Detail("Aanleiding", review.reason), Detail("Sinds", dutch_date(review.opened_at))]
        if review.intent_at:
            rows += [
                Detail("Voornemen", f"{review.get_intent_display()}: {review.intent_reason}"),
                Detail("Reageren tot en met", dutch_date(review.respond_until)),
                Detail("Reactie", review.view or "Nog geen reactie."),
            ]
        return rows

    # --- the way ---

    @property
    def steps(self) -> list[Milestone]:
        """The four steps to a decision, as far as they were taken."""
        status = self.current
        if status is None:
            return []
        order = (S.CANDIDATE, S.CONDITIONS_CHECK, S.PROPOSED)
        names = ("Kandidaat", "Voorwaarden getoetst", "Voorgesteld aan het college")
        at = order.index(S(status.state)) if status.state in order else len(order)
        when = (status.nominated_at, None, status.proposed_at)
        steps = [
            Milestone(
                name,
                "done" if number < at else "current" if number == at else "todo",
                dutch_date(when[number]) if number <= at else "",
            )
            for number, name in enumerate(names)
        ]
        decision = "Geweigerd" if status.state == S.REFUSED else "Besluit van het college"
        done = at == len(order)
        return [
            *steps,
            Milestone(decision, "done" if done else "todo", dutch_date(status.decided_at)),
        ]

    @cached_property
    def actions(self) -> list[Action]:
        """What this reader can do now."""
        return list(self._actions())

    def _actions(self) -> Iterator[Action]:
        status = self.current
        if status is None:
            yield from self._nomination("Kandidaat stellen")
            return
        yield from self._confirming(status)
        yield from self._in_review(status)
        for name, transition, permission, label in _DEEDS:
            allowed = PLUS_WORKFLOW.allows(transition, state=status.state)
            if allowed and self.user.has_perm(permission, self.ikc):
                yield self._of(name, label)
        waits = status.state in (S.CONDITIONS_CHECK, S.UNDER_RECALIBRATION)
        if waits and self.discussed_on is None and self.user.has_perm("ikc.manage_bodies"):
            about = agenda.key_of(status)
            yield Action("Op een agenda zetten", f"{reverse('ikc:item_place')}?over={about}")
        if not status.is_on_the_way:
            yield from self._nomination("Opnieuw kandidaat stellen")

    def _nomination(self, label: str) -> Iterator[Action]:
        if self.user.has_perm("ikc.assess_plus"):
            yield Action(label, reverse("ikc:plus_nominate", args=[self.ikc.pk]))

    def _confirming(self, status: PlusStatus) -> Iterator[Action]:
        waiting = {party.pk for party, at in self.parties if at is None}
        if status.state in PLUS_UNDECIDED and waiting & own_parties(self.user):
            yield self._of("plus_confirm", "Bevestigen wat is aangeleverd")

    def _in_review(self, status: PlusStatus) -> Iterator[Action]:
        review = self.review
        if review is None or review.status_id != status.pk:
            return
        if (
            review.intent_at
            and not review.view_at
            and self.user.has_perm("ikc.answer_plus", self.ikc)
        ):
            yield self._of("plus_answer", "Reageren op het voornemen")
        if review.has_been_heard(self.today) and self.user.has_perm("ikc.decide_plus"):
            if review.intent == PlusReview.Intent.ADJUST:
                yield self._of("plus_adjust", "Predicaat aanpassen")
            else:
                yield self._of("plus_end", "Predicaat beëindigen")
        if review.view_at is None and self.user.has_perm("ikc.assess_plus"):
            again = "Voornemen wijzigen" if review.intent_at else "Voornemen aankondigen"
            yield self._of("plus_announce", again)

    def _of(self, name: str, label: str) -> Action:
        return Action(label, reverse(f"ikc:{name}", args=[self.current.pk if self.current else 0]))


_SIGNS = {C.MET: Sign.DISC, C.PARTLY: Sign.HALF, C.NOT_MET: Sign.TRIANGLE, C.UNKNOWN: Sign.RING}


def _spoken(counts: list[int]) -> str:
    parts = [
        f"{count} {ConditionOutcome(outcome).label}"
        for outcome, count in zip(_SIGNS, counts, strict=True)
        if count
    ]
    return f"Van de {ELEVEN} voorwaarden: {', '.join(parts)}."


def _lacking(row: PlusCondition) -> str:
    """What is still to be done about a condition, in a sentence."""
    name = f"{row.code} {row.get_code_display()}"
    if row.outcome == C.UNKNOWN:
        return (
            f"{name}: nog niet beoordeeld{'' if row.paper_count else ', en er is nog geen bewijs'}."
        )
    if row.outcome == C.PARTLY:
        return f"{name}: deels voldaan, zonder uitzondering van het college. {row.note}"
    return f"{name}: niet voldaan. {row.note}"


def _step_state(row: PlusCondition) -> StepState:
    if row.suffices:
        return StepState.DONE
    return StepState.TODO if row.outcome == C.UNKNOWN else StepState.ERROR


def _in_words(row: PlusCondition) -> str:
    papers = f"{row.paper_count} {'bewijsstuk' if row.paper_count == 1 else 'bewijsstukken'}"
    said = str(row.get_outcome_display())
    if row.has_exception:
        said += ", met uitzondering van het college"
    return f"{said[0].upper()}{said[1:]} · {papers if row.paper_count else 'nog geen bewijs'}"
