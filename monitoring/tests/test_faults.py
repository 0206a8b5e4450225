"""Servers and workers that are killed at the worst moment: nothing half-done, nothing lost, and the page says so.

A throw-away portal with a database per test; the servers of the test run itself stay out of it. Time that a
sweep or a claim would take to come round is not waited for: the test does what the clock would do.
"""

import hashlib
import itertools
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from moto.server import ThreadedMotoServer

from kvk2.core.s3 import PrivateS3Storage
from kvk2.embedded.processes import wait_until_gone
from kvk2.throwaway import Answer, Portal, Process, Visitor

pytestmark = pytest.mark.fault

PATIENCE = 60.0  # seconds that a worker may take to come up and make the first document
SWEEPS, BETWEEN_SWEEPS = 12, 5.0  # seconds: together how long a handful of documents may take
LETTERS = "subsidies.tasks.render_pending_letters"
REPORTS = "monitoring.tasks.render_pending_reports"
PROMPTLY = 12.0  # seconds in which a page answers although a server is gone


@pytest.fixture(scope="module")
def portal(tmp_path_factory) -> Iterator[Portal]:
    with Portal(tmp_path_factory.mktemp("portal"), KVK2_DEMO="1") as portal:
        # what was committed must survive the death of a process here, not that of the machine
        portal.sql("ALTER SYSTEM SET fsync = off")
        portal.sql("SELECT pg_reload_conf()")
        portal.run("manage.py", "migrate", "--verbosity", "0", "--skip-checks")
        yield portal


@pytest.fixture(scope="module")
def scenes(portal) -> dict[str, dict]:
    return portal.call("monitoring.tests.fault_scenes", "make_all")


@pytest.fixture
def play(portal, scenes) -> Iterator[Callable[[str], "Scene"]]:
    """Begin with one of `fault_scenes`; whatever the test killed is there again when it ends."""
    yield lambda name: Scene(portal, name, scenes[name])
    portal.kill_processes()
    portal.revive()


_numbers = itertools.count(1)


class Scene:
    """One test's own copy of the database, and the facts of the scene that it is about."""

    def __init__(self, portal: Portal, name: str, facts: dict) -> None:
        self.portal, self.facts = portal, SimpleNamespace(**facts)
        self.database = f"{name}_{next(_numbers)}"
        portal.sql(f"CREATE DATABASE {self.database} TEMPLATE kvk2", database="postgres")
        self.sql(  # the letters of other scenes are none of this one's business
            """UPDATE subsidies_letter SET next_attempt_at = 'infinity' WHERE application_id NOT IN
               (SELECT id FROM subsidies_application WHERE round_id = %s)""",
            facts.get("round", 0),
        )
        portal.empty_redis()

    def sql(self, statement: str, *parameters: object) -> list[tuple]:
        return self.portal.sql(statement, *parameters, database=self.database)

    def count(self, statement: str, *parameters: object) -> int:
        return self.sql(f"SELECT count(*) FROM {statement}", *parameters)[0][0]

    def decisions(self, state: str) -> int:
        return self.count(
            """subsidies_decision decision
               JOIN subsidies_application application ON application.id = decision.application_id
               WHERE decision.state = %s AND application.round_id = %s""",
            state,
            self.facts.round,
        )

    def swept_until(self, task: str, condition: Callable[[], bool]) -> bool:
        """Send the sweep again and again, as beat does, until the condition holds; False when it never does."""
        for _ in range(SWEEPS):
            self.portal.send_task(task)
            if eventually(condition, BETWEEN_SWEEPS):
                return True
        return False

    def events(self, verb: str) -> int:
        return self.count("core_auditevent WHERE verb = %s", verb)

    def worker(self, concurrency: int = 1) -> Process:
        return self.portal.worker(concurrency=concurrency, database=self.database)

    def website(self) -> int:
        return self.portal.website(database=self.database).port


