from django.urls import path

from civitas.redaction import views

urlpatterns = [
    path("verwaltung/schwaerzen/<int:number>", views.redact, name="redact"),
    path("verwaltung/schwaerzen/kommentar/<int:key>", views.redact, name="redact_comment"),
    path("verwaltung/schwaerzen/<int:number>/seite/<int:file>/<int:page>", views.show_page, name="redact_page"),
    path("verwaltung/schwaerzen/kommentar/<int:key>/seite/<int:file>/<int:page>", views.show_page, name="redact_comment_page"),
]
