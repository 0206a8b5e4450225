"""Runs of the allocation: stored with input, outcome and hash, so that anybody can do the sum again (rule R6).

Only one run of a round is locked, and only that one feeds decisions; a locked run never changes (a database trigger
sees to that). Next to it a project leader may keep scenarios: divisions by other rules than the published ones, under
a name, which can never be locked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import JSONField, TextField, Value
from django.db.models.functions import Cast

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies import allocation
from subsidies.models import AllocationRun, LotteryRecord, SubsidyRound
from subsidies.services import allocation_input
from subsidies.services.allocation_input import (
    HYPOTHETICAL_SEED,
    Json,
    Sum,
    compute,
    digest,
    do_sum,
    read_input,
    with_rules,
)
from subsidies.services.partial_offers import unanswered
from subsidies.states import ALLOCATION_RUN_WORKFLOW, AllocationRunState, RoundState

if TYPE_CHECKING:
    from ikc.models import User

BY_THE_PORTAL = "het portaal, met de vooraf gepubliceerde tekst"
MOST_SCENARIOS = 12


class RoundNotAdvised(DomainError):
    """The division waits for the advice on every application."""


class RunAlreadyLocked(DomainError):
    """The round has its division; it cannot be replaced."""


class RunOutdated(DomainError):
    """Since the run something changed on which it stands, such as a withdrawal."""


class OffersOpen(DomainError):
    """Who gets a part of the amount has not said yet whether the plan can do with it (rule R5)."""


class RunIsHypothetical(DomainError):
    """A scenario departs from the published rules, so nothing can follow from it (Awb 4:26)."""


class ScenarioUnusable(DomainError):
    """A scenario without a name of its own, or one too many."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Other rules to try. Amounts in euros; `tiers=False`: nobody comes first by priority group."""

    name: str
    ceiling: Decimal
    method: str
    marginal_policy: str
    floor: Decimal | None = None
    min_score: Decimal | None = None
    tiers: bool = True

    def rules(self) -> Json:
        return {
            "ceiling": _amount(self.ceiling),
            "method": self.method,
            "marginal_policy": self.marginal_policy,
            "floor": _amount(self.floor),
            "min_score": _amount(self.min_score),
        }


@transaction.atomic
def run_allocation(round_: SubsidyRound, *, by: "User", at: datetime) -> AllocationRun:
    """Divide the ceiling by the published rules; earlier drafts of that division are discarded, scenarios stay.

    Raises RoundNotAdvised, RunAlreadyLocked, or what `subsidies.allocation.allocate` refuses; LotteryRequired when a
    draw by hand has to be held first.
    """
    round_ = _lock_round(round_)
    _refuse_unless_open(round_)
    _discard_drafts(round_, at=at, by=by)
    run = _store(round_, do_sum(read_input(round_, day=local_date(at))), by=by, at=at)
    record(run, "allocation_run", actor=by, at=at, after=run.state, sha256=run.sha256)
    return run


@transaction.atomic
def run_scenario(
    round_: SubsidyRound, what_if: WhatIf, *, by: "User", at: datetime
) -> AllocationRun:
    """Keep a division by other rules under a name. Raises ScenarioUnusable, RoundNotAdvised or RunAlreadyLocked."""
    round_ = _lock_round(round_)
    _refuse_unless_open(round_)
    name = what_if.name.strip()
    if not name:
        raise ScenarioUnusable("Geef het scenario een naam.")
    drafts = round_.runs.filter(state=AllocationRunState.DRAFT, hypothetical=True)
    names = list(drafts.values_list("name", flat=True))
    if name in names:
        raise ScenarioUnusable(f"Er is al een scenario met de naam ‘{name}’.")
    if len(names) >= MOST_SCENARIOS:
        raise ScenarioUnusable("Er zijn al twaalf scenario's. Laat er eerst een vervallen.")
    given = read_input(round_, day=local_date(at))
    deviations = _depart(given, what_if)
    if not deviations:
        raise ScenarioUnusable(
            "Dit scenario is gelijk aan de gepubliceerde regels. Verander ten minste één regel."
        )
    run = _store(
        round_, do_sum(given), by=by, at=at, name=name, hypothetical=True, deviations=deviations
    )
    record(run, "scenario_run", actor=by, at=at, after=run.state, name=name, sha256=run.sha256)
    return run


