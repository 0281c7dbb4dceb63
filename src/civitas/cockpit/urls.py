"""Addresses of the cockpit."""

from django.urls import path

from civitas.cockpit import views

urlpatterns = [
    path("verwaltung/cockpit", views.show_cockpit, name="cockpit"),
    path("verwaltung/cockpit/<slug:figure>.csv", views.show_csv, name="cockpit_csv"),
    path("verwaltung/cockpit/<slug:slug>/brief.pdf", views.show_brief, name="cockpit_brief"),
]
