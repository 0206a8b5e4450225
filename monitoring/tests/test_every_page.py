"""Every page of the demonstration world that each role can click to: it answers, and asks nothing twice.

The crawl starts at the start page and at every address without a number, and follows the links that the pages show:
so it finds dead links as well, and pages that do one query per row.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, resolve, reverse

from ikc.demo_accounts import DEMO_ACCOUNTS
from ikc.models import User

pytestmark = pytest.mark.django_db

OBJECTS_PER_VIEW = 2
# They see what another account with the same role sees.
ALIKE = ("commissielid3", "commissielid4", "plaatsvervanger", "ondertekenaar2", "onderzoeker2")
PEOPLE = [one for one in DEMO_ACCOUNTS if not one.email.startswith(ALIKE)]
# Not pages of the portal's own, or answers for machines.
SKIPPED = ("account", "mfa", "healthz", "readyz")
# Pages that hold two objects of one kind side by side read each of them: twice, however long they are.
COMPARING = ("subsidies:application_differences", "subsidies:scheme_version_compare")
LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"#]*)"')


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Leeuwarden and its demonstration world, made once by the real commands and rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_leeuwarden", verbosity=0)
        call_command("load_demo", verbosity=0)
        yield
        transaction.set_rollback(True)


def name_of(path: str) -> str:
    return resolve(urlsplit(path).path).view_name


def addresses_without_number() -> list[str]:
    """What can be typed without knowing an object."""
    found = []
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


class Crawl:
    """Visits each view a few times as one user, and notes what is wrong."""

    def __init__(self, client: Client, no_repeated_sql: Callable) -> None:
        self.client, self.no_repeated_sql = client, no_repeated_sql
        self.faults: dict[str, str] = {}
        self.visited: dict[tuple[str, bool], int] = {}
        self.seen: set[str] = set()

    def run(self, starts: list[str]) -> None:
        # typed addresses may be refused to a role; what a page links to may not
        waiting = deque((path, "") for path in starts)
        while waiting:
            path, source = waiting.popleft()
            if self._wanted(path):
                waiting.extend((link, path) for link in self._visit(path, source))

    def _wanted(self, path: str) -> bool:
        """New, ours, and not the umpteenth object of the same view; a CSV export is a view of its own."""
        if path in self.seen or path.startswith(("/static/", "/account/")):
            return False
        self.seen.add(path)
        key = (name_of(path), "export=" in path)
        self.visited[key] = self.visited.get(key, 0) + 1
        return self.visited[key] <= OBJECTS_PER_VIEW

    def _guard(self, path: str) -> AbstractContextManager:
        return nullcontext() if name_of(path) in COMPARING else self.no_repeated_sql()

    def _visit(self, path: str, source: str) -> list[str]:
        """The links of the page."""
        try:
            with self._guard(path):
                answer = self.client.get(path)
        except AssertionError as repeats:
            self.faults[name_of(path)] = f"{path}\n{repeats}"
            answer = self.client.get(path)
        if answer.status_code in (301, 302):
            return [answer["Location"]] if answer["Location"].startswith("/") else []
        if answer.status_code != 200:
            if source:
                self.faults[name_of(path)] = (
                    f"{path} gaf {answer.status_code}, met een link op {source}"
                )
            return []
        if not answer.headers["Content-Type"].startswith("text/html"):
            if answer.streaming:
                answer.getvalue()  # reads, and so closes, the file
            return []
        return [unescape(link) for link in LINK.findall(answer.content.decode())]


@pytest.mark.parametrize("account", PEOPLE, ids=lambda account: account.email.split("@")[0])
def test_pages_answer_and_ask_nothing_twice(account, client, no_repeated_sql, settings):
    settings.DEMO = True
    client.force_login(User.objects.get(email=account.email))
    crawl = Crawl(client, no_repeated_sql)
    crawl.run(["/", *addresses_without_number()])
    assert len(crawl.visited) > 5
    assert not crawl.faults, "\n\n".join(f"{name}: {fault}" for name, fault in crawl.faults.items())
