#!/usr/bin/env python3
"""The portal's commands. `python3 manage.py demo` runs it, `python3 manage.py test` tests it.

Needs Python 3.11 and nothing else: the first start makes .venv (see kvk2/bootstrap.py).
"""

import os
import signal
import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Het portaal heeft Python 3.11 of nieuwer nodig; dit is " + sys.version.split()[0] + "."
    )

from kvk2 import bootstrap

# These start the servers themselves, when the time has come, or need none at all.
WITHOUT_SERVERS = {"demo", "help", "--help", "-h", "--version", "collectstatic", "replay_vectors"}


def main(arguments: list[str]) -> None:
    """Run one command in .venv, with the portal's own servers when none are given."""
    command = arguments[0] if arguments else "help"
    bootstrap.prepare(command, arguments)  # does not return when it goes on in .venv
    if command == "install":  # .venv with everything for development, and no more than that
        return

    # without this, SIGTERM would skip every `finally` and leave the servers behind
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if command == "test":
        bootstrap.run_pytest(arguments[1:])
    if command == "bench":
        os.chdir(bootstrap.ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "bench", *arguments[1:]])  # noqa: S606

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kvk2.settings")
    if command == "demo":
        os.environ["KVK2_DEMO"] = "1"  # before the settings are read
    from django.core.management import execute_from_command_line
    from environs import Env

    from kvk2 import embedded

    Env.read_env(str(bootstrap.ROOT / ".env"))  # DATABASE_URL may stand there
    if command in WITHOUT_SERVERS:
        execute_from_command_line(sys.argv)
        return
    with embedded.services():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main(sys.argv[1:])
