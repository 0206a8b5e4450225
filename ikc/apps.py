from django.apps import AppConfig


class IkcConfig(AppConfig):
    name = "ikc"
