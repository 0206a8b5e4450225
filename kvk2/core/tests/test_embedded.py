"""The portal's own PostgreSQL and Redis, each test with a pair of its own in another process."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from kvk2 import embedded

OUTSIDE = {"DATABASE_URL", "REDIS_URL", "KVK2_EPHEMERAL"}

# Uses the servers until its standard input says otherwise; "query" asks both for something.
USER = """
import sys, psycopg2, redis
from kvk2 import embedded
from kvk2.embedded import layout

def query():
    connection = psycopg2.connect(host=str(layout.RUN), user="postgres", dbname="kvk2")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES (1)")
        connection.commit()
        cursor.execute("SELECT count(*) FROM kept")
        rows = cursor.fetchone()[0]
    connection.close()
    return rows, redis.from_url(embedded.redis_url()).incr("kept")

with embedded.services():
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "revive":
            embedded.revive(lambda text: None)
        print(*query(), flush=True)
"""


class User:
    """A process that uses the servers of one state directory."""

    def __init__(self, state: Path) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in OUTSIDE}
        self.state = state
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER],
            cwd=settings.BASE_DIR,
            env={**environment, "KVK2_STATE": str(state)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout.readline() == "ready\n"

    def ask(self, what: str) -> str:
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(30)
        self.process.stdin.close()
        self.process.stdout.close()


def pids(state: Path) -> list[int]:
    postgres = (state / "postgres" / "postmaster.pid").read_text().splitlines()[0]
    return [int(postgres), int((state / "redis.pid").read_text())]


def run(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually_gone(servers: list[int]) -> bool:
    end = time.monotonic() + 20
    while any(map(run, servers)) and time.monotonic() < end:
        time.sleep(0.05)
    return not any(map(run, servers))


@pytest.fixture
def state(tmp_path) -> Path:
    return tmp_path / "état met spaties"


def test_data_is_kept_and_the_last_user_stops_the_servers(state):
    first = User(state)
    assert first.ask("query") == "1 1"
    servers = pids(state)
    second = User(state)
    assert pids(state) == servers, "the second user adopts the servers"
    first.leave()
    assert second.ask("query") == "2 2"
    second.leave()
    assert not any(map(run, servers))
    third = User(state)
    assert third.ask("query") == "3 3"
    third.leave()


@pytest.mark.fault
def test_servers_that_were_killed_are_started_again_with_their_data(state):
    user = User(state)
    assert user.ask("query") == "1 1"
    servers = pids(state)
    for pid in servers:
        os.kill(pid, signal.SIGKILL)
    assert eventually_gone(servers)
    assert user.ask("revive") == "2 2"
    assert not set(servers) & set(pids(state))
    user.leave()


@pytest.mark.fault
def test_a_user_that_was_killed_leaves_no_servers_behind(state):
    user = User(state)
    servers = pids(state)
    user.kill()
    assert eventually_gone(servers)


@pytest.mark.fault
def test_a_stale_pid_file_that_names_a_stranger_is_no_obstacle(state):
    user = User(state)
    user.leave()
    lines = [str(os.getpid()), str(state / "postgres"), "0", "5432", "", "", "", "ready"]
    (state / "postgres" / "postmaster.pid").write_text("\n".join(lines))
    (state / "redis.pid").write_text(str(os.getpid()))
    again = User(state)
    assert again.ask("query") == "1 1"
    again.leave()


def test_nobody_else_may_enter_the_directory_of_the_sockets(state):
    user = User(state)
    try:
        run_directory = subprocess.check_output(
            [sys.executable, "-c", "from kvk2.embedded import layout; print(layout.RUN)"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "KVK2_STATE": str(state)},
            text=True,
        ).strip()
        assert Path(run_directory).stat().st_mode & 0o777 == 0o700
    finally:
        user.leave()
    assert not Path(run_directory).exists(), "it goes with the servers"


@pytest.mark.parametrize(
    ("url", "following"),
    [
        ("redis://host:6380/0", "redis://host:6380/1"),
        ("redis://host", "redis://host/1"),
        (
            "rediss://:secret@host:6380/3?ssl_cert_reqs=none",
            "rediss://:secret@host:6380/4?ssl_cert_reqs=none",
        ),
        ("unix:///run/redis.sock?db=4", "unix:///run/redis.sock?db=5"),
        ("unix:///run/redis.sock", "unix:///run/redis.sock?db=1"),
    ],
)
def test_the_queue_never_shares_a_database_with_the_cache(url, following):
    assert embedded.next_database(url) == following


def test_celery_gets_its_own_spelling_of_a_socket():
    spelled = embedded.broker_url("unix:///run/redis.sock?db=0")
    assert spelled == "redis+socket:///run/redis.sock?virtual_host=1"
