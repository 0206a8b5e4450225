"""The copy of everything an applicant typed (Awb 2:17), out of the rows of the moment of filing.

The same sections are shown on the page 'Controleren en ondertekenen', so that what is checked is what is sent back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from kvk2.core.deadlines import local_date
from kvk2.core.documents import Municipality
from kvk2.core.money import format_amount, format_number, format_whole
from subsidies.content import ApplicationContent
from subsidies.decision_terms import decision_term
from subsidies.documents import (
    Addressee,
    Answer,
    ApplicationFacts,
    BudgetRow,
    ReceiptContext,
    Section,
)
from subsidies.documents import Attachment as AttachedFile
from subsidies.facts import known
from subsidies.filled_content import (
    activity_answers,
    count_answers,
    figure_answers,
    partner_answers,
    state_aid_answers,
    sub_answers,
    yes_no,
)
from subsidies.models import Application, Attachment, BudgetLine


@dataclass(frozen=True, slots=True)
class FilledSection:
    """One step of the form with its answers; `step` is the part of its address."""

    step: str
    title: str
    answers: tuple[Answer, ...]


def filled_sections(application: Application, content: ApplicationContent) -> list[FilledSection]:
    """What was filled in, question by question; budget lines and files are shown apart."""
    round_ = application.round
    sections = [
        FilledSection("gegevens", "IKC en machtiging", tuple(_details(application, content))),
        FilledSection("plan", "Plan", tuple(_plan(application))),
    ]
    if content.figures:
        title = "Cijfers bij de analyse"
        sections.append(FilledSection("plan", title, tuple(figure_answers(content))))
    sections += [
        FilledSection("activiteiten", f"Activiteit {number}: {row}", tuple(activity_answers(row)))
        for number, row in enumerate(content.activities, 1)
    ]
    if round_.sub_applications_allowed and content.sub is not None:
        title = f"Deelaanvraag {round_.sub_application_name}"
        sections.append(FilledSection("deelaanvraag", title, tuple(sub_answers(content.sub))))
    sections += [
        FilledSection("begroting", "Subsidie", tuple(_subsidy(application, content))),
        FilledSection("staatssteun", "Staatssteun", tuple(state_aid_answers(content))),
    ]
    if content.partners:
        title = "Akkoord van de kinderopvang"
        sections.append(FilledSection("kinderopvang", title, tuple(partner_answers(content))))
    return sections


def _details(application: Application, content: ApplicationContent) -> Iterable[Answer]:
    yield Answer("IKC", application.ikc.name)
    yield Answer("Aanvrager", str(application.board))
    yield Answer("Kenmerk van de machtiging", application.mandate_reference)
    yield Answer("Contactpersoon", application.contact_name)
    yield Answer("E-mailadres", application.contact_email)
    yield Answer("Telefoonnummer", application.contact_phone)
    yield Answer("Kinderen van 0 en 1 jaar", _count(application.children_0_1))
    yield Answer("Kinderen van 2 en 3 jaar", _count(application.children_2_3))
    yield Answer("Kinderen van 4 tot en met 12 jaar", _count(application.children_4_12))
    yield from count_answers(application, content)


def _plan(application: Application) -> Iterable[Answer]:
    plan = application.plan
    yield Answer("Titel van het plan", application.title)
    yield Answer("Samenvatting", plan.summary)
    yield Answer("Wat blijkt uit de gegevens", plan.analysis)
    yield Answer("Samenwerking onderwijs en opvang", plan.integrated_offer)
    yield Answer("Betrokkenheid van ouders", plan.parent_involvement)
    yield Answer("Draagvlak bij team, ouders en raad", plan.support)


def _subsidy(application: Application, content: ApplicationContent) -> Iterable[Answer]:
    requested, sub = application.requested_amount, content.wanted_sub
    yield Answer("Gevraagde subsidie", "" if requested is None else format_amount(requested))
    if sub is not None and sub.amount is not None:
        yield Answer("Waarvan deelaanvraag", format_amount(sub.amount))
    yield Answer("Ook ergens anders geld gevraagd", yes_no(application.applied_elsewhere))
    if application.applied_elsewhere:
        yield Answer("Toelichting", application.applied_elsewhere_note)


def _count(value: int | None) -> str:
    return "" if value is None else format_whole(value)


def budget_rows(lines: Iterable[BudgetLine], side: str) -> tuple[BudgetRow, ...]:
    """The lines of one side, with the sum that made the amount."""
    return tuple(
        BudgetRow(line.get_kind_display(), line.description, calculation(line), line.amount)
        for line in lines
        if line.side == side
    )


def calculation(line: BudgetLine) -> str:
    """`40 uur × € 62,50`, or nothing for a fixed amount."""
    if line.hours is None or line.rate is None:
        return ""
    return f"{_hours(line.hours)} uur × {format_amount(line.rate)}"


def _hours(hours: Decimal) -> str:
    return format_number(hours, 0 if hours == hours.to_integral_value() else 2)


def file_size(size: int) -> str:
    """`214 kB` or `1,4 MB`."""
    if size < 1_000_000:
        return f"{format_whole(max(1, round(size / 1000)))} kB"
    return f"{format_number(Decimal(size) / 1_000_000, 1)} MB"


def receipt_context(
    application: Application,
    lines: Sequence[BudgetLine],
    attachments: Sequence[Attachment],
    content: ApplicationContent,
    *,
    declarations: tuple[str, ...],
    opening_text: str,
) -> ReceiptContext:
    """The frozen content of letter L01 for an application that was just filed."""
    round_, board = application.round, application.board
    received_at = known(application.received_at)
    return ReceiptContext(
        municipality=Municipality.from_settings(),
        addressee=Addressee(
            organisation=board.name,
            attention=application.contact_name,
            lines=_address(application),
        ),
        reference=application.number,
        received_at=received_at,
        application=ApplicationFacts(
            number=application.number,
            ikc=application.ikc.name,
            submitted_on=local_date(received_at),
            requested=known(application.requested_amount),
            round_title=round_.name,
        ),
        decision_before=decision_term(application).last_day,
        sections=tuple(
            Section(section.title, section.answers)
            for section in filled_sections(application, content)
        ),
        costs=budget_rows(lines, BudgetLine.Side.EXPENDITURE),
        income=budget_rows(lines, BudgetLine.Side.INCOME),
        attachments=tuple(
            AttachedFile(
                attachment.get_kind_display(),
                attachment.stored.name,
                file_size(attachment.stored.size),
                attachment.stored.sha256,
            )
            for attachment in attachments
        ),
        signed_by=application.signed_name,
        signed_function=application.signed_job_title,
        declarations=declarations,
        opening_text=opening_text,
        demo=settings.DEMO,
    )


def _address(application: Application) -> tuple[str, ...]:
    """The board's address, or that of the IKC while the board's is unknown."""
    board, ikc = application.board, application.ikc
    source = board if board.street else ikc
    town = f"{source.postcode} {source.city}".strip()
    return tuple(line for line in (source.street, town) if line)
