"""Settings of the web server: ``gunicorn --config python:kvk2.gunicorn kvk2.wsgi``."""

import gc
import os
from pathlib import Path

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 30
graceful_timeout = 10
control_socket_disable = True  # nothing here uses it, and it would lie in the working directory
if Path("/dev/shm").is_dir():  # noqa: S108
    worker_tmp_dir = "/dev/shm"  # noqa: S108 - a heartbeat on a slow disk looks like a stuck worker

# The middleware logs requests; gunicorn only tells about itself, in the same form.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "kvk2.logging.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["console"], "propagate": False}},
}


def post_worker_init(_worker: object) -> None:
    """Leave what lives as long as the process out of each collection, and collect less often: a page makes many
    small objects, and walking all of Django for each few hundred of them took a tenth of its time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
