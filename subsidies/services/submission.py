"""Signing and filing an application: what is missing, the number, the frozen facts and the receipt.

Filing is a legal act (Awb 4:1, 4:2): it happens once, within the period, signed by somebody with a mandate.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from kvk2.core.audit import at_once, record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import NumberSequence, StoredFile
from kvk2.core.scanning import why_refused
from kvk2.core.together import Rows, keep, read_together
from subsidies.content import ApplicationContent
from subsidies.letter_texts import LetterTextCode
from subsidies.models import (
    Application,
    Attachment,
    BudgetLine,
    ClockStop,
    Letter,
    PriorityTier,
    SchemeLetterText,
    SubCeiling,
    SubsidyRound,
)
from subsidies.receipts import receipt_context
from subsidies.services import (
    activities,
    child_statements,
    financial_years,
    partners,
    state_aid_statements,
    sub_applications,
)
from subsidies.services.applications import (
    STEP_TITLES,
    Step,
    require_authority,
    require_open,
    unparsed_of,
)
from subsidies.services.budgets import (
    BudgetState,
    budget_state,
)
from subsidies.services.contents import content_hash, dossier_of
from subsidies.services.letters import order_letter
from subsidies.services.scheme_terms import letter_texts
from subsidies.services.standing import Standing, standing_of, sub_ceiling_of, tier_of
from subsidies.states import APPLICATION_WORKFLOW

if TYPE_CHECKING:
    from ikc.models import User

# Numbers have four digits (domain reference 7.1).
LAST_NUMBER = 9999
DECLARATIONS = (
    "Ik heb deze aanvraag naar waarheid ingevuld.",
    "Ik mag deze aanvraag doen namens het schoolbestuur.",
    "De bijlagen bevatten geen gegevens over afzonderlijke kinderen.",
)


def declarations_of(application: Application) -> tuple[str, ...]:
    """What who signs declares; the numbers of children of this application among it."""
    return (*DECLARATIONS, *child_statements.declaration(application))


class NotComplete(DomainError):
    """The application lacks something; the message names it."""

    code = "NOT_COMPLETE"


class NotSigned(DomainError):
    """The name, the function or the declaration of the signature is missing."""

    code = "NOT_SIGNED"


class NumbersExhausted(DomainError):
    """More applications in a year than the number has digits for."""

    code = "NUMBERS_EXHAUSTED"


class Missing(NamedTuple):
    """One thing that is still missing, and the step in which to supply it."""

    text: str
    step: Step


def missing_for_submission(
    application: Application,
    budget: BudgetState,
    attachments: Sequence[Attachment],
    content: ApplicationContent,
    *,
    content_hash: str,
    day: date,
) -> list[Missing]:
    """What the application lacks, as sentences in the order of the form; the budget's own rules included."""
    missing = [Missing(text, step) for step, text, done in _CHECKS if not done(application)]
    missing += [
        Missing(_unparsed_sentence(step), step) for step in Step if unparsed_of(application, step)
    ]
    missing += [Missing(text, Step.DETAILS) for text in child_statements.gaps(application, content)]
    missing += [
        Missing(text, Step.ACTIVITIES)
        for text in activities.gaps(content.activities, application.round)
    ]
    missing += [
        Missing(text, Step.SUB_APPLICATION) for text in sub_applications.gaps(application, content)
    ]
    missing += [Missing(text, Step.STATE_AID) for text in state_aid_statements.gaps(content, day)]
    missing += [
        Missing(text, Step.PARTNER)
        for text in partners.gaps(application, content, attachments, content_hash)
    ]
    if budget.expenditure == 0:
        missing.append(Missing("Vul ten minste één uitgave in.", Step.BUDGET))
    missing += [
        Missing(problem.message, Step.BUDGET) for problem in budget.problems if problem.blocks
    ]
    missing += _missing_attachments(attachments)
    missing += [
        Missing(text, Step.ATTACHMENTS)
        for text in financial_years.missing_attachments(application, attachments)
    ]
    order = list(Step)
    return sorted(missing, key=lambda item: order.index(item.step))


def _typed(name: str) -> Callable[[Application], bool]:
    return lambda application: bool(getattr(application, name).strip())


def _planned(name: str) -> Callable[[Application], bool]:
    return lambda application: bool(getattr(application.plan, name))


