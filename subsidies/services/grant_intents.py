"""Changing or taking back a grant: the intention and the reaction first, then the decision (Awb 4:48-4:50; L07R, L16)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kvk2.core import deadlines
from kvk2.core.audit import record
from kvk2.core.deadlines import DeadlineKind, local_date
from kvk2.core.errors import DomainError
from kvk2.core.money import format_amount
from subsidies.facts import known
from subsidies.models import ChangeGround, Decision, Grant, GrantIntent, Letter, ViewRequest
from subsidies.services.acts import draft_act
from subsidies.services.grant_changes import give_other_amount, refuse_fixed
from subsidies.services.notices import written
from subsidies.services.standard_letters import order_standard_letter
from subsidies.states import VIEW_WORKFLOW, ViewState

if TYPE_CHECKING:
    from ikc.models import User

Kind, Ground = Decision.Kind, ChangeGround
# By ground: its article. Awb 4:48 before the determination, 4:49 after it, 4:50 without fault of the recipient.
ARTICLES = {
    Ground.NOT_DONE: "artikel 4:48, eerste lid, onder a, Awb",
    Ground.DUTIES: "artikel 4:48, eerste lid, onder b, Awb",
    Ground.WRONG_DATA: "artikel 4:48, eerste lid, onder c, Awb",
    Ground.KNEW: "artikel 4:48, eerste lid, onder d, Awb",
    Ground.BUDGET: "artikel 4:48, eerste lid, onder e, Awb",
    Ground.FACTS: "artikel 4:49, eerste lid, onder a, Awb",
    Ground.KNEW_DETERMINATION: "artikel 4:49, eerste lid, onder b, Awb",
    Ground.DUTIES_AFTER: "artikel 4:49, eerste lid, onder c, Awb",
    Ground.INCORRECT: "artikel 4:50, eerste lid, onder a, Awb",
    Ground.CIRCUMSTANCES: "artikel 4:50, eerste lid, onder b, Awb",
    Ground.RULE: "artikel 4:50, eerste lid, onder c, Awb",
    Ground.REQUEST: "op uw eigen verzoek",
}
AFTER_DETERMINATION = frozenset({Ground.FACTS, Ground.KNEW_DETERMINATION, Ground.DUTIES_AFTER})
# Awb 4:50(1): with a reasonable term; (2): with compensation in the first two cases.
WITHOUT_FAULT = frozenset({Ground.INCORRECT, Ground.CIRCUMSTANCES, Ground.RULE})
COMPENSATED = frozenset({Ground.INCORRECT, Ground.CIRCUMSTANCES})


class ChangeRefused(DomainError):
    """The law does not allow this change, or a part of it is missing."""

    code = "CHANGE_REFUSED"


class NotHeard(DomainError):
    """The recipient could not react yet (Awb 4:7, 4:8)."""

    code = "NOT_HEARD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is decided: `new_amount` in euros is left from `works_from`; nothing is a revocation."""

    ground: str
    new_amount: Decimal
    motivation: str
    proportionality: str
    works_from: date
    compensation: str = ""


def in_words(ground: str) -> str:
    """The ground with its article, for a letter."""
    return f"{Ground(ground).label} ({ARTICLES[Ground(ground)]})"


@transaction.atomic
def announce_intent(
    grant: Grant, *, ground: str, new_amount: Decimal, reason: str, by: "User", at: datetime
) -> GrantIntent:
    """Tell the recipient what the college means to do, with time to react. Refusals: `ChangeRefused`, `GrantFixed`."""
    grant = _lock(grant)
    if ground not in Ground.values or ground == Ground.REQUEST or not reason.strip():
        raise ChangeRefused("Kies een grond, en schrijf op waarom die geldt.")
    _refuse_unlawful(grant, ground, new_amount, day=local_date(at))
    if grant.intents.filter(state=ViewState.ASKED).exists():
        raise ChangeRefused("Over deze verlening loopt al een voornemen.")
    intent = GrantIntent.objects.create(
        grant=grant,
        ground=ground,
        new_amount=new_amount,
        reason=reason.strip(),
        asked_at=at,
        asked_by=by,
        due_on=deadlines.deadline(DeadlineKind.VIEW, local_date(at)).last_day,
    )
    record(grant, "grant_intent_sent", actor=by, at=at, reason=intent.reason, due_on=intent.due_on)
    plan = (
        "uw subsidie in te trekken"
        if intent.ends
        else f"uw subsidie te verlagen naar {format_amount(new_amount)}"
    )
    values = {
        **_case(grant),
        "voornemen": plan,
        "grond": in_words(ground),
        "reden": intent.reason,
        "reageren_tot": intent.due_on,
    }
    order_standard_letter(Letter.Code.INTENT_REVOKE, grant.application, values, at=at)
    return intent


