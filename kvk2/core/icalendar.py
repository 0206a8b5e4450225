"""Calendars as RFC 5545 asks: days and moments, lines of at most 75 bytes, text that is escaped."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

PRODUCT = "-//IKC-portaal//Termijnen//NL"
LONGEST_LINE = 75  # bytes, without the line end


@dataclass(frozen=True, slots=True)
class Event:
    """Something in a calendar: on a whole day, or at a moment. `uid` stays the same when the day moves."""

    uid: str
    title: str
    begins: date
    url: str = ""
    description: str = ""
    minutes: int = 0  # how long a moment lasts
    sequence: int | None = None  # how often it changed
    organizer: str = ""  # e-mail address
    cancelled: bool = False


def calendar_text(
    name: str, events: Iterable[Event], *, made_at: datetime, method: str = "PUBLISH"
) -> str:
    """A calendar with the events in it; moments are written in UTC, so that no time zone has to be told.

    `method`: CANCEL takes events with these UIDs out of somebody's calendar (RFC 5546 3.2.5).
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
    ]
    for event in events:
        lines += _event(event, made_at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(event: Event, made_at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{_moment(made_at)}"
    begins = event.begins
    if isinstance(begins, datetime):
        yield f"DTSTART:{_moment(begins)}"
        yield f"DURATION:PT{event.minutes}M" if event.minutes else "DURATION:PT0S"
    else:
        yield f"DTSTART;VALUE=DATE:{begins:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{begins + timedelta(days=1):%Y%m%d}"
        yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{_text(event.title)}"
    if event.sequence is not None:
        yield f"SEQUENCE:{event.sequence}"
    if event.organizer:
        yield f"ORGANIZER:mailto:{''.join(event.organizer.split())}"
    if event.cancelled:
        yield "STATUS:CANCELLED"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    if event.url:
        yield f"URL:{''.join(event.url.split())}"
    yield "END:VEVENT"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """A value of type TEXT: four characters are escaped, other control characters are left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(character for character in text if character >= " " and character != "\x7f")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 bytes, of which all but the first begin with a space; no character is cut."""
    piece, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > LONGEST_LINE:
            yield piece
            piece, size = " ", 1
        piece += character
        size += width
    yield piece
