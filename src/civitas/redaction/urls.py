from django.urls import path

from civitas.redaction import views

urlpatterns = [
    path("verwaltung/schwaerzen/<int:number>", views.redact, name="redact"),
    path("verwaltung/schwaerzen/kommentar/<int:key>", views.redact, name="redact_comment"),
]
