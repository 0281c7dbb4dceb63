"""The public record's addresses."""

from django.urls import path

from civitas.journal import views

app_name = "journal"
urlpatterns = [
    path("nachweisbuch", views.seal_list, name="seal_list"),
    path("nachweisbuch.json", views.anchor_list, name="anchor_list"),
]
