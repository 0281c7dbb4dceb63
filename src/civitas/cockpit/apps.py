from django.apps import AppConfig


class CockpitConfig(AppConfig):
    name = "civitas.cockpit"
