"""Installing, filling and starting pretalx, and asking both dashboards in turn."""

import json
import os
import re
import statistics
import subprocess
import venv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.review_lines import APPLICATIONS, EACH
from kvk2.console import say
from kvk2.throwaway import Answer, Portal, Visitor

HERE = Path(__file__).parent
ROUNDS, REQUESTS = 3, 10
REVIEWERS = 12
DATABASE = "pretalx"
# In their dashboard the names of submissions, in ours the links to an advice.
THEIR_ROW = re.compile(r"Submission \d+")
OUR_ROW = re.compile(r'href="/aanvragen/\d+/advies/"')


def measure(portal: Portal, facts: Mapping[str, Any], database: str) -> dict[str, Any]:
    """Milliseconds per request and per row shown of both, asked in turn; the ratio per row.

    `facts` and `database` are those of `bench.reviews.grow`.
    """
    home = portal.state / "pretalx"
    python = _install(home)
    environment = _environment(portal, home)
    portal.sql(f"CREATE DATABASE {DATABASE}", database="postgres")
    for command in ("migrate", "collectstatic --noinput", "compress"):
        _run([python, "-m", "pretalx", *command.split()], environment)
    say("pretalx geïnstalleerd en klaargezet")
    arguments = [str(number) for number in (APPLICATIONS, EACH, REVIEWERS)]
    # pretalx says a word of its own first, such as who runs it.
    printed = _run([python, str(HERE / "fill.py"), *arguments], environment)
    told = json.loads(printed.splitlines()[-1])
    portal.sql("VACUUM ANALYZE", database=DATABASE)
    say(f"pretalx gevuld: {told['submissions']} inzendingen, {told['reviews']} beoordelingen")
    theirs = portal.website(command=("-m", "bench.pretalx.serve", python), **environment)
    ours = portal.website(database=database)
    path = f"/rondes/{facts['round']}/adviezen/"
    sides = {
        "pretalx": _asker(theirs.port, told["path"], told["cookie"], told["session"]),
        "ours": _asker(ours.port, path, "sessionid", str(facts["secretary"])),
    }
    found = _in_turn(sides)
    portal.kill_processes()
    per_row = {name: side["alone_p50"] / side["rows"] for name, side in found.items()}
    return {
        "applications": APPLICATIONS,
        "reviews_each": EACH,
        "pretalx_version": _version(python),
        **found,
        "per_row": per_row,
        "times_faster_per_row": per_row["pretalx"] / per_row["ours"],
    }


def _install(home: Path) -> str:
    venv.create(home / "venv", with_pip=True)
    python = str(home / "venv" / "bin" / "python")
    wanted = str(HERE / "requirements.txt")
    _run([python, "-m", "pip", "install", "--quiet", "--requirement", wanted], dict(os.environ))
    return python


def _environment(portal: Portal, home: Path) -> dict[str, str]:
    """The same database server, a database of its own, everything else in `home`."""
    host = portal.database_url().split("@")[1].rpartition("/")[0].replace("%2F", "/")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    places = {
        f"PRETALX_FILESYSTEM_{name.upper()}": str(home / name)
        for name in ("logs", "media", "static")
    }
    return {
        **kept,
        **places,
        "DJANGO_SETTINGS_MODULE": "pretalx.settings",
        "PRETALX_DATA_DIR": str(home),
        "PRETALX_DB_TYPE": "postgresql",
        "PRETALX_DB_NAME": DATABASE,
        "PRETALX_DB_USER": "postgres",
        "PRETALX_DB_HOST": host,
    }


def _run(command: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        command, env=dict(environment), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def _version(python: str) -> str:
    code = "import importlib.metadata as m; print(m.version('pretalx'))"
    return _run([python, "-c", code], os.environ).strip()


def _asker(port: int, path: str, cookie: str, session: str) -> Callable[[], Answer]:
    visitor = Visitor(port)
    visitor.cookies[cookie] = session

    def once() -> Answer:
        answer = visitor.get(path)
        if answer.status != 200:
            raise RuntimeError(f"{path} gaf {answer.status} {answer.location}")
        return answer

    return once


def _in_turn(sides: Mapping[str, Callable[[], Answer]]) -> dict[str, dict[str, Any]]:
    """One visitor, some requests of the one and some of the other, a few times over; the first ones are not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    rows = {}
    for name, ask in sides.items():
        for _ in range(4):
            answer = ask()
        pattern = OUR_ROW if name == "ours" else THEIR_ROW
        rows[name] = len(set(pattern.findall(answer.text)))
    for _ in range(ROUNDS):
        for name, ask in sides.items():
            seconds[name] += [ask().seconds for _ in range(REQUESTS)]
    return {
        name: {
            "rows": rows[name],
            "alone_p50": 1000 * statistics.median(taken),
            "requests": len(taken),
        }
        for name, taken in seconds.items()
    }
