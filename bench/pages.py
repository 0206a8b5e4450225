"""The pages that are measured, and how: ours and BASELINE's in turn, alone and four at a time."""

import gzip
import re
import statistics
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from time import monotonic

from kvk2.throwaway import Answer, Visitor

AT_ONCE = 4
LONGEST_BLOCK = 20.0  # seconds


@dataclass(frozen=True)
class Goal:
    """What a page may cost: times BASELINE's p95 at four at once, and SQL statements. None: not judged."""

    ratio: float | None = None
    queries: int | None = None


@dataclass(frozen=True)
class Page:
    """One page: as whom (a session's name) and where; `fields` makes it a POST, each time of another draft."""

    name: str
    who: str
    path: str
    goal: Goal
    fields: dict[str, str] | None = None


BASELINE = Page("BASELINE", "baseline", "/", Goal(queries=4))
LIST = "aanvragen: lijst"
LAST_PAGE, OVERVIEW = "aanvragen: laatste pagina", "ronde: overzicht in beelden"
# What is measured at 100,000 applications as well.
LONG_PAGES = (LIST, LAST_PAGE, OVERVIEW)
SUBMIT = "aanvraag indienen (laatste POST)"
SIGNATURE = {"signed_name": "Meet Persoon", "signed_job_title": "directeur", "declared": "on"}


def pages_of(facts: dict) -> list[Page]:
    """`facts` is what `bench.world` printed."""
    application, review, round_ = facts["application"], facts["review"], facts["round"]
    return [
        Page(LIST, "leader", f"/aanvragen/?round={round_}&sort=-score", Goal(1.5, 8)),
        Page(
            LAST_PAGE, "leader", f"/aanvragen/?round={round_}&sort=-score&page=last", Goal(1.5, 8)
        ),
        Page(OVERVIEW, "leader", f"/rondes/{round_}/overzicht/", Goal(2.5, 8)),
        Page("aanvraag: één", "leader", f"/aanvragen/{application}/", Goal(1.5, 12)),
        Page("startpagina projectleider", "leader", "/", Goal(2.0)),
        Page("beoordelen: overzicht lid", "member", "/beoordelen/", Goal(2.0, 10)),
        Page("beoordelen: formulier", "member", f"/beoordelen/{review}/", Goal(1.5, 12)),
        Page(
            SUBMIT,
            "draft",
            "/aanvragen/{application}/invullen/ondertekenen/",
            Goal(2.5, 15),
            SIGNATURE,
        ),
    ]


@dataclass(frozen=True)
class Effort:
    """How much is asked: rounds in turn; requests per round alone and four at once; drafts instead of requests."""

    rounds: int
    alone: int
    together: int
    drafts_alone: int
    drafts_together: int

    @property
    def drafts(self) -> int:
        """How many drafts are filed: one to count queries, one to warm up, the rest to measure."""
        return 2 + self.rounds * (self.drafts_alone + self.drafts_together)


FULL = Effort(rounds=3, alone=30, together=120, drafts_alone=8, drafts_together=24)
QUICK = Effort(rounds=1, alone=15, together=40, drafts_alone=6, drafts_together=16)


@dataclass
class Timings:
    """Seconds per request of one page."""

    alone: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, float]:
        """Milliseconds."""
        return {
            "alone_p50": 1000 * statistics.median(self.alone),
            "p50": 1000 * statistics.median(self.together),
            "p95": 1000 * percentile(self.together, 95),
        }


def percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


@dataclass(frozen=True)
class Site:
    """Where to ask, and the sessions by name."""

    port: int
    sessions: dict[str, str]

    def ask(self, page: Page) -> Callable[[], Answer]:
        """A function that asks for the page once, over a connection of its own."""
        visitor = Visitor(self.port, self.sessions[page.who])

        def once() -> Answer:
            answer = visitor.get(page.path)
            if answer.status != 200:
                raise WrongAnswer(page, answer)
            return answer

        return once


