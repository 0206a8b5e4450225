from django.apps import AppConfig


class NldsConfig(AppConfig):
    name = "kvk2.nlds"
    label = "nlds"
    verbose_name = "NL Design System"
