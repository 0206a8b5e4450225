"""What the launcher says: one line per step, with the seconds since the command was typed."""

import os
import sys
import time

_STARTED = (
    "KVK2_STARTED"  # survives becoming another program; the clock is the same for all processes
)


def start_clock() -> None:
    os.environ.setdefault(_STARTED, repr(time.monotonic()))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", line_buffering=True)  # a terminal without UTF-8


def elapsed() -> float:
    """Seconds since the command was typed."""
    return time.monotonic() - float(os.environ.get(_STARTED) or time.monotonic())


def say(step: str) -> None:
    print(f"[{elapsed():5.1f}s] {step}", flush=True)