def _counted(name: str) -> Callable[[Application], bool]:
    return lambda application: getattr(application, name) is not None


_CHECKS: tuple[tuple[Step, str, Callable[[Application], bool]], ...] = (
    (Step.DETAILS, "Vul de naam van de contactpersoon in.", _typed("contact_name")),
    (Step.DETAILS, "Vul het e-mailadres van de contactpersoon in.", _typed("contact_email")),
    (Step.DETAILS, "Vul het telefoonnummer van de contactpersoon in.", _typed("contact_phone")),
    (Step.DETAILS, "Vul het kenmerk van de machtiging in.", _typed("mandate_reference")),
    (Step.DETAILS, "Vul het aantal kinderen van 0 en 1 jaar in.", _counted("children_0_1")),
    (Step.DETAILS, "Vul het aantal kinderen van 2 en 3 jaar in.", _counted("children_2_3")),
    (
        Step.DETAILS,
        "Vul het aantal kinderen van 4 tot en met 12 jaar in.",
        _counted("children_4_12"),
    ),
    (Step.PLAN, "Geef uw plan een titel.", _typed("title")),
    (Step.PLAN, "Vat uw plan samen.", _planned("summary")),
    (
        Step.PLAN,
        "Beschrijf wat blijkt uit de gegevens over uw kinderen en wijk.",
        _planned("analysis"),
    ),
    (
        Step.PLAN,
        "Beschrijf hoe onderwijs en opvang samenwerken.",
        _planned("integrated_offer"),
    ),
    (Step.PLAN, "Beschrijf hoe u ouders betrekt.", _planned("parent_involvement")),
    (Step.PLAN, "Beschrijf het draagvlak bij team, ouders en raad.", _planned("support")),
    (
        Step.BUDGET,
        "Vul in hoeveel subsidie u vraagt.",
        lambda application: bool(application.requested_amount),
    ),
    (
        Step.BUDGET,
        "Geef aan of u ook ergens anders subsidie vraagt (artikel 4:65 Awb).",
        financial_years.told_of_others,
    ),
    (
        Step.BUDGET,
        "Licht toe waar u ook subsidie vraagt.",
        lambda application: (
            application.applied_elsewhere is not True
            or bool(application.applied_elsewhere_note.strip())
        ),
    ),
)


def _unparsed_sentence(step: Step) -> str:
    return f"In ‘{STEP_TITLES[step]}’ is iets niet goed ingevuld. Pas het aan."


def _missing_attachments(attachments: Sequence[Attachment]) -> list[Missing]:
    missing = []
    if not any(attachment.kind == Attachment.Kind.SUPPORT for attachment in attachments):
        missing.append(
            Missing(
                "Voeg een bewijs van draagvlak toe van team, ouders, MR of IKC-raad.",
                Step.ATTACHMENTS,
            )
        )
    infected = StoredFile.ScanState.INFECTED
    missing += [
        Missing(f"Verwijder ‘{attachment}’. {why_refused(attachment.stored)}", Step.ATTACHMENTS)
        for attachment in attachments
        if attachment.stored.scan_state == infected
    ]
    return missing


