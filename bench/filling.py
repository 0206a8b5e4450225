"""Filling in under load: fifty directors who save while they type, and the rush of the closing minute.

Both run over HTTP on the same web servers as the pages, and are judged by what the database holds afterwards: the last
save of each director, and of each submission whether it counts and which second it got.
"""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as dt_time

from bench.pages import BASELINE, SIGNATURE, percentile
from kvk2.core.deadlines import AMSTERDAM
from kvk2.throwaway import Answer, Portal, Visitor
from monitoring.demo import texts

DIRECTORS = 50
SUBMITS = 200
PAUSE = 2.5  # seconds between two saves of somebody who types on
TEXT = "Wij lezen elke dag voor en oefenen met woorden. " * 40
DATA = "application/json"
SECOND = re.compile(r"binnen op \d+ \w+ \d+ om (\d\d)\.(\d\d)\.(\d\d) uur")


@dataclass
class Notes:
    """What the visitors of one measurement wrote down."""

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def measure(portal: Portal, database: str, baseline: dict, *, quick: bool) -> dict:
    """`baseline`: the database, the session and the settings of BASELINE."""
    duration = 20.0 if quick else 60.0
    drafts = portal.call("bench.world", "complete_drafts", DIRECTORS + SUBMITS, database=database)
    typing, signing = drafts[:DIRECTORS], drafts[DIRECTORS:]
    ours = portal.website(database=database, ARRIVAL_HEADER="HTTP_X_REQUEST_START")
    yardstick = portal.website("bench.baseline.wsgi", database=baseline["database"])
    for draft in signing[:8]:  # each thread of each worker has read its code before it counts
        with Visitor(ours.port, draft["session"]) as visitor:
            visitor.get(f"/aanvragen/{draft['application']}/invullen/plan/")
    saved = _type(ours.port, typing, duration)
    base = _together(
        [_reader(yardstick.port, baseline["session"]) for _ in range(DIRECTORS)], duration
    )
    saved["lost"] = portal.call("bench.world", "count_lost", saved.pop("last"), database=database)
    saved["baseline_p95"] = 1000 * percentile(base.seconds, 95)
    closes = _close(portal, database, 3 + duration / 2)
    rush = _rush(ours.port, signing, closes, duration)
    found = portal.call(
        "bench.world", "filed", [one["application"] for one in signing], database=database
    )
    portal.kill_processes()
    return {"autosave": saved, "rush": _judge(rush, found, closes)}


# ---------------------------------------------------------------- saving while one types


def _type(port: int, drafts: Sequence[dict], duration: float) -> dict:
    last: dict[int, str] = {}
    notes = _together([_typist(port, draft, last) for draft in drafts], duration)
    return {
        "directors": len(drafts),
        "saves": len(notes.seconds),
        "failed": len(notes.failed),
        "p50": 1000 * percentile(notes.seconds, 50),
        "p95": 1000 * percentile(notes.seconds, 95),
        "last": sorted(last.items()),
    }


def _typist(port: int, draft: dict, last: dict[int, str]) -> Callable[[], Answer]:
    """Saves a step that is a little longer each time; notes what was acknowledged last."""
    visitor = Visitor(port, draft["session"])
    application = draft["application"]
    turn = 0

    def save() -> Answer:
        nonlocal turn
        turn += 1
        summary = f"{turn} {application}"
        typed = {
            **texts.PLANS[0],
            "summary": summary,
            "analysis": TEXT,
            "page": "meting",
            "version": "1",
            "turn": str(turn),
        }
        answer = visitor.post(f"/aanvragen/{application}/invullen/plan/", typed, accept=DATA)
        if answer.status == 200:
            last[application] = summary
        return answer

    return save


def _reader(port: int, session: str) -> Callable[[], Answer]:
    visitor = Visitor(port, session)
    return lambda: visitor.get(BASELINE.path)


