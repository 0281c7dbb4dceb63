from django.apps import AppConfig


class UnlawfulConfig(AppConfig):
    name = "civitas.unlawful"
