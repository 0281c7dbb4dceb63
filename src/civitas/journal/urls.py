"""The public record's addresses."""

from django.urls import path

from civitas.journal import views

urlpatterns = [
    path("nachweisbuch", views.seal_list, name="seal_list"),
    path("nachweisbuch.json", views.anchor_list, name="anchor_list"),
]