@transaction.atomic
def react(
    intent: GrantIntent, *, manner: str, text: str, received_on: date, by: "User", at: datetime
) -> GrantIntent:
    """Keep the reaction, typed in the portal or written down. Refusals: `ChangeRefused`, `TransitionNotAllowed`."""
    intent = GrantIntent.objects.select_for_update(of=("self",)).get(pk=intent.pk)
    target = VIEW_WORKFLOW.target("receive", state=intent.state)
    if not text.strip() or manner not in ViewRequest.Manner.values:
        raise ChangeRefused("Schrijf de reactie op.")
    if not local_date(intent.asked_at) <= received_on <= min(local_date(at), intent.due_on):
        raise ChangeRefused("De reactie kwam niet binnen de termijn.")
    intent.state, intent.manner, intent.text = target, manner, text.strip()
    intent.received_on = received_on
    intent.save(update_fields=["state", "manner", "text", "received_on"])
    record(intent.grant, "grant_intent_answered", actor=by, at=at, manner=manner)
    return intent


@transaction.atomic
def lapse_intents(*, at: datetime) -> int:
    """End the terms to react of which the last day is over; the number ended. The recipient had the opportunity."""
    over = GrantIntent.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=ViewState.ASKED, due_on__lt=local_date(at)
    )
    intents = list(over.select_related("grant").order_by("pk"))
    for intent in intents:
        intent.state = VIEW_WORKFLOW.target("lapse", state=intent.state)
        intent.save(update_fields=["state"])
        record(intent.grant, "grant_intent_lapsed", actor=None, at=at)
    return len(intents)


@transaction.atomic
def draft_change(grant: Grant, change: Change, *, by: "User", at: datetime) -> Decision:
    """A draft of the amendment or revocation. Refusals: `ChangeRefused`, `NotHeard`, `GrantFixed`, `ActOpen`."""
    grant = _lock(grant)
    return draft_act(
        grant.application,
        Kind.AMENDMENT if change.new_amount else Kind.REVOCATION,
        amount=change.new_amount,
        motivation=change.motivation,
        details={
            "ground": change.ground,
            "was": str(grant.amount),
            "works_from": change.works_from.isoformat(),
            "proportionality": change.proportionality.strip(),
            "compensation": change.compensation.strip(),
        },
        grant=grant,
        by=by,
        at=at,
    )


def heard_intent(grant: Grant, ground: str, amount: Decimal) -> GrantIntent | None:
    """The intention on this ground on which the recipient could react, no less severe than what is decided."""
    heard = grant.intents.filter(
        ground=ground, new_amount__lte=amount, state__in=[ViewState.RECEIVED, ViewState.LAPSED]
    )
    return heard.order_by("-pk").first()


def refuse(decision: Decision, at: datetime) -> None:
    """Raises when the law does not allow this change (any more): `ChangeRefused`, `NotHeard`, `GrantFixed`."""
    grant, ground = known(decision.grant), decision.details["ground"]
    if ground not in Ground.values:
        raise ChangeRefused("Kies een grond.")
    if Decimal(decision.details["was"]) != grant.amount:
        raise ChangeRefused(
            "Het bedrag van de verlening is intussen veranderd. Maak een nieuw concept."
        )
    _refuse_unlawful(grant, ground, decision.amount, day=local_date(at))
    if ground != Ground.REQUEST and heard_intent(grant, ground, decision.amount) is None:
        raise NotHeard(
            "De ontvanger kon nog niet reageren. Verstuur eerst het voornemen, en wacht op de reactie of het einde van "
            "de termijn (artikelen 4:7 en 4:8 Awb)."
        )
    if not decision.details["proportionality"]:
        raise ChangeRefused(
            "Schrijf op waarom de gevolgen niet zwaarder zijn dan nodig (artikel 3:4 Awb)."
        )
    if ground in WITHOUT_FAULT and date.fromisoformat(decision.details["works_from"]) <= local_date(
        at
    ):
        raise ChangeRefused(
            "Zonder fout van de ontvanger werkt het besluit pas na een redelijke termijn. Kies een latere dag "
            "(artikel 4:50, eerste lid, Awb)."
        )
    if ground in COMPENSATED and not decision.details["compensation"]:
        raise ChangeRefused(
            "Schrijf op welke schade wordt vergoed (artikel 4:50, tweede lid, Awb)."
        )


