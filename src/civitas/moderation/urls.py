from django.urls import path

from civitas.moderation import views

urlpatterns = [
    path("melden/<int:number>", views.flag, name="flag"),
    path("melden/kommentar/<int:key>", views.flag, name="flag_comment"),
    path("melden/brief/<uuid:uid>", views.flag_a_letter, name="flag_letter"),
    path("verwaltung/meldungen", views.show_flags, name="flags"),
    path("verwaltung/meldungen/<int:key>", views.show_case, name="case"),
]
