from django.apps import AppConfig


class IkcConfig(AppConfig):
    name = "ikc"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_removed  # noqa: PLC0415 - needs the models

        from ikc import passing  # noqa: PLC0415
        from ikc.agenda_subjects import register_subjects  # noqa: PLC0415
        from ikc.middleware import forget_second_factor  # noqa: PLC0415
        from ikc.own_sections import register_sections  # noqa: PLC0415
        from ikc.services import director_passing  # noqa: PLC0415

        authenticator_removed.connect(forget_second_factor)
        register_subjects()
        register_sections()
        passing.register(director_passing.waiting, director_passing.take)