@transaction.atomic
def lock_run(
    run: AllocationRun, *, by: "User", at: datetime, without_answer: str = ""
) -> AllocationRun:
    """Fix this run as the division of the round; `without_answer`: why nobody waits for an answer on a lower amount.

    Raises OffersOpen, RunIsHypothetical, RunOutdated, RunAlreadyLocked or TransitionNotAllowed.
    """
    round_ = _lock_round(run.round)
    run = AllocationRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    target = ALLOCATION_RUN_WORKFLOW.target("lock", state=run.state)
    if run.hypothetical:
        raise RunIsHypothetical(
            "Dit scenario wijkt af van de gepubliceerde regels. Het kan niet worden vastgelegd."
        )
    if round_.runs.filter(state=AllocationRunState.LOCKED).exists():
        raise RunAlreadyLocked("Van deze ronde is al een verdeling vastgelegd.")
    if read_input(round_, day=local_date(at)) != run.input or not is_reproducible(run):
        raise RunOutdated(
            "Sinds deze berekening is er iets veranderd. De projectleider berekent de verdeling eerst opnieuw."
        )
    waiting = unanswered(run)
    if waiting and not without_answer.strip():
        numbers = ", ".join(application.number for application in waiting)
        raise OffersOpen(
            f"Nog niet bekend is of {numbers} het plan met minder geld kan uitvoeren. Wacht op het antwoord, of schrijf "
            "op waarom u de verdeling toch vastlegt."
        )
    before, run.state = run.state, target
    run.locked_at, run.locked_by = at, by
    run.without_answer = without_answer.strip() if waiting else ""
    run.save(update_fields=["state", "locked_at", "locked_by", "without_answer"])
    record(
        run,
        "allocation_locked",
        actor=by,
        at=at,
        before=before,
        after=target,
        reason=run.without_answer,
        sha256=run.sha256,
    )
    _record_draws(run, by=by, at=at)
    return run


@transaction.atomic
def discard_run(run: AllocationRun, *, by: "User", at: datetime) -> AllocationRun:
    """Put a draft aside; it can be taken back. Raises TransitionNotAllowed."""
    run = AllocationRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    return _discard(run, by=by, at=at)


@transaction.atomic
def restore_run(run: AllocationRun, *, by: "User", at: datetime) -> AllocationRun:
    """Take back a scenario that was put aside. Raises ScenarioUnusable or TransitionNotAllowed."""
    round_ = _lock_round(run.round)
    run = AllocationRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    before = run.state
    target = ALLOCATION_RUN_WORKFLOW.target("restore", state=before)
    drafts = round_.runs.filter(state=AllocationRunState.DRAFT, hypothetical=True)
    if not run.hypothetical or drafts.filter(name=run.name).exists():
        raise ScenarioUnusable(
            "Dit kan niet terug: er is een nieuwere verdeling, of een scenario met dezelfde naam."
        )
    run.state = target
    run.save(update_fields=["state"])
    record(run, "allocation_restored", actor=by, at=at, before=before, after=target)
    return run


def draw_needed(round_: SubsidyRound, *, day: date) -> tuple[str, ...]:
    """Between whom a draw by hand has to be held before this round can be divided; nobody: empty."""
    round_ = with_rules(SubsidyRound.objects.filter(pk=round_.pk)).get()
    return allocation_input.required_draw(read_input(round_, day=day))


def is_reproducible(run: AllocationRun) -> bool:
    """Whether doing the stored sum again gives the stored outcome and hash."""
    if run.algorithm != allocation.ALGORITHM_VERSION:
        return False
    output = compute(run.input)
    return bool(output == run.output) and digest(run.input, output) == run.sha256


