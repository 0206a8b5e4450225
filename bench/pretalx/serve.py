"""pretalx on the gunicorn of its own environment, as the portal runs: two workers of four threads, at BIND."""

import os
import sys

SERVER = ("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--timeout", "120")

python = sys.argv[1]
os.execv(  # noqa: S606 - the interpreter that the measurement made
    python,
    [python, "-m", "gunicorn", "--bind", os.environ["BIND"], *SERVER, "pretalx.wsgi:application"],
)