@transaction.atomic
@at_once()
def submit_application(
    application: Application,
    *,
    signed_name: str,
    signed_job_title: str,
    declared: bool,
    by: "User",
    at: datetime,
) -> Application:
    """Sign and file: number, moment of receipt, frozen facts, and the order for the receipt letter (L01).

    Refusals, each leaving the draft as it was: `NotSigned`, `RoundNotOpen`, `TransitionNotAllowed`,
    `NoMandate`, `NotComplete`, `NumbersExhausted`.
    """
    if not (declared and signed_name.strip() and signed_job_title.strip()):
        raise NotSigned("Vul uw naam en functie in en bevestig de verklaring.")
    # The round first: the sweep that closes it takes its locks in the same order.
    round_ = SubsidyRound.objects.select_for_update(of=("self",), no_key=True).get(
        pk=application.round_id
    )
    application = _lock(application)
    before = application.state
    target = APPLICATION_WORKFLOW.target("submit", state=before)
    require_open(round_, at)
    authority = require_authority(by, application.ikc, local_date(at))
    dossier = dossier_of(application, local_date(at))
    _read_rules(application)
    content, lines = dossier.content, dossier.lines
    attachments = sorted(dossier.attachments, key=lambda attachment: attachment.pk)
    standing = standing_of(application.ikc, local_date(at))
    budget = budget_state(application, lines, standing)
    if missing := missing_for_submission(
        application,
        budget,
        attachments,
        content,
        content_hash=content_hash(application, content, lines),
        day=local_date(at),
    ):
        raise NotComplete(" ".join(item.text for item in missing))

    sub_applications.freeze(application, content, standing)
    standing = sub_applications.with_part(standing, content)
    content = child_statements.freeze(application, content, by=by, at=at)
    application.state = target
    application.signed_by, application.signed_name = by, signed_name.strip()
    application.signed_job_title = signed_job_title.strip()
    application.received_at = at.replace(microsecond=0)
    _freeze(application, standing, budget)
    application.number = _next_number(round_.year)
    application.save(update_fields=_WRITTEN_AT_SUBMISSION)
    declarations = declarations_of(application)
    record(
        application,
        "application_submitted",
        actor=by,
        at=at,
        on_behalf_of=str(application.board),
        role=authority.role,
        before=before,
        after=target,
        number=application.number,
        requested=application.requested_amount,
        maximum=application.max_amount,
        mandate=authority.reference,
        declarations=declarations,
    )
    context = receipt_context(
        application,
        lines,
        attachments,
        content,
        declarations=declarations,
        opening_text=letter_texts(application.round.scheme_version)[LetterTextCode.RECEIPT],
    )
    order_letter(Letter.Code.RECEIPT, application, context.as_dict(), at=at)
    return application


def budget_of(application: Application, lines: Sequence[BudgetLine], at: datetime) -> BudgetState:
    """The budget of a draft as it would be judged at `at`."""
    return budget_state(application, lines, standing_of(application.ikc, local_date(at)))


_WRITTEN_AT_SUBMISSION = [
    "state",
    "number",
    "received_at",
    "signed_by",
    "signed_name",
    "signed_job_title",
    "max_amount",
    "eligible_amount",
    "tier",
    "sub_ceiling",
    "is_plus",
    "in_attention_area",
    "extended_learning_time",
    "special_education",
    "ikc_form",
]


def _lock(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related(
            "round__scheme_version",
            "ikc__attention_area",
            "ikc__board",
            "board",
            "plan",
        )
        .get(pk=application.pk)
    )


def _read_rules(application: Application) -> None:
    """What the round and its scheme say to a filed application, and that its clock has never stood still, at once."""
    round_ = application.round
    tiers, parts, texts, stops = read_together(
        Rows(PriorityTier, "one.round_id = %s", round_.pk),
        Rows(SubCeiling, "one.round_id = %s", round_.pk),
        Rows(SchemeLetterText, "one.version_id = %s", round_.scheme_version_id),
        Rows(ClockStop, "one.application_id = %s", application.pk),
    )
    keep(round_, "tiers", tiers)
    keep(round_, "sub_ceilings", parts)
    keep(round_.scheme_version, "letter_texts", texts)
    keep(application, "clock_stops", stops)


def _freeze(application: Application, standing: Standing, budget: BudgetState) -> None:
    """The facts that the ranking stands on, as they are now (domain reference 4.1)."""
    if budget.maximum is None or budget.requested is None:
        raise NotComplete("Het maximum van uw aanvraag is nog niet bekend.")
    application.max_amount = budget.maximum.maximum
    application.eligible_amount = min(budget.requested, budget.maximum.maximum, budget.expenditure)
    application.tier = tier_of(application.round, standing)
    application.sub_ceiling = sub_ceiling_of(application.round, standing)
    application.is_plus = standing.is_plus
    application.in_attention_area = standing.in_attention_area
    application.extended_learning_time = standing.extended_learning_time
    application.special_education = standing.special_education
    application.ikc_form = standing.form


def _next_number(year: int) -> str:
    """`KVK2-<year>-<4 digits>`, without gaps: a rollback gives the number back."""
    number = NumberSequence.take(f"KVK2-{year}-")
    if number > LAST_NUMBER:
        raise NumbersExhausted("Er zijn dit jaar geen aanvraagnummers meer.")
    return f"KVK2-{year}-{number:04d}"
