"""Every page that a role can reach by links, at 320 px: axe, console, CSP, nothing sticking out, no broken link."""

import re
from collections import deque

import pytest
from django.core.management import call_command
from playwright.sync_api import Error

from ikc.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from kvk2.tests.browser import Person, chromium, hang_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Of pages of one kind, this many are visited per role: /aanvragen/12/ and /aanvragen/13/ are of one kind.
PER_KIND = 1
FILES = re.compile(
    r"/(pdf|export|alles|csv|voorbeeld)/?$|/voorbeeldbrief/\w+/$|\.csv|\.json|export=|uitvoer=|/brieven/\d+/$"
)
LEAVES = re.compile(r"uitloggen|logout")
ROLES = list({account.role: account for account in reversed(DEMO_ACCOUNTS)}.values())


def kind_of(path: str) -> str:
    return re.sub(r"\d+", "N", path.split("?")[0])


def links_of(person: Person) -> list[str]:
    found = person.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href.split('#')[0])")
    return [
        url.removeprefix(person.base)
        for url in dict.fromkeys(found)
        if url.startswith(f"{person.base}/") and not LEAVES.search(url)
    ]


def crawl(person: Person) -> tuple[list[str], list[str]]:
    """(pages visited, what is wrong); files are left to the tests of their own."""
    todo, seen, visited, wrong = deque(["/"]), {}, [], []
    while todo:
        path = todo.popleft()
        kind = kind_of(path)
        if seen.get(kind, 0) >= PER_KIND or FILES.search(path):
            continue
        seen[kind] = seen.get(kind, 0) + 1
        try:
            status = person.go(path)
        except Error as error:
            if "Download is starting" in error.message:
                continue
            raise
        visited.append(path)
        if status != 200:
            wrong.append(f"{path}: status {status}")
        todo.extend(links_of(person))
    return visited, [*wrong, *person.findings]


@pytest.fixture
def portal(live_server, transactional_db, settings):
    settings.DEMO = True
    call_command("load_leeuwarden", verbosity=0)
    call_command("load_demo", verbosity=0)
    yield live_server.url
    hang_up()


def test_every_page_of_every_role_at_320_px(portal):
    with chromium() as browser:
        problems = {}
        examined: set[str] = set()
        for account in ROLES:
            person = Person(
                browser, portal, account.email, DEMO_PASSWORD, width=320, examined=examined
            )
            visited, wrong = crawl(person)
            if wrong:
                problems[str(account.role)] = wrong
            assert len(visited) >= 4
            person.context.close()
    assert problems == {}
