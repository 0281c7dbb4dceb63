from django.apps import AppConfig


class LineageConfig(AppConfig):
    name = "civitas.lineage"
