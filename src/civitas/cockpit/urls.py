"""Addresses of the cockpit."""

from django.urls import path

from civitas.cockpit import views
from civitas.cockpit.panels import FIGURES, TABLES

urlpatterns = [
    path("verwaltung/cockpit", views.show_cockpit, name="cockpit"),
    *(
        path(f"verwaltung/cockpit/{figure}.csv", views.show_csv, {"figure": figure}, name=f"cockpit_csv_{figure}")
        for figure in (*FIGURES, *TABLES)
    ),
    path("verwaltung/cockpit/<slug:slug>/brief.pdf", views.show_brief, name="cockpit_brief"),
]