def eventually(condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def kill(pid: int) -> None:
    """kill -9 of a server, and wait until it is gone: one that is still dying passes for running."""
    os.kill(pid, signal.SIGKILL)
    assert wait_until_gone(pid, seconds=PATIENCE)


def files_are_whole(scene: Scene) -> bool:
    """Every stored file is there, with the bytes that its row tells."""
    private = scene.portal.state / "media" / "private"
    return all(
        hashlib.sha256((private / name).read_bytes()).hexdigest() == digest
        for name, digest in scene.sql("SELECT file, sha256 FROM core_storedfile")
    )


# ---------------------------------------------------------------- the worker


def test_a_worker_killed_among_reports_leaves_none_half_made(play):
    scene = play("ordered_reports")
    reports = "monitoring_annualreport WHERE state"
    worker = scene.worker(concurrency=2)
    scene.portal.send_task(REPORTS)
    assert eventually(
        lambda: scene.count(f"{reports} = 'done'") and scene.count(f"{reports} = 'rendering'")
    )
    worker.kill()

    done = scene.count(f"{reports} = 'done'")
    assert done < 6, "killed too late to prove anything"
    assert (
        scene.count("monitoring_annualreport WHERE (state = 'done') <> (current_id IS NOT NULL)")
        == 0
    )
    assert scene.events("report_made") == done
    assert files_are_whole(scene)

    claims_run_out(scene)
    scene.worker(concurrency=2)
    assert scene.swept_until(REPORTS, lambda: scene.count(f"{reports} = 'done'") == 6)
    once = "SELECT count(*) FROM core_auditevent WHERE verb = 'report_made' GROUP BY object_id"
    assert scene.sql(once) == [(1,)] * 6
    assert files_are_whole(scene)


def test_two_machines_share_the_reports_through_a_bucket(play, tmp_path):
    """Each worker has a folder of its own and nothing in common but database, queue and bucket."""
    scene = play("ordered_reports")
    bucket = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    bucket.start()
    try:
        host, port = bucket.get_host_and_port()
        store = {
            "PRIVATE_FILES": "s3",
            "S3_BUCKET": "ikc-prive",
            "S3_ENDPOINT_URL": f"http://{host}:{port}",
            "S3_ACCESS_KEY": "portaal",
            "S3_SECRET_KEY": "geheim",
        }
        client = PrivateS3Storage(
            bucket_name="ikc-prive",
            endpoint_url=store["S3_ENDPOINT_URL"],
            region_name="eu-central-1",
            access_key="portaal",
            secret_key="geheim",
        ).connection.meta.client
        client.create_bucket(
            Bucket="ikc-prive",
            CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
        )
        folders = [tmp_path / "machine-1", tmp_path / "machine-2"]
        for folder in folders:
            scene.portal.worker(database=scene.database, MEDIA_ROOT=str(folder), **store)
        scene.portal.send_task(REPORTS)
        # each worker has one process: two reports at once are two machines at work
        assert eventually(
            lambda: scene.count("monitoring_annualreport WHERE state = 'rendering'") == 2
        )
        done = "monitoring_annualreport WHERE state = 'done'"
        assert scene.swept_until(REPORTS, lambda: scene.count(done) == 6)
        kept = {item["Key"] for item in client.list_objects_v2(Bucket="ikc-prive")["Contents"]}
        made = scene.sql(
            "SELECT file FROM core_storedfile WHERE id IN (SELECT stored_id FROM monitoring_reportversion)"
        )
        assert len(made) == 6
        assert kept >= {name for (name,) in made}
        assert not [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    finally:
        bucket.stop()


@pytest.mark.parametrize("server", ["redis", "postgresql"])
def test_reports_come_although_a_server_is_killed_among_them(play, server):
    """The worker of before goes on by itself when the server is back; each report is made once."""
    scene = play("ordered_reports")
    reports = "monitoring_annualreport WHERE state"
    scene.worker(concurrency=2)
    scene.portal.send_task(REPORTS)
    assert eventually(
        lambda: scene.count(f"{reports} = 'done'") and scene.count(f"{reports} = 'rendering'")
    )
    kill(scene.portal.redis_pid if server == "redis" else scene.portal.postgres_pid)
    scene.portal.revive()

    assert files_are_whole(scene)
    assert scene.count(f"{reports} = 'done'") < 6, "killed too late to prove anything"
    claims_run_out(scene)
    assert scene.swept_until(REPORTS, lambda: scene.count(f"{reports} = 'done'") == 6)
    once = "SELECT count(*) FROM core_auditevent WHERE verb = 'report_made' GROUP BY object_id"
    assert scene.sql(once) == [(1,)] * 6
    assert files_are_whole(scene)


def claims_run_out(scene: Scene) -> None:
    """As if the 45 seconds had passed for which a report belongs to whoever took it."""
    scene.sql(
        "UPDATE monitoring_annualreport SET next_attempt_at = now() WHERE state = 'rendering'"
    )


def test_a_worker_killed_among_letters_sends_each_decision_once(play):
    scene = play("ordered_letters")
    worker = scene.worker()
    scene.portal.send_task(LETTERS)
    assert eventually(lambda: made_letters(scene))
    worker.kill()

    ordered = scene.count("subsidies_letter WHERE next_attempt_at < 'infinity'")
    assert 0 < made_letters(scene) < ordered, "killed too late to prove anything"
    assert_letters_are_all_or_nothing(scene)

    scene.worker()
    assert scene.swept_until(LETTERS, lambda: made_letters(scene) == ordered)
    assert_letters_are_all_or_nothing(scene)
    assert scene.events("decision_sent") == scene.decisions("sent") == 3
    assert set(scene.sql('SELECT count(*) FROM core_outgoingmail GROUP BY "to", body')) == {(1,)}


def made_letters(scene: Scene) -> int:
    return scene.count("subsidies_letter WHERE rendered_at IS NOT NULL")


def assert_letters_are_all_or_nothing(scene: Scene) -> None:
    """PDF, message, notice, and the start of the objection term: together or not at all."""
    halves = """
        SELECT letter.id FROM subsidies_letter letter
        LEFT JOIN subsidies_message message ON message.letter_id = letter.id
        LEFT JOIN subsidies_decision decision ON decision.id = letter.decision_id
        WHERE (letter.rendered_at IS NULL) <> (letter.stored_id IS NULL)
           OR (letter.rendered_at IS NULL) <> (message.id IS NULL)
           OR (letter.rendered_at IS NULL) <> (decision.announced_at IS NULL) AND decision.id IS NOT NULL
    """
    assert scene.sql(halves) == []
    assert scene.events("message_posted") == scene.count("subsidies_message")
    assert files_are_whole(scene)


def readiness(visitor: Visitor) -> dict[str, bool]:
    """What /readyz tells a load balancer, which has no session, about the two servers."""
    with Visitor(visitor.connection.port) as probe:
        answer = probe.get("/readyz")
    assert answer.status == 503
    checks = json.loads(answer.text)["checks"]
    return {name: checks[name] for name in ("redis", "database")}


# ---------------------------------------------------------------- Redis


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stuck"])
def test_decisions_are_taken_while_redis_is_gone_and_their_letters_follow(play, how):
    scene = play("decisions_to_take")
    with Visitor(scene.website(), scene.facts.session) as signer:
        page = signer.get("/")
        assert (page.status, page.location) == (200, "")
        redis_pid = scene.portal.redis_pid
        os.kill(redis_pid, how)

        begun = time.monotonic()
        taken = signer.post(f"/rondes/{scene.facts.round}/besluiten/nemen/", {"agreed": "on"})
        page = signer.follow(taken)
        assert time.monotonic() - begun < PROMPTLY
        assert (taken.status, page.status) == (302, 200)
        assert "3 besluiten zijn genomen" in page.text
        assert scene.decisions("taken") == 3

        assert readiness(signer) == {"redis": False, "database": True}

    kill(redis_pid)
    scene.portal.revive()
    scene.worker()
    assert scene.swept_until(LETTERS, lambda: scene.decisions("sent") == 3)
    assert_letters_are_all_or_nothing(scene)


# ---------------------------------------------------------------- PostgreSQL


def test_a_save_during_which_postgresql_dies_leaves_the_draft_as_it_was(play):
    scene = play("draft_application")
    address = f"/aanvragen/{scene.facts.application}/invullen/plan/"
    with Visitor(scene.website(), scene.facts.session) as director:
        assert director.get(address).status == 200
        before = draft(scene)
        answer = post_while_postgresql_dies(scene, director, address)
        assert answer.status == 503
        assert "even niet bereikbaar" in answer.text
        assert "Er is niets half opgeslagen" in answer.text
        assert readiness(director) == {"redis": True, "database": False}

        scene.portal.revive()
        assert draft(scene) == before
        assert director.get(address).status == 200
        assert director.post(address, PLAN).status == 302
    assert scene.sql(
        "SELECT summary FROM subsidies_activityplan WHERE application_id = %s",
        scene.facts.application,
    ) == [(PLAN["summary"],)]


PLAN = {
    "title": "Samen verder",
    "summary": "Een dag van zeven tot zeven, voor alle kinderen.",
    "analysis": "De helft van de kinderen heeft een kleine woordenschat.",
    "integrated_offer": "Eén team van school en opvang.",
    "parent_involvement": "Ouders lezen voor.",
    "support": "De MR stemde in.",
}


def draft(scene: Scene) -> list[tuple]:
    """All that is kept of the application, as text."""
    return scene.sql(
        """SELECT application::text, plan::text FROM subsidies_application application
           JOIN subsidies_activityplan plan ON plan.application_id = application.id
           WHERE application.id = %s""",
        scene.facts.application,
    )


def post_while_postgresql_dies(scene: Scene, visitor: Visitor, address: str) -> Answer:
    """Hold the row that the save wants to write, so that its transaction is open when the server is killed."""
    with ThreadPoolExecutor(1) as pool, scene.portal.connection(scene.database) as connection:
        connection.autocommit = False
        cursor = connection.cursor()
        cursor.execute(
            "SELECT 1 FROM subsidies_activityplan WHERE application_id = %s FOR UPDATE",
            [scene.facts.application],
        )
        answer = pool.submit(visitor.post, address, PLAN)
        assert eventually(lambda: scene.count("pg_locks WHERE NOT granted"))
        kill(scene.portal.postgres_pid)
        return answer.result(PROMPTLY)