def _depart(given: Json, what_if: WhatIf) -> Json:
    """Put the other rules in the input; gives per rule what is published and what is tried."""
    rules = given["round"]
    tried = what_if.rules()
    deviations = {
        name: [rules[name], value] for name, value in tried.items() if rules[name] != value
    }
    rules |= tried
    if rules["lottery"]["mode"] == "manual":
        rules["lottery"] = {"mode": "seeded", "seed": HYPOTHETICAL_SEED}
    if not what_if.tiers and any(row["tier"] != 1 for row in given["applications"]):
        deviations["tiers"] = [True, False]
        rules["tiers"] = []
        for row in given["applications"]:
            row["tier"] = 1
    return deviations


def _store(
    round_: SubsidyRound, done: Sum, *, by: "User", at: datetime, **fields: Any
) -> AllocationRun:
    """Write the run and, in one statement, a row per application."""
    run = AllocationRun.objects.create(
        round=round_,
        algorithm=allocation.ALGORITHM_VERSION,
        input=_as_json(done.given_text),
        output=_as_json(done.output_text),
        sha256=done.sha256,
        run_at=at,
        run_by=by,
        **fields,
    )
    run.input, run.output = done.given, done.output
    _write_results(run, round_, done.output["results"])
    return run


def _as_json(text: str) -> Any:
    """The text that the hash was taken of, stored as it is."""
    return Cast(Value(text, output_field=TextField()), JSONField())


def _write_results(run: AllocationRun, round_: SubsidyRound, rows: list[Json]) -> None:
    columns = [
        [row[name] for row in rows] for name in ("number", "rank", "eligible", "granted", "outcome")
    ]
    reasons = [",".join(row["reasons"]) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO subsidies_allocationresult
                (run_id, application_id, rank, eligible, granted, outcome, reasons)
            SELECT %s, application.id, given.rank, given.eligible::numeric, given.granted::numeric, given.outcome,
                   CASE given.reasons WHEN '' THEN '[]'::jsonb
                        ELSE to_jsonb(string_to_array(given.reasons, ',')) END
              FROM unnest(%s::text[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[])
                   AS given (number, rank, eligible, granted, outcome, reasons)
              JOIN subsidies_application application
                ON application.number = given.number AND application.round_id = %s
            """,
            [run.pk, *columns, reasons, round_.pk],
        )


def _record_draws(run: AllocationRun, *, by: "User", at: datetime) -> None:
    """The portal's own draws get their record with the run that counts; those by hand have theirs already."""
    lottery = run.input["round"]["lottery"]
    if lottery["mode"] != "seeded":
        return
    LotteryRecord.objects.bulk_create(
        LotteryRecord(
            round=run.round,
            run=run,
            mode=LotteryRecord.Mode.SEEDED,
            participants=draw["participants"],
            order=draw["order"],
            seed=lottery["seed"],
            drawn_on=local_date(run.run_at),
            drawn_by=BY_THE_PORTAL,
            recorded_at=at,
            recorded_by=by,
        )
        for draw in run.output["lotteries"]
    )


def _refuse_unless_open(round_: SubsidyRound) -> None:
    if round_.state != RoundState.ADVISED:
        raise RoundNotAdvised("Verdelen kan als het advies over alle aanvragen klaar is.")


def _discard_drafts(round_: SubsidyRound, *, by: "User", at: datetime) -> None:
    runs: Iterable[AllocationRun] = (
        round_.runs.select_for_update(of=("self",))
        .exclude(state=AllocationRunState.DISCARDED)
        .defer("input", "output")
        .order_by("pk")
    )
    for run in runs:
        if run.state == AllocationRunState.LOCKED:
            raise RunAlreadyLocked("Van deze ronde is al een verdeling vastgelegd.")
        if not run.hypothetical:
            _discard(run, by=by, at=at)


def _discard(run: AllocationRun, *, by: "User", at: datetime) -> AllocationRun:
    before = run.state
    run.state = ALLOCATION_RUN_WORKFLOW.target("discard", state=before)
    run.save(update_fields=["state"])
    record(run, "allocation_discarded", actor=by, at=at, before=before, after=run.state)
    return run


def _lock_round(round_: SubsidyRound) -> SubsidyRound:
    return with_rules(SubsidyRound.objects.select_for_update(of=("self",))).get(pk=round_.pk)


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"