def _refuse_unlawful(grant: Grant, ground: str, amount: Decimal, *, day: date) -> None:
    """Which grounds there are before and after the determination, and for how long (Awb 4:48-4:50)."""
    refuse_fixed(grant, ends=not amount)
    if not 0 <= amount < grant.amount:
        raise ChangeRefused(
            f"Het bedrag dat overblijft is lager dan {format_amount(grant.amount)}."
        )
    if grant.is_determined != (ground in AFTER_DETERMINATION) and ground != Ground.REQUEST:
        raise ChangeRefused(
            "Na de vaststelling gelden alleen de gronden van artikel 4:49 Awb."
            if grant.is_determined
            else "Deze grond geldt pas na de vaststelling (artikel 4:49 Awb)."
        )
    if grant.determined_on is not None and ground in AFTER_DETERMINATION:
        until = deadlines.deadline(DeadlineKind.RECOVER_LIMIT, grant.determined_on).last_day
        if day > until:
            raise ChangeRefused(
                f"De vaststelling is meer dan vijf jaar geleden: dit kon tot en met {written(until)} "
                "(artikel 4:49, derde lid, Awb)."
            )


def values(decision: Decision, at: datetime) -> dict[str, Any]:
    """The merge fields of L16."""
    grant, details = known(decision.grant), decision.details
    ends = decision.kind == Kind.REVOCATION
    was = Decimal(details["was"])
    return {
        **_case(grant, was=was),
        "beslissing": "Wij trekken uw subsidie in." if ends else "Wij verlagen uw subsidie.",
        "nieuw": decision.amount,
        "grond": in_words(details["ground"]),
        "werkt_vanaf": date.fromisoformat(details["works_from"]),
        "reactie": _reaction(decision, grant),
        "afweging": details["proportionality"],
        "vergoeding": details["compensation"],
        "gevolgen": f"U houdt recht op {format_amount(decision.amount)}. Kreeg u meer dan dat al uitbetaald? Dan krijgt u "
        "daarover nog een apart besluit.",
    }


def _reaction(decision: Decision, grant: Grant) -> str:
    if decision.details["ground"] == Ground.REQUEST:
        return "U vroeg hier zelf om."
    intent = heard_intent(grant, decision.details["ground"], decision.amount)
    if intent is None:
        return ""
    if intent.state == ViewState.LAPSED:
        return "Wij vroegen u om een reactie. Die kregen wij niet."
    return f"Op {written(known(intent.received_on))} reageerde u: {intent.text}"


def _case(grant: Grant, *, was: Decimal | None = None) -> dict[str, Any]:
    """What both letters say of the grant."""
    return {
        "verlening": grant.decision.reference,
        "verleend_op": local_date(known(grant.decision.announced_at)),
        "verleend": grant.amount if was is None else was,
    }


def on_announce(decision: Decision, *, at: datetime) -> None:
    """The grant gives what is left, from the announcement on (Awb 3:40)."""
    grant = _lock(known(decision.grant))
    give_other_amount(grant, decision, at=at)
    application = grant.application
    application.granted_amount = decision.amount
    application.save(update_fields=["granted_amount"])


def _lock(grant: Grant) -> Grant:
    return (
        Grant.objects.select_for_update(of=("self",))
        .select_related(
            "application__round__scheme_version",
            "application__ikc",
            "application__board",
            "decision",
        )
        .get(pk=grant.pk)
    )
