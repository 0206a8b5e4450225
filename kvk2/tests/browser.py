"""A person at a real browser: logs in, reads, types and presses; every page seen is held against axe, console and CSP."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from frontend.build import AXE
from kvk2 import syslibs

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async ([rules, contrast]) => {
    const result = await axe.run(document, {
        runOnly: {type: 'tag', values: rules}, resultTypes: ['violations'], preload: false,
        rules: {'color-contrast': {enabled: contrast}}
    });
    return result.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | '));
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    # Playwright's loop runs in this thread, and Django would refuse the database to it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=syslibs.ensure_chromium(), args=ARGUMENTS
            )
            yield browser
            browser.close()
            connection.close()  # in Playwright's loop Django has a connection of its own
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


# Each element of the content by its name, class and attributes: what the rules look at, without the words.
ELEMENTS = """() => [...new Set([...document.querySelectorAll('main, main *')].map(e => [
    e.tagName, e.getAttribute('class'), e.getAttribute('role'), e.getAttribute('type'), ...e.getAttributeNames()
].join(' ')))]"""


# What any test of this process saw already: a page without elements that are new on its kind is not examined again.
_EXAMINED: set[str] = set()


def kind_of(path: str) -> str:
    """/aanvragen/12/ and /aanvragen/13/?pagina=2 are of one kind."""
    return re.sub(r"\d+", "N", path.split("?")[0])


HARMLESS = ("Failed to load resource", "was preloaded using link preload but not used")


def hang_up() -> None:
    """End what website and workers still hold of the test database, so that it can be dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


class Person:
    """Somebody with an account, in a browser window of their own."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        email: str,
        password: str,
        width: int = 1280,
        *,
        contrast: bool = False,
        java_script_enabled: bool = True,
    ) -> None:
        """`contrast`: also of colours, the slowest rule by far; the crawl looks at those of every page."""
        self.base, self.email, self.password = base, email, password
        self.contrast, self.width = contrast, width
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": 900},
            locale="nl-NL",
            accept_downloads=True,
            java_script_enabled=java_script_enabled,
        )
        self.scripted = java_script_enabled
        self.complaints: list[str] = []
        self.findings: list[str] = []  # what `look` found, page by page
        self.page: Page = self.open_page()
        self.axe = AXE.read_text(encoding="utf-8")

    def open_page(self) -> Page:
        """A new tab, in which everything after this happens."""
        self.page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return self.page

    def _listen(self, message) -> None:
        # A 4xx of the page itself is reported as a console error too; the tests look at those themselves.
        # That a font was fetched early for nothing says how slow the machine is, not what is wrong with the page.
        if message.type in ("error", "warning") and not any(
            harmless in message.text for harmless in HARMLESS
        ):
            self.complaints.append(message.text)

    def go(self, path: str) -> int:
        """Open a page, logging in when the portal asks; returns the status."""
        response = self.page.goto(self.base + path)
        if self.page.locator("input[name=login]").count():
            self.log_in()
            response = self.page.goto(self.base + path)
        self.look()
        assert response is not None
        return response.status

    def log_in(self) -> None:
        """On the login page; ends where the portal leads."""
        self.look()
        self.page.fill("input[name=login]", self.email)
        self.page.fill("input[name=password]", self.password)
        self.page.get_by_role("button", name="Inloggen", exact=True).click()
        self.page.wait_for_load_state()

    def fill(self, **fields: object) -> None:
        """Type into fields by name; a bool ticks a box, a list ticks several, a select or radio takes its value."""
        for name, value in fields.items():
            self._fill(name.replace("__", "-"), value)

    def _fill(self, name: str, value: object) -> None:
        control = self.page.locator(f"main [name='{name}']")
        kind = control.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "select":
            control.first.select_option(str(value))
        elif kind in ("radio", "checkbox"):
            values = value if isinstance(value, list) else [value]
            for each in values:
                option = (
                    control.first
                    if each is True
                    else self.page.locator(f"main [name='{name}'][value='{each}']")
                )
                option.check(force=True)
        elif kind == "file":
            control.first.set_input_files(value)
        else:
            control.first.fill(str(value))

    def tick_everything(self) -> None:
        """Tick each box of a checklist."""
        for box in self.page.locator("main .lw-form input[type=checkbox]").all():
            box.check(force=True)

    def press(self, label: str) -> None:
        """Press the button or follow the link with this name, and look at the page that comes."""
        main = self.page.locator("main")
        target = main.get_by_role("button", name=label).or_(main.get_by_role("link", name=label))
        elsewhere = target.and_(main.locator(":not([href^='#'])"))
        with self.page.expect_navigation():
            elsewhere.locator("visible=true").first.click()
        self.page.wait_for_load_state()
        self.look()

    def press_main(self) -> None:
        """Press the main button of the page, whatever it is called."""
        with self.page.expect_navigation():
            self.page.locator("main .lw-actions button.nl-button--primary").first.click()
        self.page.wait_for_load_state()
        self.look()

    def look(self) -> None:
        """Note what is wrong with this page: an axe rule broken, a console or CSP message, something sticking out."""
        found = list(self.complaints)
        if not self._is_examined():
            self.page.evaluate(self.axe)
            found += self.page.evaluate(RUN_AXE, [RULES, self.contrast])
        self.complaints.clear()
        root = "document.documentElement"
        if self.page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"):
            found.append("breder dan het scherm")
        self.findings += [f"{self.path}: {finding}" for finding in found]

    def _is_examined(self) -> bool:
        if not self.scripted:  # axe waits for timers, and there are none
            return True
        found = {
            f"{self.width} {self.contrast} {kind_of(self.path)} {one}"
            for one in self.page.evaluate(ELEMENTS)
        }
        seen = found <= _EXAMINED
        _EXAMINED.update(found)
        return seen

    def sees(self, text: str) -> bool:
        return text in self.page.locator("main").inner_text()

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base)

    def download(self, label: str) -> bytes:
        """What comes when the link or button is pressed."""
        main = self.page.locator("main")
        target = main.get_by_role("link", name=label).or_(main.get_by_role("button", name=label))
        with self.page.expect_download() as waiting:
            target.locator("visible=true").first.click()
        with open(waiting.value.path(), "rb") as file:
            return file.read()
