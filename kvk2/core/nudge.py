"""Tell the workers that there is something to do. The rows are the queue, so a lost nudge costs a little time only."""

import logging
from typing import Any

from django.db import transaction

logger = logging.getLogger(__name__)


def nudge(task: Any) -> None:
    """Send `task` (a Celery task without arguments) after commit; a queue that is down is logged and forgotten."""

    def send() -> None:
        try:
            task.delay()
        except Exception as error:  # kombu raises what its transport raises; beat sweeps anyway
            logger.warning("nudge_lost", extra={"task": task.name, "error": type(error).__name__})

    transaction.on_commit(send)
