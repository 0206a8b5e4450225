"""Every page of the demonstration world that each account can come to, by typing or by links.

Each is read: it answers, leads nowhere that does not, and asks the database nothing twice. What another account did not
have alike, a browser of 320 px wide opens as well: axe, console, CSP, nothing sticking out.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from contextlib import nullcontext
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, resolve, reverse

from ikc.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from ikc.models import User
from kvk2.tests.browser import Person, chromium, hang_up, kind_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Of pages of one view, this many are read per account: /aanvragen/12/ and /aanvragen/13/ are of one view.
PER_VIEW = 2
# They see what another account with the same role sees.
ALIKE = ("commissielid3", "commissielid4", "plaatsvervanger", "ondertekenaar2", "onderzoeker2")
PEOPLE = [one for one in DEMO_ACCOUNTS if not one.email.startswith(ALIKE)]
# Not pages of the portal's own, or answers for machines.
SKIPPED = ("account", "mfa", "healthz", "readyz")
# Pages that hold two objects of one kind side by side read each of them: twice, however long they are.
COMPARING = ("subsidies:application_differences", "subsidies:scheme_version_compare")
HREF = re.compile(r'<a\b[^>]*?\shref="([^"#]+)')
# Each element of the content by its tag and classes: what the layout depends on, without the words.
ELEMENT = re.compile(r"<(\w+)(?:[^>]*?\sclass=\"([^\"]*)\")?")
LEAVES = re.compile(r"uitloggen|logout")


def name_of(path: str) -> str:
    return resolve(urlsplit(path).path).view_name


def typed() -> list[str]:
    """The addresses that anybody can type, without knowing an object."""
    found = ["/"]
    for namespace in (None, "ikc", "subsidies", "agreements", "monitoring"):
        resolver = (
            get_resolver() if namespace is None else get_resolver().namespace_dict[namespace][1]
        )
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLPattern) and pattern.name not in SKIPPED:
                try:
                    found.append(
                        reverse(f"{namespace}:{pattern.name}" if namespace else pattern.name)
                    )
                except NoReverseMatch:
                    continue
    return found


def links_of(html: str, path: str) -> list[str]:
    """Where a page leads inside the portal, as it stands there."""
    found = [urljoin(path, unescape(href)) for href in HREF.findall(html)]
    return [
        url
        for url in dict.fromkeys(found)
        if url.startswith("/")
        and not url.startswith(("/static/", "/account/"))
        and not LEAVES.search(url)
    ]


class Reading:
    """Visits each view a few times in the name of one account, and notes what is wrong."""

    def __init__(self, client: Client, no_repeated_sql: Callable) -> None:
        self.client, self.no_repeated_sql = client, no_repeated_sql
        self.pages: dict[str, set[tuple[str, str]]] = {}  # one of each view, with its elements
        self.wrong: list[str] = []
        self._seen: set[str] = set()
        self._visits: Counter[tuple[str, bool]] = Counter()

    def run(self) -> None:
        # a typed address may be refused to a role; what a page links to may not
        waiting = deque((path, "") for path in typed())
        while waiting:
            path, source = waiting.popleft()
            if self._wanted(path):
                waiting.extend((link, path) for link in self._visit(path, source))

    def _wanted(self, path: str) -> bool:
        """New, and not the umpteenth object of the same view; an export is a view of its own."""
        if path in self._seen:
            return False
        self._seen.add(path)
        key = name_of(path), "export=" in path
        self._visits[key] += 1
        return self._visits[key] <= PER_VIEW

    def _visit(self, path: str, source: str) -> list[str]:
        """Where the page leads."""
        guard = nullcontext() if name_of(path) in COMPARING else self.no_repeated_sql()
        try:
            with guard:
                answer = self.client.get(path)
        except AssertionError as repeats:
            self.wrong.append(f"{path}\n{repeats}")
            answer = self.client.get(path)
        if answer.status_code in (301, 302):
            return [answer["Location"]] if answer["Location"].startswith("/") else []
        if answer.status_code != 200:
            if source:
                self.wrong.append(f"{path}: status {answer.status_code}, linked from {source}")
            return []
        if answer.streaming or not answer["Content-Type"].startswith("text/html"):
            return []
        html = answer.content.decode()
        first = self._visits[name_of(path), "export=" in path] == 1
        if first and "Content-Disposition" not in answer:
            self.pages[path] = set(ELEMENT.findall(html[html.find("<main") :]))
        return links_of(html, path)


@pytest.fixture
def portal(live_server, transactional_db, settings):
    settings.DEMO = True
    call_command("load_leeuwarden", verbosity=0)
    call_command("load_demo", verbosity=0)
    yield live_server.url
    hang_up()


def test_every_page_of_every_account(portal, client, no_repeated_sql):
    with chromium() as browser:
        problems = {}
        known: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for account in PEOPLE:
            client.force_login(User.objects.get(email=account.email))
            reading = Reading(client, no_repeated_sql)
            reading.run()
            assert len(reading.pages) >= 4
            wrong = reading.wrong
            person = Person(browser, portal, account.email, DEMO_PASSWORD, width=320, contrast=True)
            for path, elements in reading.pages.items():
                if path == "/" or not elements <= known[kind_of(path)]:
                    known[kind_of(path)] |= elements
                    status = person.go(path)
                    wrong += [] if status == 200 else [f"{path}: status {status} in the browser"]
            if wrong := [*wrong, *person.findings]:
                problems[account.email] = wrong
            person.context.close()
    assert problems == {}