def _together(deeds: Sequence[Callable[[], Answer]], duration: float) -> Notes:
    """Each deed again and again with a pause, all at once; they start spread over one pause."""
    notes = Notes()
    end = time.monotonic() + duration

    def work(number: int, deed: Callable[[], Answer]) -> None:
        time.sleep(PAUSE * number / len(deeds))
        while time.monotonic() < end:
            try:
                answer = deed()
            except OSError as error:
                notes.failed.append(str(error))
                continue
            notes.seconds.append(answer.seconds)
            if answer.status != 200:
                notes.failed.append(f"{answer.status} {answer.text[:200]}")
            time.sleep(PAUSE)

    _run([threading.Thread(target=work, args=each) for each in enumerate(deeds)])
    return notes


def _run(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# ---------------------------------------------------------------- the closing minute


@dataclass(frozen=True)
class Submit:
    """One submission as its sender saw it."""

    application: int
    sent: datetime
    answered: datetime
    accepted: bool
    second: str  # of a refusal: the second that its sentence names, in local time
    status: int
    said: str  # its error summary


def _close(portal: Portal, database: str, seconds: float) -> datetime:
    """Let the open round close after so long, on a whole second; past the trigger that fixes a published round."""
    closes = (datetime.now(UTC) + timedelta(seconds=seconds)).replace(microsecond=0)
    portal.sql(
        "SET session_replication_role = replica;"
        " UPDATE subsidies_subsidyround SET closes_at = %s WHERE state = 'open' AND is_demo",
        closes,
        database=database,
    )
    return closes


def _rush(port: int, drafts: Sequence[dict], closes: datetime, duration: float) -> list[Submit]:
    """All of them, spread evenly over `duration` with the closing in its middle."""
    submits: list[Submit] = []
    start = closes - timedelta(seconds=duration / 2)

    def work(number: int, draft: dict) -> None:
        due = start + timedelta(seconds=duration * number / len(drafts))
        time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
        application = draft["application"]
        with Visitor(port, draft["session"]) as visitor:
            sent = datetime.now(UTC)
            answer = visitor.post(f"/aanvragen/{application}/invullen/ondertekenen/", SIGNATURE)
        named = SECOND.search(answer.text) if answer.status == 422 else None
        submits.append(
            Submit(
                application,
                sent,
                datetime.now(UTC),
                accepted=answer.status == 302 and answer.location.endswith("/ontvangst/"),
                second=":".join(named.groups()) if named else "",
                status=answer.status,
                said=_summary(answer.text),
            )
        )

    _run([threading.Thread(target=work, args=each) for each in enumerate(drafts)])
    return submits


def _summary(page: str) -> str:
    """What the error summary of a page says, without its tags."""
    summary = page.partition('id="foutenoverzicht"')[2].partition("</div>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", summary.partition(">")[2]).split())


def _judge(submits: Sequence[Submit], found: dict[str, list[str]], closes: datetime) -> dict:
    accepted = [one for one in submits if one.accepted]
    refused = [one for one in submits if one.second]
    numbers = sorted(int(number.rpartition("-")[2]) for number, _ in found.values())
    seconds = sorted((one.answered - one.sent).total_seconds() for one in submits)
    return {
        "submits": len(submits),
        "accepted": len(accepted),
        "refused": len(refused),
        "other_answers": len(submits) - len(accepted) - len(refused),
        "statuses": dict(Counter(str(one.status) for one in submits)),
        "said": dict(Counter(one.said for one in submits if not one.accepted and not one.second)),
        "wrong_second": sum(not _is_right(one, found, closes) for one in submits),
        "gaps": _gaps(numbers),
        "p95": 1000 * percentile(seconds, 95),
    }


def _is_right(one: Submit, found: dict[str, list[str]], closes: datetime) -> bool:
    """In time and numbered with the second in which it arrived; or too late and told that second."""
    begin = one.sent.replace(microsecond=0)
    row = found.get(str(one.application))
    if one.accepted and row:
        received = datetime.fromisoformat(row[1])
        return begin <= received <= one.answered and received < closes
    if not one.second or row:
        return False
    named = datetime.combine(
        one.answered.astimezone(AMSTERDAM).date(),
        dt_time.fromisoformat(one.second),
        AMSTERDAM,
    )
    return begin <= named <= one.answered and named >= closes


def _gaps(numbers: Iterable[int]) -> int:
    """How many numbers are missing between the first and the last, or were given twice."""
    given = list(numbers)
    return (
        abs(given[-1] - given[0] + 1 - len(set(given))) + len(given) - len(set(given))
        if given
        else 0
    )
