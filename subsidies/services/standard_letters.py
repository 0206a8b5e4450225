"""Ordering a letter of the catalogue (L11-L22): its text as it stands, the values of the case, and what a decision needs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings

from kvk2.core import deadlines
from kvk2.core.documents import Municipality
from subsidies.documents import LegalBasis, MissingElements, ObjectionClause, Signature
from subsidies.documents_standard import (
    DecisionPart,
    Remedy,
    StandardLetterContext,
    render_standard,
)
from subsidies.facts import known
from subsidies.letter_catalogue import letter_types
from subsidies.letter_catalogue.kinds import MergeValues
from subsidies.letter_examples import example_letter
from subsidies.letter_texts import LetterTextCode
from subsidies.models import Application, Decision, Letter
from subsidies.services.letter_contexts import addressee, application_facts, paragraphs
from subsidies.services.letter_templates import text_on
from subsidies.services.letters import objection_until, order_letter
from subsidies.services.scheme_terms import letter_texts, ordinances

# Who disagrees with a decision on an objection goes to court (Awb 6:23, 8:1).
APPEALED = frozenset({Letter.Code.OBJECTION_DECISION})
NOT_YET = "nog niet ondertekend"


def order_standard_letter(
    code: str,
    application: Application,
    values: Mapping[str, Any],
    *,
    decision: Decision | None = None,
    at: datetime,
) -> Letter:
    """Order the letter `code`, in the transaction of the deed that it tells about.

    `values`: per field of the letter a str, Decimal, date, list of str or `Table`, by the kind of the field. The
    reasons, the signature and the legal basis of a decision come from `decision`, which was taken.
    Raises `MissingElements` when the letter lacks something that the law or its text asks for.
    """
    letter = standard_context(code, application, values, decision=decision, at=at)
    letter.require_complete()
    return order_letter(code, application, letter.as_dict(), decision=decision, at=at)


def preview_standard_letter(
    code: str,
    application: Application,
    values: Mapping[str, Any],
    *,
    decision: Decision | None = None,
    at: datetime,
) -> bytes:
    """The PDF of the letter as it would be today, marked as a draft; nothing is stored. Raises `MissingElements`."""
    letter = standard_context(code, application, values, decision=decision, at=at)
    return render_standard(letter, draft=True)


def standard_context(
    code: str,
    application: Application,
    values: Mapping[str, Any],
    *,
    decision: Decision | None,
    at: datetime,
) -> StandardLetterContext:
    """The frozen content of the letter, dated today. Raises `MissingElements` for a decision letter without its decision."""
    letter_type = letter_types()[code]
    if letter_type.is_decision != (decision is not None):
        raise MissingElements(
            f"De brief ‘{letter_type.title}’ kan niet worden gemaakt: "
            + ("er hoort een besluit bij." if decision is None else "het is geen besluit.")
        )
    day = deadlines.local_date(at)
    text = text_on(code, day)
    municipality, version = Municipality.from_settings(), application.round.scheme_version
    basis = LegalBasis(ordinances(version), version.citation, letter_type.articles)
    letter = StandardLetterContext(
        code=code,
        municipality=municipality,
        addressee=addressee(application.board),
        sent_on=day,
        reference=decision.reference if decision else _reference(code, application),
        application=application_facts(application),
        legal_names=replace(basis, articles=()),
        subject_text=text.subject,
        body_text=text.body,
        text_version=text.number,
        required=tuple(sorted(letter_type.required)),
        values=MergeValues.sort_out(values, letter_type.fields),
        url=f"{settings.SITE_URL}{application.get_absolute_url()}",
        demo=settings.DEMO,
    )
    if decision is None:
        return letter
    appealed = remedy_of(code) == Remedy.APPEAL
    return replace(
        letter,
        decision=DecisionPart(
            legal_basis=basis,
            motivation=paragraphs(decision.motivation),
            signature=signature_of(decision, at=at),
            remedy=remedy_of(code),
            objection_text="" if appealed else letter_texts(version)[LetterTextCode.OBJECTION],
        ),
        objection=ObjectionClause(
            last_day=objection_until(letter.sent_on), postal_lines=municipality.address
        ),
        contact=decision.drafted_by.full_name,
    )


def remedy_of(code: str) -> Remedy:
    """What who disagrees with the letter can do, when it is a decision."""
    return Remedy.APPEAL if code in APPEALED else Remedy.OBJECTION


def signature_of(decision: Decision, *, at: datetime) -> Signature:
    """Who signed; a preview before that says that nobody did."""
    if decision.taken_by is None:
        return Signature(name=NOT_YET, function="ondertekenaar", mandate=NOT_YET, signed_at=at)
    return Signature(
        name=decision.taken_by.full_name,
        function=decision.taken_by.job_title or "ondertekenaar",
        mandate=known(decision.signing_mandate).number,
        signed_at=known(decision.taken_at),
    )


def example_with(
    code: str, subject: str, body: str, *, letter: Letter | None, at: datetime
) -> bytes:
    """The PDF of letter `code` with this text: on the case of `letter`, or with invented facts. Nothing is stored.

    Raises `MissingElements` when the case lacks something that the text asks for.
    """
    today = deadlines.local_date(at)
    if letter is None:
        context = example_letter(code, subject, body, remedy=remedy_of(code), today=today)
    else:
        frozen = StandardLetterContext.from_dict(letter.context)
        required = tuple(sorted(letter_types()[code].required))
        context = replace(frozen, subject_text=subject, body_text=body, required=required)
    return render_standard(context, example=True)


def _reference(code: str, application: Application) -> str:
    """The number of the application, the letter, and which one of its kind this is."""
    number = application.letters.filter(code=code).count() + 1
    return f"{application.number}-{code}-{number}"
