from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "civitas.media"
