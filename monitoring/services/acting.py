"""Deeds of an action: agree on it, do it, say what came of it, and let somebody else judge whether it works."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from agreements.models import AgreedResult
from agreements.states import SIGNING_ROLE, PartyRole
from ikc.models import RoleAssignment, User
from ikc.roles import Role
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from monitoring.models import Action, Return, YearPlanItem
from monitoring.services.concluding import conclusion_about
from monitoring.states import CycleState
from monitoring.states_pdca import ACTION_WORKFLOW, ActionState, Effect


class ActionRefused(DomainError):
    """An action that cannot be, or a step that does not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What somebody will do: who, until when, and when its effect is looked at."""

    title: str
    owner: User
    due_on: date
    effect_check_on: date
    plan_item: YearPlanItem | None = None


def possible_owners(return_: Return, *, day: date) -> list[User]:
    """Who can own an action of this IKC: its directors, who speaks for a party, and the project leaders; two queries."""
    wanted = Q(role=Role.PROJECT_LEADER) | Q(
        role=Role.IKC_DIRECTOR, ikc_id=return_.agreement.ikc_id
    )
    for party in return_.version.parties.exclude(role=PartyRole.MUNICIPALITY):
        wanted |= Q(role=SIGNING_ROLE[PartyRole(party.role)], organisation=party.organisation_id)
    held = RoleAssignment.objects.active_on(day).filter(wanted)
    return list(
        User.objects.filter(pk__in=held.values("user"), is_active=True).order_by(
            "last_name", "first_name", "pk"
        )
    )


@transaction.atomic
def add_action(
    return_: Return, result: AgreedResult, plan: Plan, *, as_proposal: bool, by: User, at: datetime
) -> Action:
    """Agree on an action, or propose one that its owner has yet to take over. Refusal: `ActionRefused`."""
    if return_.cycle.state == CycleState.CLOSED:
        raise ActionRefused("Dit jaar is afgesloten. Leg de actie vast bij het nieuwe jaar.")
    today = local_date(at)
    if plan.owner not in possible_owners(return_, day=today):
        raise ActionRefused("Kies iemand van dit IKC, van een partij of van de gemeente.")
    _check_days(plan.due_on, plan.effect_check_on, created_on=today)
    _check_place(plan.plan_item, return_.agreement.ikc_id)
    conclusion = conclusion_about(return_, result, by=by, at=at)
    action = Action.objects.create(
        conclusion=conclusion,
        title=plan.title.strip(),
        owner=plan.owner,
        created_on=today,
        due_on=plan.due_on,
        effect_check_on=plan.effect_check_on,
        plan_item=plan.plan_item,
        state=ActionState.PROPOSED if as_proposal else ActionState.PLANNED,
    )
    record(action, "action_agreed", actor=by, at=at, after=action.state, reason=action.title)
    return action


def _check_days(due_on: date, effect_check_on: date, *, created_on: date) -> None:
    if due_on < created_on:
        raise ActionRefused("De dag waarop de actie klaar is, ligt in het verleden.")
    if effect_check_on < due_on:
        raise ActionRefused("Bekijk het effect niet eerder dan de dag waarop de actie klaar is.")


def _check_place(item: YearPlanItem | None, ikc_id: int) -> None:
    if item is not None and item.plan.ikc_id != ikc_id:
        raise ActionRefused("Dit onderwerp staat in het jaarplan van een ander IKC.")


@transaction.atomic
def move_action(action: Action, step: str, *, result: str = "", by: User, at: datetime) -> Action:
    """`step` is a transition of ACTION_WORKFLOW; finishing and dropping say what was done, or why not."""
    action = lock(action)
    before = action.state
    target = ACTION_WORKFLOW.target(step, state=before)
    closes = target in (ActionState.DONE, ActionState.DROPPED)
    if closes and not result.strip():
        raise ActionRefused(
            "Schrijf op wat er is gedaan."
            if step == "finish"
            else "Schrijf op waarom de actie vervalt."
        )
    if step == "reopen" and action.effect:
        raise ActionRefused("Het effect van deze actie is al bekeken.")
    action.state = target
    action.result = result.strip() if closes else ""
    action.closed_on = local_date(at) if closes else None
    action.save(update_fields=["state", "result", "closed_on"])
    record(
        action, f"action_{PAST[step]}", actor=by, at=at,
        before=before, after=action.state, reason=action.result,
    )  # fmt: skip
    return action


PAST = {
    "accept": "accepted",
    "start": "started",
    "finish": "finished",
    "drop": "dropped",
    "reopen": "reopened",
}


@transaction.atomic
def judge_effect(
    action: Action,
    *,
    effect: str,
    note: str,
    check_again_on: date | None = None,
    by: User,
    at: datetime,
) -> Action:
    """Somebody other than the owner says whether it works and what is to be seen; too early asks for another day."""
    action = lock(action)
    today = local_date(at)
    if by.pk == action.owner_id:
        raise ActionRefused("U bent zelf de eigenaar: iemand anders beoordeelt het effect.")
    if not action.waits_for_judgement:
        raise ActionRefused("Het effect beoordeelt u als de actie klaar is, en één keer.")
    if not note.strip():
        raise ActionRefused("Schrijf op wat er te zien is.")
    action.effect, action.effect_note = Effect(effect), note.strip()
    action.effect_by, action.effect_on = by, today
    if action.effect == Effect.TOO_EARLY:
        if check_again_on is None or check_again_on <= today:
            raise ActionRefused("Kies een latere dag om het effect opnieuw te bekijken.")
        action.effect_check_on = check_again_on
    action.save(
        update_fields=["effect", "effect_note", "effect_by", "effect_on", "effect_check_on"]
    )
    record(
        action,
        "action_effect_judged",
        actor=by,
        at=at,
        after=action.effect,
        reason=action.effect_note,
    )
    return action


@transaction.atomic
def place_in_plan(action: Action, item: YearPlanItem | None, *, by: User, at: datetime) -> Action:
    """Give an action its place in the plan of its IKC, or take it out."""
    action = lock(action)
    _check_place(item, action.conclusion.of_return.agreement.ikc_id)
    action.plan_item = item
    action.save(update_fields=["plan_item"])
    record(action, "action_placed", actor=by, at=at, reason=str(item or ""))
    return action


def lock(action: Action) -> Action:
    return (
        Action.objects.select_for_update(of=("self",))
        .select_related("conclusion__of_return__agreement", "owner")
        .get(pk=action.pk)
    )
