"""The house's addresses as the demo has them, for tests in a process that is no demo."""

from __future__ import annotations

from django.urls import path

from civitas.notices import views
from civitas.project import urls

handler404 = urls.handler404
urlpatterns = [
    path("postfach", views.mailbox, name="mailbox"),
    path("postfach/<int:key>", views.mailbox_mail, name="mailbox_mail"),
    path("postfach/<int:key>/html", views.mailbox_html, name="mailbox_html"),
    *urls.urlpatterns,
]
