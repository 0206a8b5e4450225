"""What a walk through the portal needs: somebody for each role, a clock, and a real worker."""

import os
import random
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from ikc.demo_accounts import DEMO_PASSWORD
from kvk2.core.deadlines import AMSTERDAM
from kvk2.tests.browser import Person
from monitoring.demo import rounds as demo_rounds
from subsidies.models import Application, Review, SubsidyRound


@contextmanager
def celery_worker():
    """A real Celery worker with beat, on the database and the queue of this test."""
    database = connection.settings_dict
    host = database["HOST"].replace("/", "%2F")
    account = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    port = f":{database['PORT']}" if database["PORT"] else ""
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{account}@{host}{port}/{database['NAME']}",
        "REDIS_URL": settings.CACHE_URL,
        "CLAMD_URL": settings.CLAMD_URL,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "KVK2_DEMO": "1",
    }
    process = subprocess.Popen(
        [
            sys.executable, "-m", "celery", "-A", "kvk2", "worker", "-B", "-c", "2",
            "-s", str(settings.MEDIA_ROOT.parent / "walk-beat"),
            "--without-gossip", "--without-mingle",
        ],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def wait_for(ready, what: str, seconds: int = 180):
    """Poll until `ready` says something; the worker does its part meanwhile."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := ready():
            return found
        time.sleep(0.5)
    pytest.fail(f"{what} kwam niet binnen {seconds} seconden")


def dutch(day: date) -> str:
    return f"{day.day}-{day.month}-{day.year}"


class Walk:
    """Who walks, and where they are."""

    def __init__(self, browser, base: str, clock, today: datetime) -> None:
        self.browser, self.base, self.clock, self.today = browser, base, clock, today
        self.people: dict[str, Person] = {}

    def as_(self, name: str) -> Person:
        if name not in self.people:
            self.people[name] = Person(
                self.browser, self.base, f"{name}@demo.example", DEMO_PASSWORD
            )
        return self.people[name]

    def findings(self) -> list[str]:
        return [finding for person in self.people.values() for finding in person.findings]

    def show(self, folder: Path) -> None:
        """Where everybody is, said and pictured in `folder`, for who reads why a walk ended."""
        for name, person in self.people.items():
            person.page.screenshot(path=str(folder / f"{name}.png"), full_page=True)
            where = f"{name}: {person.path} ({person.page.title()}) {person.findings}"
            sys.stderr.write(f"{where}\n")

    def at(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """Move the clock of the portal to that day before (or after) today."""
        day = timezone.localdate(self.today) + timedelta(days=days)
        moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=AMSTERDAM)
        self.clock.move_to(moment)
        return moment


def codes_of(round_: SubsidyRound) -> tuple[str, ...]:
    return tuple(round_.criteria.order_by("order").values_list("code", flat=True))


def others_score(application: Application, mine: Review, level: int) -> None:
    """The other members of the commission score it too."""
    for review in application.reviews.exclude(pk=mine.pk).select_related("member__user"):
        demo_rounds._score(
            review,
            timezone.now(),
            random.Random(1),
            level=level,
            submit=True,
            codes=codes_of(application.round),
        )
