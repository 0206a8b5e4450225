"""How each childcare partner stands towards an application, in words."""

from dataclasses import dataclass

from kvk2.nlds.templatetags.nlds import dutch_datetime
from subsidies.content import ApplicationContent, Partner
from subsidies.models import PartnerConfirmation


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """One partner: the badge, a sentence, and whether asking makes sense now."""

    name: str
    badge: str
    kind: str
    text: str
    may_ask: bool


def partner_lines(content: ApplicationContent, now: str) -> list[PartnerLine]:
    """`now` is the hash of the content as it is; an older confirmation does not hold."""
    return [_line(partner, now) for partner in content.partners]


def _line(partner: Partner, now: str) -> PartnerLine:
    last = partner.last
    if last is None:
        text = (
            ""  # the badge says it
            if partner.has_account
            else "Heeft geen account. Voeg een ondertekende verklaring toe bij de bijlagen."
        )
        return PartnerLine(partner.name, "nog niet gevraagd", "neutral", text, partner.has_account)
    if last.answered_at is None:
        text = f"Gevraagd op {dutch_datetime(last.asked_at)} door {last.asked_by}."
        return PartnerLine(partner.name, "wacht op antwoord", "warning", text, False)
    who = f"{last.answered_by} op {dutch_datetime(last.answered_at)}"
    if last.answer == PartnerConfirmation.Answer.DECLINED:
        text = f"{who}: {last.reason}"
        return PartnerLine(partner.name, "niet akkoord", "danger", text, partner.has_account)
    if last.content_hash != now:
        text = f"Bevestigd door {who}. Daarna is het plan gewijzigd."
        return PartnerLine(partner.name, "opnieuw vragen", "warning", text, partner.has_account)
    return PartnerLine(partner.name, "bevestigd", "success", f"Door {who}.", False)
