from django.apps import AppConfig


class ThemesConfig(AppConfig):
    name = "civitas.themes"
