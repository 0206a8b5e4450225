"""What a log line or an audit event wants to know of the request that it happens in."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
ip: ContextVar[str | None] = ContextVar("ip", default=None)


@contextmanager
def bind(*, request_id_: str, ip_: str | None) -> Iterator[None]:
    """Bind the id and the caller's address of one request for as long as it is handled."""
    id_token, ip_token = request_id.set(request_id_), ip.set(ip_)
    try:
        yield
    finally:
        request_id.reset(id_token)
        ip.reset(ip_token)
