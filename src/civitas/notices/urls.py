"""Addresses of the news list, of unsubscribing, and in the demo of the mailbox."""

from django.conf import settings
from django.urls import path

from civitas.notices import views

urlpatterns = [
    path("mitteilungen", views.notice_list, name="notice_list"),
    path("mitteilungen/gelesen", views.notices_seen, name="notices_seen"),
    path("abmelden/<str:token>", views.unsubscribe, name="unsubscribe"),
]
# The mailbox cannot exist outside the demo: there is no address that leads to it.
if settings.DEMO:
    urlpatterns += [
        path("postfach", views.mailbox, name="mailbox"),
        path("postfach/<int:key>", views.mailbox_mail, name="mailbox_mail"),
        path("postfach/<int:key>/html", views.mailbox_html, name="mailbox_html"),
    ]