class WrongAnswer(Exception):
    """A page that answered something else than what is measured."""

    def __init__(self, page: Page, answer: Answer) -> None:
        super().__init__(
            f"{page.name} ({page.path}) gaf {answer.status} {answer.location}\n{answer.text[:400]}"
        )


class Drafts:
    """Hands out each draft once: an application can be filed once only."""

    def __init__(self, site: Site, page: Page, drafts: Iterator[dict]) -> None:
        self.site, self.page, self.drafts = site, page, drafts
        self.lock = threading.Lock()

    def once(self) -> Answer:
        with self.lock:
            draft = next(self.drafts)
        path = self.page.path.format(application=draft["application"])
        with Visitor(self.site.port, draft["session"]) as visitor:
            answer = visitor.post(path, self.page.fields)
        if answer.status != 302:
            raise WrongAnswer(self.page, answer)
        return answer


def measure(
    ours: Site, baseline: Site, pages: Sequence[Page], drafts: list[dict], effort: Effort
) -> dict:
    """{page: summary of ours, of BASELINE in the same minutes, and the bytes}."""
    supply = iter(drafts)
    found = {}
    for page in pages:
        found[page.name] = _measure_page(ours, baseline, page, supply, effort)
    return found


def _measure_page(
    ours: Site, baseline: Site, page: Page, supply: Iterator[dict], effort: Effort
) -> dict:
    filed = page.fields is not None
    alone = effort.drafts_alone if filed else effort.alone
    together = effort.drafts_together if filed else effort.together
    askers = _askers(ours, page, supply)
    yardsticks = _askers(baseline, BASELINE, supply)
    answer = askers[0]()
    yardstick = yardsticks[0]()
    if not filed:  # each of the two workers, more than once
        for asker in askers * 2:
            asker()
    for asker in yardsticks * 2:
        asker()
    own, base = Timings(), Timings()
    for _ in range(effort.rounds):
        base.alone += _block(yardsticks[:1], effort.alone)
        own.alone += _block(askers[:1], alone)
        base.together += _block(yardsticks, effort.together)
        own.together += _block(askers, together)
    return {
        "ours": own.summary(),
        "baseline": base.summary(),
        "requests": len(own.together),
        "bytes": None if filed else _bytes(answer),
        "baseline_bytes": _bytes(yardstick),
    }


def _askers(site: Site, page: Page, supply: Iterator[dict]) -> list[Callable[[], Answer]]:
    if page.fields is not None:
        return [Drafts(site, page, supply).once] * AT_ONCE
    return [site.ask(page) for _ in range(AT_ONCE)]


def _block(askers: Sequence[Callable[[], Answer]], wanted: int) -> list[float]:
    """Seconds of `wanted` requests by as many askers at once; fewer when that takes too long."""
    turns, seconds, failures = count(), [], []
    end = monotonic() + LONGEST_BLOCK

    def work(asker: Callable[[], Answer]) -> None:
        try:
            while next(turns) < wanted and monotonic() < end:
                seconds.append(asker().seconds)
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=[asker]) for asker in askers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return seconds


def _bytes(answer: Answer) -> dict[str, int]:
    return {"html": len(answer.content), "gzip": zipped(answer.content)}


def zipped(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def assets(site: Site, page: Page) -> dict[str, int]:
    """The style sheets and scripts that the page names: how many, and their bytes with and without gzip."""
    with Visitor(site.port, site.sessions[page.who]) as visitor:
        html = visitor.get(page.path).text
        links = re.findall(r'<link[^>]+rel="stylesheet"[^>]*href="([^"]+)"', html)
        scripts = re.findall(r'<script[^>]+src="([^"]+)"', html)
        contents = [visitor.get(address).content for address in {*links, *scripts}]
    return {
        "files": len(contents),
        "bytes": sum(map(len, contents)),
        "gzip": sum(map(zipped, contents)),
    }
