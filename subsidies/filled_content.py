"""What stands in rows of its own as questions and answers, the same on paper as on the screen."""

from collections.abc import Iterable

from kvk2.core.money import format_amount, format_whole
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime, upper_first
from subsidies.content import ApplicationContent, Partner
from subsidies.documents import Answer
from subsidies.models import Activity, Application, PartnerConfirmation, SubApplication


def activity_answers(activity: Activity) -> Iterable[Answer]:
    yield Answer("Wat", activity.description)
    groups = upper_first(", ".join(activity.age_labels))
    yield Answer(
        "Voor wie", f"{groups}: {activity.target_group}" if activity.target_group else groups
    )
    yield Answer("Wanneer", period(activity))
    yield Answer("Verwacht bereik", "" if activity.reach is None else format_whole(activity.reach))
    yield Answer("Ontwikkelgebieden", upper_first(", ".join(activity.domain_labels)))
    yield Answer("Doel van het programma", upper_first(", ".join(activity.goal_labels)))
    yield Answer("Antwoord op", activity.finding)
    yield Answer("Ook op een andere manier betaald", _paid(activity))


def period(activity: Activity) -> str:
    """`1 september 2026 tot en met 30 juni 2027`, as far as it is known."""
    if activity.starts_on is None or activity.ends_on is None:
        return ""
    return f"{dutch_date(activity.starts_on)} tot en met {dutch_date(activity.ends_on)}"


def _paid(activity: Activity) -> str:
    if not activity.paid_otherwise:
        return "" if activity.paid_otherwise is None else "Nee"
    amount = format_amount(activity.paid_amount) if activity.paid_amount is not None else "onbekend"
    return f"Ja, door {activity.paid_by}: {amount}"


def figure_answers(content: ApplicationContent) -> Iterable[Answer]:
    for figure in content.figures:
        yield Answer(figure.label, f"{figure.value} ({figure.period}; bron: {figure.source})")


def sub_answers(sub: SubApplication) -> Iterable[Answer]:
    if not sub.wanted:
        yield Answer("Deelaanvraag", "" if sub.wanted is None else "Nee")
        return
    yield Answer("Titel van de deelaanvraag", sub.title)
    yield Answer("Wat en waarom", sub.description)
    yield Answer(
        "Bedrag van de deelaanvraag", "" if sub.amount is None else format_amount(sub.amount)
    )
    yield Answer("Voor kinderen tot en met 5 jaar", yes_no(sub.young_child))
    if sub.tier is not None:
        yield Answer("Voorrangsgroep van de deelaanvraag", str(sub.tier))


def state_aid_answers(content: ApplicationContent) -> Iterable[Answer]:
    statement = content.state_aid
    yield Answer(
        "Er gaat geld naar een onderneming",
        yes_no(statement.reaches_undertaking) if statement else "",
    )
    if statement is None or not statement.reaches_undertaking:
        return
    yield Answer("Onderneming", statement.undertaking)
    yield Answer("Waarvoor", statement.purpose)
    yield Answer("Eerdere de-minimissteun", yes_no(statement.received_before))
    for row in content.de_minimis:
        yield Answer(f"De-minimissteun in {row.year}", format_amount(row.amount))


def partner_answers(content: ApplicationContent) -> Iterable[Answer]:
    for partner in content.partners:
        yield Answer(partner.name, _word(partner))


def _word(partner: Partner) -> str:
    last = partner.last
    if last is None or last.answered_at is None:
        return "Nog geen antwoord"
    who = f"door {last.answered_by} op {dutch_datetime(last.answered_at)}"
    if last.answer == PartnerConfirmation.Answer.DECLINED:
        return f"Niet akkoord, {who}: {last.reason}"
    return f"Bevestigd {who}"


def count_answers(application: Application, content: ApplicationContent) -> Iterable[Answer]:
    """Where the numbers of children come from, what DUO said, and who signed for them."""
    statement, duo = content.children, content.duo
    if duo is not None:
        counted = "Minder dan 5" if duo.pupils is None else format_whole(duo.pupils)
        yield Answer("Leerlingen volgens DUO", f"{counted} ({duo.note})")
    if statement is None:
        return
    yield Answer("Bron voor 0 tot en met 3 jaar", upper_first(statement.get_young_source_display()))
    if duo is not None and duo.pupils == application.children_4_12:
        yield Answer(
            "Bron voor 4 tot en met 12 jaar", f"Voorgevuld uit {duo.note}, telling van 1 oktober"
        )
    else:
        yield Answer(
            "Bron voor 4 tot en met 12 jaar", upper_first(statement.get_pupil_source_display())
        )
    if statement.dispute_note:
        yield Answer("Waarom anders dan DUO", statement.dispute_note)
    if statement.confirmed_at is not None:
        told = f"{statement.confirmed_by}, {dutch_datetime(statement.confirmed_at)}"
        yield Answer("Aantallen bevestigd door", told)


def yes_no(value: bool | None) -> str:
    return {None: "", True: "Ja", False: "Nee"}[value]
