"""Somebody who is logged in at a throw-away website, with the cookies and the kept-alive connection of a browser."""

import gzip
import http.client
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

HOST = "127.0.0.1"
TIMEOUT = 60.0  # seconds
KEPT_ALIVE = 1.0  # seconds; gunicorn gives up an idle connection after two
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Answer:
    """One response; `seconds` from sending until its last byte, `size` as it came over the line."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    seconds: float
    size: int

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")


class Visitor:
    """GET and POST with the cookies of a session. One thread at a time."""

    def __init__(self, port: int, session: str = "") -> None:
        # Django accepts any secret that form and cookie agree on: no page has to be read for it
        self.token = secrets.token_hex(16)
        self.cookies = SimpleCookie({"csrftoken": self.token})
        if session:
            self.cookies["sessionid"] = session
        self.connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)
        self.used_at = time.monotonic()

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(
        self,
        path: str,
        fields: Mapping[str, str | Sequence[str]] | None = None,
        *,
        accept: str = "text/html",
    ) -> Answer:
        """Send a form; its CSRF token comes along."""
        body = urlencode({**(fields or {}), "csrfmiddlewaretoken": self.token}, doseq=True)
        return self._ask("POST", path, body, accept=accept)

    def follow(self, answer: Answer) -> Answer:
        """The page that a redirect points to, as a browser would go on."""
        for _ in range(5):
            if answer.status not in REDIRECTS:
                break
            parts = urlsplit(answer.location)
            answer = self.get(f"{parts.path}?{parts.query}" if parts.query else parts.path)
        return answer

    def _ask(
        self, method: str, path: str, body: str | None = None, *, accept: str = "text/html"
    ) -> Answer:
        if time.monotonic() - self.used_at > KEPT_ALIVE:
            self.connection.close()  # the server is about to do so; the next request opens another
        headers = {
            "Cookie": self._cookie_header(),
            "Accept": accept,
            "Accept-Encoding": "gzip",
            "X-Request-Start": f"t={time.time():.6f}",  # as a proxy in front notes it
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        raw = response.read()
        seconds = time.perf_counter() - started
        self.used_at = time.monotonic()
        for cookie in response.headers.get_all("Set-Cookie", ()):
            self.cookies.load(cookie)
        zipped = response.headers.get("Content-Encoding") == "gzip"
        content = gzip.decompress(raw) if zipped else raw
        return Answer(response.status, response.headers, content, seconds, len(raw))

    def _cookie_header(self) -> str:
        return "; ".join(f"{name}={cookie.coded_value}" for name, cookie in self.cookies.items())
