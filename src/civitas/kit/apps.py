from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "civitas.kit"

    def ready(self) -> None:
        """Forms speak as the house does, wherever a field has no sentence of its own."""
        from civitas.kit.fields import speak_plainly

        speak_plainly()
