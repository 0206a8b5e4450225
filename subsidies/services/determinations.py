"""Determining a subsidy (Awb 4:42-4:47; domain reference 3.9): as granted, lower, at nothing, with or without an account.

Amounts are euros. Lower than granted on a ground of Awb 4:46(2) takes reasons why it is proportionate (3:4(2)) and a view of
the recipient first (4:12(2)b); what follows from the actual cost or the units delivered is arithmetic of the type of subsidy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.capitals import upper_first
from kvk2.core.deadlines import DeadlineKind, deadline, local_date
from kvk2.core.errors import DomainError
from kvk2.core.money import format_amount
from subsidies.facts import known
from subsidies.lowering import FORMULA, GROUNDS, LoweringGround
from subsidies.models import (
    AccountabilityReport,
    Decision,
    Grant,
    Letter,
    ViewRequest,
)
from subsidies.services.acts import draft_act
from subsidies.services.refusals import GIVEN, NoViewNeeded, ViewMissing
from subsidies.services.settlements import paid_so_far, settle_grant
from subsidies.services.standard_letters import order_standard_letter
from subsidies.settlement import Realised, SubsidyType, determine
from subsidies.states import DecisionState, ViewState
from subsidies.states_accountability import ACCOUNT_WORKFLOW, AccountState
from subsidies.states_grants import GRANT_WORKFLOW

if TYPE_CHECKING:
    from ikc.models import User

Kind = Decision.Kind
GONE = (DecisionState.DISCARDED, DecisionState.REPLACED)


class NotDeterminable(DomainError):
    """No account that was agreed to, and no right to go on without one; or determined already."""


class LoweringUnfounded(DomainError):
    """Lower than granted without a ground of Awb 4:46(2), or without saying why that is proportionate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a project leader fills in; of `realised` each type of subsidy uses its own."""

    realised: Realised
    ground: str = ""
    proportionality: str = ""
    motivation: str


# ------------------------------------------------------------ whether and how


def report_of(grant: Grant) -> AccountabilityReport | None:
    return AccountabilityReport.objects.filter(grant=grant).first()


def is_ex_officio(grant: Grant, report: AccountabilityReport | None, day: date) -> bool:
    """Whether the college may go on without an account: nothing came in within the new term (Awb 4:44(3-4), 4:47)."""
    return (
        report is not None
        and report.state == AccountState.OVERDUE
        and report.extra_due_on is not None
        and day > report.extra_due_on
    )


def is_determinable(grant: Grant, report: AccountabilityReport | None, day: date) -> bool:
    """Whether a draft could be made on `day`, as far as the account goes."""
    agreed = report is not None and report.state == AccountState.ACCEPTED
    return agreed or is_ex_officio(grant, report, day)


def refuse_undeterminable(grant: Grant, day: date) -> bool:
    """Whether it is without an account. Refusal: `NotDeterminable`."""
    if grant.is_determined:
        raise NotDeterminable("De subsidie is al vastgesteld.")
    GRANT_WORKFLOW.target("determine", state=grant.state)
    report = report_of(grant)
    if report is not None and report.state == AccountState.ACCEPTED:
        return False
    if is_ex_officio(grant, report, day):
        return True
    raise NotDeterminable(
        "Vaststellen kan als de verantwoording akkoord is, of als er na de nieuwe termijn nog niets is ingediend."
    )


def open_act(grant: Grant) -> Decision | None:
    """The determination that is being prepared or was taken, if any."""
    return grant.acts.filter(kind=Kind.DETERMINATION).exclude(state__in=GONE).first()


@transaction.atomic
def draft_determination(grant: Grant, proposal: Proposal, *, by: "User", at: datetime) -> Decision:
    """Prepare the decision. Refusals: `NotDeterminable`, `LoweringUnfounded`, `CostInvalid`, `PercentageInvalid`."""
    grant = (
        Grant.objects.select_for_update(of=("self",)).select_related("application").get(pk=grant.pk)
    )
    without = refuse_undeterminable(grant, local_date(at))
    paid = paid_so_far(grant)
    outcome = determine(SubsidyType(grant.subsidy_type), grant.amount, paid, proposal.realised)
    ground = proposal.ground or (
        FORMULA if outcome.amount < grant.amount and _by_formula(grant) else ""
    )
    report = report_of(grant)
    details = {
        "outcome": "ex_officio" if without else outcome.kind.value,
        "granted": str(grant.amount),
        "advances": str(paid),
        "ground": ground if outcome.amount < grant.amount else "",
        "proportionality": proposal.proportionality.strip(),
        "ex_officio": without,
        "report": report.pk if report else None,
        "calculation": _calculation(grant, proposal.realised, outcome.amount),
        "cause": _cause(report, without),
    }
    return draft_act(
        grant.application,
        Kind.DETERMINATION,
        amount=outcome.amount,
        motivation=proposal.motivation,
        details=details,
        grant=grant,
        by=by,
        at=at,
    )


def _by_formula(grant: Grant) -> bool:
    return SubsidyType(grant.subsidy_type) is not SubsidyType.BUDGET


def _cause(report: AccountabilityReport | None, without: bool) -> str:
    if without or report is None or report.submitted_at is None:
        return (
            "Wij ontvingen geen verantwoording, ook niet binnen de nieuwe termijn. Daarom stellen wij de subsidie zonder "
            "uw aanvraag vast (artikel 4:47 Awb)."
        )
    day = local_date(report.submitted_at)
    return f"U vroeg daarom op {day.day}-{day.month}-{day.year}, met uw verantwoording."


def _calculation(grant: Grant, realised: Realised, amount: Decimal) -> str:
    """How the amount came about, in one or two sentences of the letter."""
    words = {
        SubsidyType.BUDGET: _budget_words,
        SubsidyType.COST: _cost_words,
        SubsidyType.PERFORMANCE: _performance_words,
    }
    return words[SubsidyType(grant.subsidy_type)](grant, realised, amount)


def _budget_words(grant: Grant, realised: Realised, amount: Decimal) -> str:
    if realised.lowered_to_percentage is None:
        return "De subsidie is een vast bedrag. Wij stellen haar vast zoals zij is verleend."
    share = f"{realised.lowered_to_percentage.normalize():f}".replace(".", ",")
    return f"De subsidie is een vast bedrag. Wij laten daarvan {share} procent staan: {format_amount(amount)}."


def _cost_words(grant: Grant, realised: Realised, amount: Decimal) -> str:
    cost, needless = known(realised.actual_cost), realised.unnecessary_cost or Decimal(0)
    words = f"De subsidie hangt af van de werkelijke kosten. Die waren {format_amount(cost)}."
    if needless:
        words += f" Daarvan was {format_amount(needless)} redelijkerwijs niet nodig (artikel 4:46, derde lid, Awb)."
    if cost - needless > grant.amount:
        words += " Meer dan wij verleenden, betalen wij niet."
    return words


def _performance_words(grant: Grant, realised: Realised, amount: Decimal) -> str:
    return (
        f"De subsidie is {format_amount(known(realised.amount_per_unit))} per prestatie. Er waren "
        f"{known(realised.units_realised)} prestaties."
    )


# ------------------------------------------------------------ lower: the intention and the view


def needs_view(decision: Decision) -> bool:
    """Awb 4:12(2)b: a determination below the grant on a ground of 4:46(2)."""
    return (
        decision.kind == Kind.DETERMINATION
        and decision.details.get("ground", "") in LoweringGround.values
    )


def view_on(decision: Decision) -> ViewRequest | None:
    """The last time that the recipient was asked about the ground of this decision."""
    ground = decision.details.get("ground", "")
    views = decision.application.views.filter(grounds__contains=[ground])
    return (
        views.filter(asked_at__gte=decision.drafted_at).order_by("-pk").first() if ground else None
    )


@transaction.atomic
def announce_intention(decision: Decision, *, by: "User", at: datetime) -> ViewRequest:
    """Send the intention (L07L) with a term to react. Refusal: `NoViewNeeded`."""
    decision = (
        Decision.objects.select_for_update(of=("self",))
        .select_related(
            "grant", "application__round__scheme_version", "application__board", "application__ikc"
        )
        .get(pk=decision.pk)
    )
    application = decision.application
    if decision.state != DecisionState.DRAFT or not needs_view(decision):
        raise NoViewNeeded("Voor dit besluit is nu geen zienswijze nodig.")
    if view_on(decision) or application.views.filter(state=ViewState.ASKED).exists():
        raise NoViewNeeded("De ontvanger is al om een zienswijze gevraagd.")
    due_on = deadline(DeadlineKind.VIEW, local_date(at)).last_day
    ground = decision.details["ground"]
    view = ViewRequest.objects.create(
        application=application,
        grounds=[ground],
        intention=f"de subsidie vast te stellen op {format_amount(decision.amount)}, lager dan verleend",
        reason=f"{upper_first(GROUNDS[ground].text)}.\n\n{decision.motivation}",
        asked_at=at,
        asked_by=by,
        due_on=due_on,
    )
    order_standard_letter(
        Letter.Code.INTENT_LOWER,
        application,
        {
            "verleend": known(decision.grant).amount,
            "voorgenomen": decision.amount,
            "redenen": [
                f"{upper_first(GROUNDS[ground].text)} ({GROUNDS[ground].article}).",
                *(part for part in decision.motivation.split("\n\n") if part.strip()),
            ],
            "evenredigheid": decision.details["proportionality"],
            "reageren_tot": due_on,
        },
        at=at,
    )
    record(application, "view_asked", actor=by, at=at, grounds=[ground], due_on=due_on)
    return view


# ------------------------------------------------------------ the act


def refuse(decision: Decision, at: datetime) -> None:
    grant = known(decision.grant)
    refuse_undeterminable(grant, local_date(at))
    if decision.amount > grant.amount:
        raise NotDeterminable("Vaststellen kan niet hoger dan het verleende bedrag.")
    if decision.details["granted"] != str(grant.amount):
        raise NotDeterminable("De verlening is intussen gewijzigd. Maak een nieuw concept.")
    if decision.amount == grant.amount:
        return
    ground = decision.details["ground"]
    if ground == FORMULA and _by_formula(grant):
        return
    if ground not in LoweringGround.values:
        raise LoweringUnfounded(
            "Lager vaststellen kan alleen op een grond van artikel 4:46, tweede lid, Awb. Kies de grond."
        )
    if not decision.details["proportionality"]:
        raise LoweringUnfounded(
            "Schrijf op waarom de verlaging past bij wat er misging (artikel 3:4, tweede lid, Awb)."
        )
    # A draft comes first: the intention is told with its reasons.
    if decision.pk is not None:
        _refuse_unheard(decision)


def _refuse_unheard(decision: Decision) -> None:
    view = view_on(decision)
    if view is None or view.state not in GIVEN:
        raise ViewMissing(
            "De ontvanger kon nog geen zienswijze geven. Stuur eerst het voornemen, en wacht op het antwoord of het einde "
            "van de termijn (artikelen 4:8 en 4:12 Awb)."
        )


def letter_of(decision: Decision) -> str:
    lower = decision.amount < known(decision.grant).amount
    return Letter.Code.LOWER_DETERMINATION if lower else Letter.Code.DETERMINATION


def values_of(decision: Decision, at: datetime) -> Mapping[str, Any]:
    grant, details = known(decision.grant), decision.details
    paid = paid_so_far(grant)
    values: dict[str, Any] = {
        "aanleiding": details["cause"],
        "verleend": grant.amount,
        "vastgesteld": decision.amount,
        "voorschotten": paid,
        "berekening": details["calculation"],
        "afrekening": _balance_words(decision.amount, paid),
    }
    if decision.amount == grant.amount:
        return values
    ground = GROUNDS[details["ground"]]
    return {
        **values,
        "grond": ground.text,
        "artikel": ground.article,
        "evenredigheid": details["proportionality"]
        or "Het bedrag volgt uit de regeling: meer dan wat is gemaakt of geleverd, is er niet om te betalen.",
        "zienswijze": _view_words(decision),
    }


def _balance_words(amount: Decimal, paid: Decimal) -> str:
    if amount > paid:
        return (
            f"U krijgt nog {format_amount(amount - paid)}. Wij betalen dat binnen zes weken na de dag van verzending van "
            "deze brief."
        )
    if paid > amount:
        return (
            f"U kreeg {format_amount(paid - amount)} te veel. Over de terugbetaling krijgt u een apart besluit, met een "
            "betaaltermijn."
        )
    return "Er is niets meer te betalen of terug te betalen."


def _view_words(decision: Decision) -> str:
    if not needs_view(decision):
        return ""
    view = view_on(decision)
    if view is None or not view.text:
        return "U kon op ons voornemen reageren. Wij kregen geen reactie."
    day = known(view.received_on)
    return f"U reageerde op {day.day}-{day.month}-{day.year}: ‘{view.text}’. In de motivering staat wat wij daarvan vinden."


def announce(decision: Decision, *, at: datetime) -> None:
    """The amount stands: the grant is determined, the account is closed, and the balance is paid or claimed."""
    grant = Grant.objects.select_for_update(of=("self",)).get(pk=known(decision.grant_id))
    before, grant.state = grant.state, GRANT_WORKFLOW.target("determine", state=grant.state)
    grant.determined_amount, grant.determined_on = decision.amount, local_date(at)
    report = report_of(grant)
    if report is not None and ACCOUNT_WORKFLOW.allows("determine_without", state=report.state):
        report.state = ACCOUNT_WORKFLOW.target("determine_without", state=report.state)
        report.save(update_fields=["state"])
    grant.save(update_fields=["state", "determined_amount", "determined_on"])
    record(
        grant,
        "grant_determined",
        actor=None,
        at=at,
        before=before,
        after=grant.state,
        amount=grant.determined_amount,
        outcome=decision.details["outcome"],
    )
    settle_grant(grant, decision, at=at)
