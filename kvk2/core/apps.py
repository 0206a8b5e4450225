from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "kvk2.core"
    label = "core"
    verbose_name = "kern"

    def ready(self) -> None:
        """Every process that has Django also has the Celery app, so that tasks go to our queue, and our checks."""
        import kvk2.celery  # noqa: PLC0415 - the app reads the settings, which must be ready
        import kvk2.core.checks  # noqa: F401, PLC0415 - registers itself
