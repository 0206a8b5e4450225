"""A round decided: what the signer and who looks meanwhile wait for, and its letters by two workers.

Every letter of the round goes out at one moment, so the time from the signature to the messages is one measure.
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.reports import peak_memory
from kvk2.throwaway import Portal, Visitor
from kvk2.throwaway.portal import Process

APPLICATIONS = 1_000
PATIENCE = 1_800.0  # seconds
TICKS = os.sysconf("SC_CLK_TCK")
POSTED = """
SELECT count(*), count(DISTINCT message.posted_at)
  FROM subsidies_message message JOIN subsidies_letter letter ON letter.id = message.letter_id
  JOIN subsidies_application application ON application.id = letter.application_id
 WHERE letter.decision_id IS NOT NULL AND application.round_id = %s
"""
SIZES = """
SELECT count(*), avg(file.size)::float, max(file.size)
  FROM subsidies_letter letter JOIN core_storedfile file ON file.id = letter.stored_id
  JOIN subsidies_application application ON application.id = letter.application_id
 WHERE letter.decision_id IS NOT NULL AND application.round_id = %s
"""


class NotDecided(Exception):
    """The signature was refused, or the letters did not come."""


def prepare(applications: int) -> Mapping[str, Any]:
    """A round of which every decision waits for the signer, made by the same services as on screen."""
    from decimal import Decimal  # noqa: PLC0415 - Django is set up in the process that calls this

    from bench.world import session_of  # noqa: PLC0415
    from ikc.tests.factories import UserFactory  # noqa: PLC0415
    from subsidies.tests.factories_assessment import (  # noqa: PLC0415
        SigningMandateFactory,
        ready_round,
    )

    leader = UserFactory(project_leader=True)
    round_ = ready_round(
        leader=leader, applications=applications, ceiling=Decimal(50_000) * applications
    )
    signer = SigningMandateFactory().user
    return {"round": round_.pk, "leader": session_of(leader), "signer": session_of(signer)}


def by_workers(portal: Portal, database: str, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The signature, the pages of a leader who keeps looking, and what the workers needed."""
    portal.empty_redis()  # of the nudges of what was measured before
    website = portal.website(database=database)
    worker = portal.worker(concurrency=2, beat=True, database=database)
    bundle = f"/rondes/{facts['round']}/besluiten/"
    before = _cpu_seconds(worker)
    begun = time.monotonic()
    with Visitor(website.port, facts["signer"]) as signer:
        signed = signer.post(f"{bundle}nemen/", {"agreed": "on"})
    if signed.status != 302 or signed.location != bundle:
        raise NotDecided(f"{signed.status} {signed.location} {signed.text[:400]}")
    waits, peak = [], 0
    wanted = portal.sql(
        "SELECT count(*) FROM subsidies_application WHERE round_id = %s",
        facts["round"],
        database=database,
    )[0][0]
    with Visitor(website.port, facts["leader"]) as leader:
        while portal.sql(POSTED, facts["round"], database=database)[0][0] < wanted:
            if time.monotonic() - begun > PATIENCE:
                raise NotDecided("de brieven komen niet klaar")
            paths = (bundle, f"{bundle}?page=2", f"{bundle}voortgang/", "/")
            waits += [leader.get(path).seconds for path in paths]
            peak = max(peak, *(peak_memory(pid) for pid in worker.pids))
            time.sleep(0.5)
    seconds = time.monotonic() - begun
    letters, average, largest = portal.sql(SIZES, facts["round"], database=database)[0]
    posted, moments = portal.sql(POSTED, facts["round"], database=database)[0]
    return {
        "letters": letters,
        "posted": posted,
        "moments": moments,
        "signature": signed.seconds,
        "longest_request": max(waits),
        "requests": len(waits),
        "seconds": seconds,
        "cpu_per_letter": (_cpu_seconds(worker) - before) / letters,
        "kib_per_letter": average / 1024,
        "kib_largest": largest / 1024,
        "peak_mb_per_process": peak / 1024,
    }


def _cpu_seconds(worker: Process) -> float:
    """Of the worker, of its processes, and of those that it ended and waited for."""
    ticks = 0
    for pid in worker.pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ended = fields[13:15] if pid == worker.popen.pid else ["0", "0"]
        ticks += sum(map(int, [*fields[11:13], *ended]))
    return ticks / TICKS
