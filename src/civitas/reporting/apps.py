from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "civitas.reporting"
