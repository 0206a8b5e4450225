"""The letters about a conversation with the commission: the invitation (L05), another time, and that it is off."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.dateformat import format as date_format

from kvk2.core.deadlines import AMSTERDAM, local_date
from kvk2.core.documents import Municipality
from subsidies.documents_notices import NoticePart, TermNoticeContext
from subsidies.models import AgendaItem, Letter
from subsidies.services.letter_contexts import addressee, application_facts
from subsidies.services.letters import order_letter

DAY = "l j F Y"
Code = Letter.Code


def order_invitation(code: str, item: AgendaItem, *, contact: str, at: datetime) -> Letter:
    """Order one of the three letters; `item` has its meeting as it is now, `contact` is who the letter names."""
    if code == Code.INVITATION_CANCELLED:
        subject, lead, parts = _cancelled(item)
    else:
        subject, lead, parts = _invited(item, moved=code == Code.INVITATION_MOVED)
    application = item.application
    context = TermNoticeContext(
        municipality=Municipality.from_settings(),
        addressee=addressee(application.board),
        sent_on=local_date(at),
        reference=f"{application.number}-U{item.pk}" + (f".{item.sequence}" * bool(item.sequence)),
        application=application_facts(application),
        subject=f"{subject} over de aanvraag van {application.ikc.name}",
        lead=lead,
        parts=tuple(parts),
        contact=contact,
        url=f"{settings.SITE_URL}{reverse('subsidies:presentation', args=[item.pk])}",
        demo=settings.DEMO,
    )
    return order_letter(code, application, context.as_dict(), at=at)


def when(item: AgendaItem) -> str:
    """'vrijdag 24 april 2026 van 09.00 tot 09.20 uur'."""
    starts, ends = item.starts_at.astimezone(AMSTERDAM), item.ends_at.astimezone(AMSTERDAM)
    return f"{date_format(starts, DAY)} van {starts:%H.%M} tot {ends:%H.%M} uur"


def _invited(item: AgendaItem, *, moved: bool) -> tuple[str, str, list[NoticePart]]:
    meeting = item.meeting
    where = [f"Het gesprek is in {meeting.place}."] if meeting.place else []
    if meeting.video_url:
        where.append(f"U kunt meedoen met video, op {meeting.video_url}")
    until = (meeting.answers_until or meeting.starts_at).astimezone(AMSTERDAM)
    parts = [
        NoticePart(heading="Waar", paragraphs=tuple(where)),
        NoticePart(
            heading="Wat u kunt verwachten",
            paragraphs=(
                "U vertelt kort wat u wilt doen en waarom. De leden van de commissie stellen vragen. "
                "Leden met een belang bij uw aanvraag zijn er niet bij.",
                f"Heeft de commissie vooraf vragen? Dan staan die in het portaal, en kunt u daar antwoorden "
                f"tot {date_format(until, DAY)} om {until:%H.%M} uur. U kunt de afspraak daar ook in uw agenda zetten.",
            ),
        ),
        NoticePart(
            heading="Kunt u niet?",
            paragraphs=(
                "Neem dan zo snel mogelijk contact met ons op. U bent niet verplicht om te komen.",
            ),
        ),
    ]
    if moved:
        lead = (
            f"Uw gesprek met de IKC-commissie is verplaatst. Het is nu op {when(item)}. "
            "De tijd in onze eerdere brief geldt niet meer."
        )
        return "Ander tijdstip voor het gesprek", lead, parts
    lead = (
        f"De IKC-commissie nodigt u uit om uw aanvraag toe te lichten, op {when(item)}. "
        "Daarna adviseert zij het college over uw aanvraag."
    )
    return "Uitnodiging voor een gesprek", lead, parts


def _cancelled(item: AgendaItem) -> tuple[str, str, list[NoticePart]]:
    lead = (
        f"De vergadering van de IKC-commissie gaat niet door. Uw gesprek op {when(item)} vervalt."
    )
    parts = [
        NoticePart(heading="Waarom", paragraphs=(item.meeting.cancel_reason,)),
        NoticePart(
            heading="Hoe verder",
            paragraphs=(
                "Uw aanvraag blijft in behandeling. Zet de commissie uw aanvraag op een andere agenda, "
                "dan krijgt u een nieuwe uitnodiging.",
            ),
        ),
    ]
    return "Het gesprek gaat niet door", lead, parts
