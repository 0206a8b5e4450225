"""The public subsidy register (Woo 3.3a; domain reference 8.3): prepared by the portal, published by a person.

A sweep copies each announced decision on money into an entry. A project leader reads what the check on
personal data found, changes the text where that is needed, and makes it public. What was public keeps its history.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from ikc.models import User as UserModel
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.models import Activity, Application, Decision, RegisterEntry, RegisterVersion
from subsidies.personal_data import Finding, find
from subsidies.states_subsidy_register import EDITABLE, REGISTER_WORKFLOW, RegisterState

if TYPE_CHECKING:
    from ikc.models import User

# So many decisions in one sweep: a round of a thousand is done within some minutes.
AT_ONCE = 200
Verdict = RegisterEntry.Verdict
# A refusal brings no money to anybody, so it is no part of the register.
LISTED = tuple(RegisterEntry.Kind.values)
FACTS = (
    "code",
    "case",
    "kind",
    "decided_on",
    "year",
    "round_name",
    "basis",
    "recipient",
    "recipient_number",
    "ikc",
    "area",
    "period_start",
    "period_end",
    "requested_amount",
    "amount",
    "activities",
    "provisions",
)


class PersonalDataFound(DomainError):
    """The text holds what may be personal data, and nobody said why it may stay."""


class ReasonMissing(DomainError):
    """Leaving out, withdrawing and correcting each have a reason."""


class ObjectionOpen(DomainError):
    """Somebody objected to publication, and nobody decided on that yet."""


class NoObjection(DomainError):
    """There is no objection to decide on."""


class EntryIsPublic(DomainError):
    """The text of a public entry changes by a correction, with its reason."""


@transaction.atomic
def prepare_entries(*, at: datetime) -> int:
    """Make an entry for each announced decision on money that has none; the number made. Harmless when repeated."""
    waiting = (
        Decision.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(announced_at__isnull=False, kind__in=LISTED, register_entry=None)
        .select_related(
            "application__round__scheme_version",
            "application__board",
            "application__plan",
            "application__ikc__attention_area__district",
        )
        .prefetch_related("application__activities")
        .order_by("announced_at", "pk")[:AT_ONCE]
    )
    entries = [_entry(decision, at) for decision in waiting]
    for entry in entries:
        entry.save(force_insert=True)
        record(entry, "register_entry_prepared", actor=None, at=at, after=entry.state)
    return len(entries)


def findings_of(entry: RegisterEntry) -> tuple[Finding, ...]:
    """What in the free texts of an entry may be about a person."""
    return findings_of_all([entry])[entry.pk]


def findings_of_all(entries: Sequence[RegisterEntry]) -> dict[int, tuple[Finding, ...]]:
    """The same of several entries, with a fixed number of queries."""
    everybody = names_of_users()
    cases = Application.objects.filter(number__in={entry.case for entry in entries})
    own = {
        number: [contact, signed]
        for number, contact, signed in cases.values_list("number", "contact_name", "signed_name")
    }
    return {
        entry.pk: find(
            f"{entry.recipient}\n{entry.activities}\n{entry.provisions}",
            dict.fromkeys([*own.get(entry.case, []), *everybody]),
        )
        for entry in entries
    }


@transaction.atomic
def edit_entry(
    entry: RegisterEntry, *, activities: str, provisions: str, by: "User", at: datetime
) -> RegisterEntry:
    """Change the public text before it is public. Raises EntryIsPublic."""
    entry = _locked(entry)
    if entry.state not in EDITABLE:
        raise EntryIsPublic("Deze regel is openbaar. Verbeter hem met een reden.")
    entry.activities, entry.provisions = activities.strip(), provisions.strip()
    entry.save(update_fields=["activities", "provisions"])
    record(entry, "register_entry_edited", actor=by, at=at, before=entry.state, after=entry.state)
    return entry


@transaction.atomic
def publish_entry(
    entry: RegisterEntry, *, accepted_because: str = "", by: "User", at: datetime
) -> RegisterEntry:
    """Make it public. Raises PersonalDataFound, ObjectionOpen, or TransitionNotAllowed."""
    entry = _locked(entry)
    target = REGISTER_WORKFLOW.target("publish", state=entry.state)
    _refuse_objection(entry)
    found = _judged(entry, accepted_because)
    before, entry.state, entry.reason = entry.state, target, ""
    entry.published_at = entry.published_at or at
    entry.changed_at = at
    entry.save(update_fields=["state", "reason", "published_at", "changed_at"])
    _keep(entry, RegisterVersion.Kind.PUBLISHED, found, accepted_because, by=by, at=at)
    record(entry, "register_entry_published", actor=by, at=at, before=before, after=target)
    return entry


@transaction.atomic
def publish_entries(entries: Iterable[RegisterEntry], *, by: "User", at: datetime) -> int:
    """Make several public in which the check found nothing: all of them or none; the number."""
    return len([publish_entry(entry, by=by, at=at) for entry in entries])


@transaction.atomic
def correct_entry(
    entry: RegisterEntry,
    *,
    activities: str,
    provisions: str,
    reason: str,
    accepted_because: str = "",
    by: "User",
    at: datetime,
) -> RegisterEntry:
    """Change what is public; the old text stays in the history. Raises ReasonMissing or PersonalDataFound."""
    entry = _locked(entry)
    target = REGISTER_WORKFLOW.target("correct", state=entry.state)
    said = _reason(reason, "Schrijf op waarom u deze regel verbetert.")
    entry.activities, entry.provisions = activities.strip(), provisions.strip()
    found = _judged(entry, accepted_because)
    entry.changed_at = at
    entry.save(update_fields=["activities", "provisions", "changed_at"])
    kind = RegisterVersion.Kind.CORRECTED
    _keep(entry, kind, found, accepted_because, reason=said, by=by, at=at)
    record(
        entry, "register_entry_corrected", actor=by, at=at, before=target, after=target, reason=said
    )
    return entry


@transaction.atomic
def leave_out(entry: RegisterEntry, *, reason: str, by: "User", at: datetime) -> RegisterEntry:
    """Keep it out of the register: a natural person (Woo 3.3a), or a ground of Woo 5.1. Raises ReasonMissing."""
    return _close(_locked(entry), "leave_out", reason, by=by, at=at)


@transaction.atomic
def withdraw_entry(entry: RegisterEntry, *, reason: str, by: "User", at: datetime) -> RegisterEntry:
    """Take a public entry away again; its history stays for who answers for it. Raises ReasonMissing."""
    return _close(_locked(entry), "withdraw", reason, by=by, at=at)


@transaction.atomic
def record_objection(
    entry: RegisterEntry, *, received_on: date, objection: str, by: "User", at: datetime
) -> RegisterEntry:
    """Write down that somebody with an interest minds (Woo 3.1(3)). Raises ReasonMissing or ObjectionOpen."""
    entry = _locked(entry)
    _refuse_objection(entry)
    if received_on > local_date(at):
        raise ReasonMissing("De dag van ontvangst ligt niet in de toekomst.")
    entry.objection = _reason(objection, "Schrijf op wat de bedenking is.")
    entry.objected_on, entry.objection_verdict, entry.objection_reason = received_on, "", ""
    _save_objection(entry)
    record(
        entry, "register_objection_recorded", actor=by, at=at, before=entry.state, after=entry.state
    )
    return entry


@transaction.atomic
def decide_objection(
    entry: RegisterEntry, *, verdict: str, reason: str, by: "User", at: datetime
) -> RegisterEntry:
    """Decide on the objection; upheld: the entry is not public, or no longer. Raises NoObjection or ReasonMissing."""
    entry = _locked(entry)
    if not entry.objection_is_open:
        raise NoObjection("Er is geen bedenking waarover nog een oordeel nodig is.")
    said = _reason(reason, "Motiveer het oordeel over de bedenking.")
    if verdict == Verdict.UPHELD and entry.state in (
        RegisterState.PREPARED,
        RegisterState.PUBLISHED,
    ):
        deed = "withdraw" if entry.state == RegisterState.PUBLISHED else "leave_out"
        entry = _close(entry, deed, f"Bedenking gegrond: {said}", by=by, at=at)
    entry.objection_verdict, entry.objection_reason = Verdict(verdict), said
    _save_objection(entry)
    record(
        entry,
        "register_objection_decided",
        actor=by,
        at=at,
        before=entry.state,
        after=entry.state,
        reason=said,
        verdict=verdict,
    )
    return entry


def facts_of(entry: RegisterEntry) -> dict[str, Any]:
    """What the register says of one decision, as plain JSON values."""
    return {name: _plain(getattr(entry, name)) for name in FACTS}


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str) or value is None else str(value)


def _entry(decision: Decision, at: datetime) -> RegisterEntry:
    application = decision.application
    round_ = application.round
    area = application.ikc.attention_area
    return RegisterEntry(
        code=decision.reference,
        decision=decision,
        prepared_at=at,
        case=application.number,
        kind=decision.kind,
        decided_on=local_date(decision.announced_at or at),
        year=round_.year,
        round_name=round_.name,
        basis=round_.scheme_version.citation,
        recipient=application.board.name,
        recipient_number=application.board.kvk_number,
        ikc=application.ikc.name,
        area=area.district.name if area else "buiten de aandachtsgebieden",
        period_start=round_.period_start,
        period_end=round_.period_end,
        requested_amount=application.requested_amount or 0,
        amount=decision.amount,
        activities="\n".join([application.title, *_titles(application.activities.all())]).strip(),
        provisions=round_.description,
    )


def _titles(activities: Iterable[Activity]) -> list[str]:
    rows = sorted(activities, key=lambda row: (row.order, row.pk))
    return [row.title for row in rows if row.title]


def names_of_users() -> list[str]:
    """Full names of everybody with an account; a first or last name alone is too often a common word."""
    rows = UserModel.objects.order_by("pk").values_list("first_name", "last_name")
    return [f"{first} {last}".strip() for first, last in rows if first and last]


def _judged(entry: RegisterEntry, because: str) -> list[str]:
    """What was found and may stay. Raises PersonalDataFound when nobody said why."""
    found = [f"{finding.kind}: {finding.text}" for finding in findings_of(entry)]
    if found and not because.strip():
        raise PersonalDataFound(
            f"In de tekst staat misschien een persoonsgegeven: {found[0]}. Haal het weg, of schrijf op waarom het mag "
            "blijven staan."
        )
    return found


def _refuse_objection(entry: RegisterEntry) -> None:
    if entry.objection_is_open:
        raise ObjectionOpen("Beslis eerst over de bedenking tegen openbaarmaking.")
    if entry.objection_verdict == Verdict.UPHELD:
        raise ObjectionOpen("De bedenking is gegrond: deze regel wordt niet openbaar.")


def _reason(reason: str, missing: str) -> str:
    if not reason.strip():
        raise ReasonMissing(missing)
    return reason.strip()


def _close(
    entry: RegisterEntry, deed: str, reason: str, *, by: "User", at: datetime
) -> RegisterEntry:
    before = entry.state
    entry.state = REGISTER_WORKFLOW.target(deed, state=before)
    entry.reason = _reason(reason, "Schrijf op waarom deze regel niet openbaar is.")
    if before == RegisterState.PUBLISHED:
        entry.changed_at = at
    entry.save(update_fields=["state", "reason", "changed_at"])
    if before == RegisterState.PUBLISHED:
        kind = RegisterVersion.Kind.WITHDRAWN
        _keep(entry, kind, [], "", reason=entry.reason, by=by, at=at)
    record(
        entry,
        "register_entry_kept_back",
        actor=by,
        at=at,
        before=before,
        after=entry.state,
        reason=entry.reason,
    )
    return entry


def _keep(
    entry: RegisterEntry,
    kind: str,
    found: list[str],
    because: str,
    *,
    reason: str = "",
    by: "User",
    at: datetime,
) -> None:
    last = entry.versions.aggregate(last=Max("number"))["last"] or 0
    RegisterVersion.objects.create(
        entry=entry,
        number=last + 1,
        kind=kind,
        at=at,
        by=by,
        content=facts_of(entry),
        reason=reason,
        findings=found,
        accepted_because=because.strip() if found else "",
    )


def _save_objection(entry: RegisterEntry) -> None:
    entry.save(update_fields=["objected_on", "objection", "objection_verdict", "objection_reason"])


def _locked(entry: RegisterEntry) -> RegisterEntry:
    return RegisterEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
