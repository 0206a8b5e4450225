"""Every page that a role can reach by links, at 320 px: axe, console, CSP, nothing sticking out, no broken link."""

import re
from collections import Counter, defaultdict, deque
from html import unescape
from urllib.parse import urljoin

import pytest
from django.core.management import call_command
from django.test import Client

from ikc.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from ikc.models import User
from kvk2.tests.browser import Person, chromium, hang_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Of pages of one kind, this many are visited per role: /aanvragen/12/ and /aanvragen/13/ are of one kind.
PER_KIND = 1
HREF = re.compile(r'<a\b[^>]*?\shref="([^"#]+)')
FILES = re.compile(
    r"/(pdf|export|alles|csv|voorbeeld)/?$|/voorbeeldbrief/\w+/$|\.csv|\.json|export=|uitvoer=|/brieven/\d+/$"
)
# Each element of the content by its tag and classes: what the layout depends on, without the words.
ELEMENT = re.compile(r"<(\w+)(?:[^>]*?\sclass=\"([^\"]*)\")?")
LEAVES = re.compile(r"uitloggen|logout")
ROLES = list({account.role: account for account in reversed(DEMO_ACCOUNTS)}.values())


def kind_of(path: str) -> str:
    return re.sub(r"\d+", "N", path.split("?")[0])


def links_of(html: str, path: str) -> list[str]:
    """Where a page leads inside the portal, as it stands there."""
    found = [urljoin(path, unescape(href)) for href in HREF.findall(html)]
    return [
        url
        for url in dict.fromkeys(found)
        if url.startswith("/") and not url.startswith("/static/") and not LEAVES.search(url)
    ]


def elements_of(html: str) -> set[tuple[str, str]]:
    return set(ELEMENT.findall(html[html.find("<main") :]))


def read(client: Client) -> tuple[dict[str, set[tuple[str, str]]], list[str]]:
    """(every page that links lead to, with its elements; what did not answer); files have tests of their own."""
    todo, seen, wrong = deque([("/", "")]), Counter[str](), []
    pages: dict[str, set[tuple[str, str]]] = {}
    while todo:
        path, source = todo.popleft()
        kind = kind_of(path)
        if path in pages or seen[kind] >= PER_KIND or FILES.search(path):
            continue
        seen[kind] += 1
        response = client.get(path, follow=True)
        if response.status_code != 200:
            wrong.append(f"{path}: status {response.status_code}, linked from {source}")
        elif "html" in response["Content-Type"]:
            html = response.content.decode()
            pages[path] = elements_of(html)
            todo.extend((link, path) for link in links_of(html, path))
    return pages, wrong


@pytest.fixture
def portal(live_server, transactional_db, settings):
    settings.DEMO = True
    call_command("load_leeuwarden", verbosity=0)
    call_command("load_demo", verbosity=0)
    yield live_server.url
    hang_up()


def test_every_page_of_every_role_at_320_px(portal, client):
    """Every page is read; a browser looks at the start page, and at what another role did not have alike."""
    with chromium() as browser:
        problems = {}
        examined: set[str] = set()
        known: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for account in ROLES:
            client.force_login(User.objects.get(email=account.email))
            pages, wrong = read(client)
            assert len(pages) >= 4
            person = Person(
                browser, portal, account.email, DEMO_PASSWORD, width=320, examined=examined
            )
            for path, elements in pages.items():
                if path == "/" or not elements <= known[kind_of(path)]:
                    known[kind_of(path)] |= elements
                    status = person.go(path)
                    wrong += [] if status == 200 else [f"{path}: status {status} in the browser"]
            if wrong := [*wrong, *person.findings]:
                problems[str(account.role)] = wrong
            person.context.close()
    assert problems == {}
