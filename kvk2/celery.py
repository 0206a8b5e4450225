"""The Celery app. kvk2.core's AppConfig imports this, so that every Django process sends to this one.

kvk2/__init__.py stays empty: manage.py imports kvk2.bootstrap before any package is installed.
"""

import os

from celery import Celery
from celery.signals import (
    setup_logging,
    task_postrun,
    task_prerun,
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
)

from kvk2.core import context

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kvk2.settings")

app = Celery("kvk2")
app.set_default()  # "current" holds for one thread only; the web server's other threads need it too
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def leave_logging_to_django(**kwargs: object) -> None:
    """Celery sets up none of its own when somebody listens here."""


@task_prerun.connect
def name_the_log_lines(task_id: str, **kwargs: object) -> None:
    context.request_id.set(task_id)


@task_postrun.connect
def forget_the_name(**kwargs: object) -> None:
    context.request_id.set("")


@worker_process_init.connect
def load_what_letters_need(**kwargs: object) -> None:
    """Fonts and style sheets once per process, after the fork, so that no letter waits for them."""
    from kvk2.core import pdf  # noqa: PLC0415 - Django is set up only now

    pdf.warm_up()


@worker_process_shutdown.connect
def clean_up(**kwargs: object) -> None:
    """A process of the pool ends by os._exit, which takes no temporary folder along."""
    from kvk2.core import pdf  # noqa: PLC0415 - Django is set up only now

    pdf.cool_down()


@worker_ready.connect
def beat_once(**kwargs: object) -> None:
    """A worker that has just come up is alive now, not at beat's next turn."""
    app.send_task("kvk2.core.tasks.heartbeat")
