"""Has the servers of KVK2_STATE until standard input ends: `portal.Portal` starts this as a process of its own,
because where the servers live is settled when `kvk2.embedded` is imported."""

import json
import shutil
import sys

from kvk2 import embedded
from kvk2.embedded import layout
from kvk2.throwaway.portal import DATABASE


def hold() -> None:
    """Tell where the servers are; each line asks to start again what died. At the end their data goes."""
    with embedded.services(DATABASE):
        urls = {
            "DATABASE_URL": embedded.database_url(DATABASE),
            "REDIS_URL": embedded.redis_url(),
            "CLAMD_URL": embedded.clamd_url(),
        }
        _say(json.dumps(urls))
        for _ in sys.stdin:
            embedded.revive(lambda text: None)
            _say("revived")
    embedded.erase()
    shutil.rmtree(layout.RUN, ignore_errors=True)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    hold()
