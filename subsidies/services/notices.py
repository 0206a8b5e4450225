"""The letters about a term, in sentences: more time to complete, a later decision (L04), a term that stands still."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.dateformat import format as date_format

from kvk2.core.deadlines import local_date
from kvk2.core.documents import Municipality
from subsidies.documents_notices import NoticePart, TermNoticeContext
from subsidies.models import Application, CompletionExtension, Subject
from subsidies.services.letter_contexts import addressee, application_facts, paragraphs

if TYPE_CHECKING:
    from ikc.models import User


def written(day: date) -> str:
    """`14 mei 2026`, the day and the month on one line."""
    return date_format(day, "j F Y").replace(" ", "\N{NO-BREAK SPACE}", 1)


def _notice(
    application: Application,
    subject: str,
    lead: str,
    parts: tuple[NoticePart, ...],
    *,
    mark: str,
    by: "User",
    at: datetime,
) -> TermNoticeContext:
    return TermNoticeContext(
        municipality=Municipality.from_settings(),
        addressee=addressee(application.board),
        sent_on=local_date(at),
        reference=f"{application.number}-{mark}",
        application=application_facts(application),
        subject=subject,
        lead=lead,
        parts=parts,
        contact=by.full_name,
        url=f"{settings.SITE_URL}{application.get_absolute_url()}",
        demo=settings.DEMO,
    )


def longer_completion(
    extension: CompletionExtension, *, by: "User", at: datetime
) -> TermNoticeContext:
    """More time to complete; what was asked stays what it was."""
    request = extension.request
    application = request.application
    asked = tuple(f"{Subject(item.subject).label}: {item.text}" for item in request.asked)
    number = request.extensions.filter(pk__lte=extension.pk).count()
    parts = (
        NoticePart("Waarom", paragraphs(extension.reason)),
        NoticePart("Wat wij nog missen", asked),
        NoticePart(
            "Wat dit betekent voor de tijd waarin wij beslissen",
            (
                "Zolang u kunt aanvullen, telt de tijd niet mee voor onze beslistermijn "
                "(artikel 4:15 van de Algemene wet bestuursrecht). Vult u niet of niet genoeg aan, "
                "dan kunnen wij besluiten uw aanvraag niet te behandelen (artikel 4:5).",
            ),
        ),
    )
    return _notice(
        application,
        f"U krijgt meer tijd om uw aanvraag voor {application.ikc.name} aan te vullen",
        f"U kunt uw aanvraag aanvullen tot en met {written(extension.new_due_on)}. "
        f"Dat was {written(extension.old_due_on)}.",
        parts,
        mark=f"V{request.pk}-{number}",
        by=by,
        at=at,
    )


def later_decision(
    application: Application,
    *,
    term_ends_on: date,
    expected_on: date,
    reason: str,
    by: "User",
    at: datetime,
) -> TermNoticeContext:
    """The letter L04 (Awb 4:14(1)): the decision comes later, and what the applicant can do about it."""
    is_over = local_date(at) > term_ends_on
    municipality = Municipality.from_settings()
    ended, expected = written(term_ends_on), written(expected_on)
    failed = "Dat is niet gelukt." if is_over else "Dat lukt niet."
    parts = (
        NoticePart("Waarom het later wordt", paragraphs(reason)),
        NoticePart(
            "Wat u kunt doen",
            (
                f"U hoeft niets te doen. Wilt u niet zo lang wachten? Na {ended} mag u ons schriftelijk "
                "in gebreke stellen: u schrijft ons dat wij te laat zijn en dat wij alsnog moeten beslissen. "
                "Hebben wij twee weken later nog niet beslist, dan betalen wij u een dwangsom voor elke dag "
                "dat het langer duurt, hoogstens 42 dagen (artikel 4:17 van de Algemene wet bestuursrecht). "
                "U kunt dan ook naar de rechter (artikel 6:12).",
                f"Stuur uw brief naar: {', '.join((municipality.name, *municipality.address))}. "
                f"Noem het nummer van uw aanvraag: {application.number}.",
            ),
        ),
    )
    return _notice(
        application,
        f"Ons besluit over uw aanvraag voor {application.ikc.name} komt later",
        f"Wij zouden uiterlijk op {ended} beslissen over uw aanvraag. {failed} "
        f"U krijgt ons besluit uiterlijk op {expected}.",
        parts,
        mark=f"T{application.later_decisions.count() + 1}",
        by=by,
        at=at,
    )


def clock_stopped(
    application: Application,
    *,
    lead: str,
    reason: str,
    last_day: date,
    by: "User",
    at: datetime,
) -> TermNoticeContext:
    """That the term to decide stands still, or runs again, and until when it runs now (Awb 4:15(3) and (4))."""
    parts = (
        NoticePart("Waarom", paragraphs(reason)),
        NoticePart(
            "Tot wanneer wij nu kunnen beslissen",
            (
                f"Wij beslissen uiterlijk op {written(last_day)}. De dagen waarop de termijn stilstaat, "
                "tellen niet mee (artikel 4:15 van de Algemene wet bestuursrecht).",
            ),
        ),
    )
    return _notice(
        application,
        f"De termijn voor ons besluit over {application.ikc.name}",
        lead,
        parts,
        mark=f"O{application.clock_stops.count()}",
        by=by,
        at=at,
    )
