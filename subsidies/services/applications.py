"""An application from its start to the moment of signing: begin, save step by step, withdraw.

A draft keeps whatever was typed. Values go to their columns; text that is no value yet ("twaalf" as a number of
children) waits in `Application.drafting`. Each step counts its own saves, so that an older tab cannot
overwrite a newer one, while two steps may be open at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateformat import format as date_format

from ikc.models import Ikc, Mandate
from ikc.roles import Role
from ikc.services import child_counts
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.closing import closing_moment
from subsidies.models import (
    ActivityPlan,
    Application,
    BudgetLine,
    ChildCountStatement,
    Letter,
    SubsidyRound,
)
from subsidies.services import child_statements
from subsidies.services.standard_letters import order_standard_letter
from subsidies.services.standing import standing_of, why_not_eligible
from subsidies.states import (
    APPLICATION_WORKFLOW,
    LIVE,
    ApplicationState,
    RoundState,
)

if TYPE_CHECKING:
    from ikc.models import User


class Step(StrEnum):
    """The parts of the form; the value stands in the address of its page."""

    DETAILS = "gegevens"
    PLAN = "plan"
    ACTIVITIES = "activiteiten"
    SUB_APPLICATION = "deelaanvraag"
    BUDGET = "begroting"
    STATE_AID = "staatssteun"
    ATTACHMENTS = "bijlagen"
    PARTNER = "kinderopvang"


STEP_TITLES = {
    Step.DETAILS: "IKC en machtiging",
    Step.PLAN: "Plan",
    Step.ACTIVITIES: "Activiteiten",
    Step.SUB_APPLICATION: "Deelaanvraag",
    Step.BUDGET: "Begroting",
    Step.STATE_AID: "Staatssteun",
    Step.ATTACHMENTS: "Bijlagen",
    Step.PARTNER: "Akkoord van de kinderopvang",
}


class NoMandate(DomainError):
    """The user may not act for the board of this IKC (Awb 2:1)."""

    code = "NO_MANDATE"


class RoundNotOpen(DomainError):
    """The round has not opened, or has closed."""

    code = "ROUND_NOT_OPEN"


class NotEligible(DomainError):
    """The IKC does not belong to the target group of the round."""

    code = "NOT_ELIGIBLE"


class AlreadyApplied(DomainError):
    """The IKC has a live application in the round."""

    code = "ALREADY_APPLIED"


class NoLongerDraft(DomainError):
    """The application was filed, or lapsed, in the meantime."""

    code = "NO_LONGER_DRAFT"


class NewerVersionSaved(DomainError):
    """Another tab or colleague saved this step after this page was opened."""

    code = "NEWER_VERSION"


class WithdrawalReasonMissing(DomainError):
    """A withdrawal says why."""

    code = "REASON_MISSING"


@dataclass(frozen=True, slots=True)
class LineContent:
    """One row of the budget as far as it can be stored; amounts in euros, rates in euros an hour."""

    order: int
    side: str
    kind: str
    description: str
    amount: Decimal
    hours: Decimal | None = None
    rate: Decimal | None = None
    # The activity that the cost belongs to; None for what serves the whole plan.
    activity_id: int | None = None
    # In a correction: an activity that is not stored yet, by its key.
    activity_key: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What one page posted of one step.

    `values` can be stored, `unparsed` is text that cannot. `version` is the one the page was opened
    with; `page` names the opened page, whose own earlier saves are no conflict. `turn` grows with each
    save of one page (0: it does not count), so that a request that lost its way cannot come in last.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    unparsed: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    page: str = ""
    turn: int = 0


KEPT = "_authorities"


class Authority(NamedTuple):
    """On what ground, and in which role, somebody acts for a board."""

    reference: str
    role: str


def authority_of(user: "User", ikc: Ikc, day: date) -> Authority | None:
    """How `user` may act for the board of `ikc` on `day`: as its director with a mandate, or for the board itself.

    Asked once per request, as the roles are: kept with the user who was loaded for it.
    """
    kept: dict[tuple[int, int, date], Authority | None] = getattr(user, KEPT, {})
    key = (ikc.pk, ikc.board_id, day)
    if key not in kept:
        kept[key] = _authority_of(user, ikc, day)
        setattr(user, KEPT, kept)
    return kept[key]


def _authority_of(user: "User", ikc: Ikc, day: date) -> Authority | None:
    if ikc.pk in user.ikc_ids(Role.IKC_DIRECTOR):
        mandates = Mandate.objects.covering(user=user, ikc=ikc, day=day)
        if mandate := mandates.order_by("-valid_from", "-pk").first():
            return Authority(mandate.reference, Role.IKC_DIRECTOR.label)
    if ikc.board_id in user.organisation_ids(Role.SCHOOL_BOARD):
        return Authority("", Role.SCHOOL_BOARD.label)
    return None


def require_authority(user: "User", ikc: Ikc, day: date) -> Authority:
    """`authority_of`, or the refusal `NoMandate`."""
    authority = authority_of(user, ikc, day)
    if authority is None:
        past = Mandate.objects.filter(
            user=user, organisation_id=ikc.board_id, valid_until__lt=day
        ).order_by("-valid_until")
        ended = past.values_list("valid_until", flat=True).first()
        if ended is not None:
            until = date_format(ended, "j F Y").lower()
            raise NoMandate(
                f"Uw machtiging van {ikc.board} liep af op {until}. Vraag uw bestuur om een nieuwe."
            )
        raise NoMandate(
            f"U hebt geen geldige machtiging om te handelen namens {ikc.board} voor {ikc}."
        )
    return authority


@transaction.atomic
def start_application(ikc: Ikc, round_: SubsidyRound, *, by: "User", at: datetime) -> Application:
    """A draft for `ikc`, with what the portal knows already filled in.

    Refusals: `NoMandate`, `RoundNotOpen`, `NotEligible`, `AlreadyApplied`.
    """
    authority = require_authority(by, ikc, local_date(at))
    round_ = SubsidyRound.objects.select_for_update(of=("self",), no_key=True).get(pk=round_.pk)
    require_open(round_, at)
    _require_eligible(ikc, round_, local_date(at))
    if Application.objects.filter(round=round_, ikc=ikc, state__in=LIVE).exists():
        raise AlreadyApplied("Dit IKC heeft al een aanvraag in deze ronde.")
    child_counts.prefill_from_duo([ikc], round_.reference_date, by=None, at=at)
    known = child_counts.counts_by_band(ikc, round_.reference_date)
    try:
        with transaction.atomic():
            application = Application.objects.create(
                round=round_,
                ikc=ikc,
                board_id=ikc.board_id,
                created_at=at,
                created_by=by,
                saved_at=at,
                contact_name=by.full_name,
                contact_email=by.email,
                mandate_reference=authority.reference,
                **{f"children_{band}": count.children for band, count in known.items()},
            )
    except IntegrityError as error:  # two tabs at once: the unique constraint decides
        raise AlreadyApplied("Dit IKC heeft al een aanvraag in deze ronde.") from error
    ActivityPlan.objects.create(application=application)
    ChildCountStatement.objects.create(application=application)
    record(
        application,
        "application_started",
        actor=by,
        at=at,
        on_behalf_of=str(ikc.board),
        role=authority.role,
        after=application.state,
    )
    return application


def require_open(round_: SubsidyRound, at: datetime) -> None:
    """Refuses (`RoundNotOpen`) when the clock says that `round_` takes no applications at `at`.

    The clock decides, to the second, and not the state: the sweep that closes a round may be late.
    """
    closes = closing_moment(round_)
    if at >= closes:
        raise RoundNotOpen(
            f"De ronde is gesloten. Indienen kon tot {_moment(closes)}. Uw verzoek kwam binnen op"
            f" {_moment(at, seconds=True)}. Wat u invulde, blijft bewaard."
        )
    if round_.state != RoundState.OPEN or at < round_.opens_at:
        raise RoundNotOpen("De ronde is nog niet open.")


def _moment(at: datetime, *, seconds: bool = False) -> str:
    """`15 april 2026 om 17.00 uur`; midnight belongs to the day that it ends, as 24.00 uur."""
    local = timezone.localtime(at)
    if not seconds and (local.hour, local.minute) == (0, 0):
        return f"{date_format(local - timedelta(days=1), 'j F Y')} om 24.00 uur"
    return date_format(
        local, "j F Y \\o\\m H.i.s \\u\\u\\r" if seconds else "j F Y \\o\\m H.i \\u\\u\\r"
    )


def _require_eligible(ikc: Ikc, round_: SubsidyRound, day: date) -> None:
    if ikc.closed_on is not None:
        raise NotEligible(f"{ikc} is gesloten.")
    if sentence := why_not_eligible(round_, ikc, standing_of(ikc, day)):
        raise NotEligible(sentence)


@transaction.atomic
def save_details(application: Application, typed: Typed, *, at: datetime) -> Application:
    """Keep step 1: contact, mandate and children. Refusals: `NoLongerDraft`, `NewerVersionSaved`."""
    application = lock_draft(application)
    count_save(application, Step.DETAILS, typed, at)
    values = dict(typed.values)
    child_statements.save_statement(
        application, {name: values.pop(name) for name in child_statements.FIELDS if name in values}
    )
    return write_draft(application, values)


@transaction.atomic
def save_plan(application: Application, typed: Typed, *, at: datetime) -> Application:
    """Keep step 2, the plan of activities. Refusals: `NoLongerDraft`, `NewerVersionSaved`."""
    application = lock_draft(application)
    count_save(application, Step.PLAN, typed, at)
    plan = dict(typed.values)
    title = {"title": plan.pop("title")} if "title" in plan else {}
    ActivityPlan.objects.update_or_create(application=application, defaults=plan)
    return write_draft(application, title)


@transaction.atomic
def save_budget(
    application: Application, typed: Typed, lines: Sequence[LineContent], *, at: datetime
) -> Application:
    """Keep step 3: the amounts in `typed`, and `lines` in place of the earlier ones.

    Refusals: `NoLongerDraft`, `NewerVersionSaved`.
    """
    application = lock_draft(application)
    count_save(application, Step.BUDGET, typed, at)
    BudgetLine.objects.filter(application=application).delete()
    BudgetLine.objects.bulk_create(
        BudgetLine(
            application=application,
            order=line.order,
            side=line.side,
            kind=line.kind,
            description=line.description,
            hours=line.hours,
            rate=line.rate,
            amount=line.amount,
            activity_id=line.activity_id,
        )
        for line in lines
    )
    return write_draft(application, typed.values)


def version_of(application: Application, step: Step) -> int:
    """How often `step` was saved; the page sends it back with what was typed."""
    return application.drafting.get(step, {}).get("version", 0)


def unparsed_of(application: Application, step: Step) -> dict[str, Any]:
    """What was typed in `step` that is no value yet."""
    return application.drafting.get(step, {}).get("unparsed", {})


def lock_draft(application: Application) -> Application:
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("round", "ikc__attention_area")
        .get(pk=application.pk)
    )
    if application.state != ApplicationState.DRAFT:
        raise NoLongerDraft("Deze aanvraag is geen concept meer en kan niet worden gewijzigd.")
    return application


def is_newer(application: Application, step: str, *, version: int, page: str) -> bool:
    """Was `step` saved by another page after `page` was opened at `version`?"""
    last = application.drafting.get(step, {})
    return version != last.get("version", 0) and page != last.get("page")


def count_save(application: Application, step: Step, typed: Typed, at: datetime) -> None:
    """Refuse an older page, and an older save of the same page; else note in memory that `step` is saved."""
    last = application.drafting.get(step, {})
    overtaken = typed.page == last.get("page") and 0 < typed.turn < last.get("turn", 0)
    if overtaken or is_newer(application, step, version=typed.version, page=typed.page):
        raise NewerVersionSaved(
            "Deze stap is intussen in een ander venster of door een collega gewijzigd."
        )
    application.version += 1
    application.saved_at = at
    application.drafting = application.drafting | {
        str(step): {
            "version": last.get("version", 0) + 1,
            "page": typed.page,
            "turn": typed.turn,
            "unparsed": dict(typed.unparsed),
        }
    }


def write_draft(application: Application, values: Mapping[str, Any]) -> Application:
    for name, value in values.items():
        setattr(application, name, value)
    application.save(update_fields=["version", "saved_at", "drafting", *values])
    return application


@transaction.atomic
def withdraw_application(
    application: Application, *, reason: str, by: "User", at: datetime
) -> Application:
    """The applicant takes a filed application back; possible until it is decided. A letter confirms it (L22).

    Refusals: `NoMandate`, `WithdrawalReasonMissing`, `TransitionNotAllowed`.
    """
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("ikc__board", "board", "round__scheme_version")
        .get(pk=application.pk)
    )
    authority = require_authority(by, application.ikc, local_date(at))
    before = application.state
    target = APPLICATION_WORKFLOW.target("withdraw", state=before)
    if not reason.strip():
        raise WithdrawalReasonMissing("Schrijf kort op waarom u de aanvraag intrekt.")
    application.state = target
    application.save(update_fields=["state"])
    record(
        application,
        "application_withdrawn",
        actor=by,
        at=at,
        on_behalf_of=str(application.board),
        role=authority.role,
        before=before,
        after=target,
        reason=reason.strip(),
    )
    order_standard_letter(
        Letter.Code.WITHDRAWN,
        application,
        {"ingetrokken_op": local_date(at), "reden": reason.strip(), "door": by.full_name},
        at=at,
    )
    return application
