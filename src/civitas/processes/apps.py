from django.apps import AppConfig


class ProcessesConfig(AppConfig):
    name = "civitas.processes"
