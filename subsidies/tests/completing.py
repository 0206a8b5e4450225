"""An application that is being completed: what its tests have in common."""

from datetime import UTC, date, datetime, timedelta

from subsidies.services.completions import Asked
from subsidies.services.corrections import save_correction, submit_correction

# The round of the factories closed on 15 April 2026; the municipality asks on Monday the 20th.
ASKED_AT = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
DUE_ON = date(2026, 5, 4)
# Midnight after 4 May in Amsterdam, in summer time.
ENDS_AT = datetime(2026, 5, 4, 22, 0, tzinfo=UTC)
BEFORE_END = datetime(2026, 4, 27, 9, 0, tzinfo=UTC)
CONTACT = [Asked("contact", "Het telefoonnummer klopt niet.")]
EVERYTHING = [
    Asked("contact", "Het telefoonnummer klopt niet."),
    Asked("summary", "De samenvatting ontbreekt."),
    Asked("budget", "De uren ontbreken."),
    Asked("amount", "Het bedrag past dan niet meer."),
    Asked("proof", "Het bewijs is niet te lezen.", "attachments"),
]


def state_of(row):
    row.refresh_from_db()
    return row.state


def supply(request, director, at=BEFORE_END):
    save_correction(
        request, values={"contact_phone": "058 999 99 99"}, by=director, at=at - timedelta(hours=1)
    )
    return submit_correction(request, by=director, at=at)
