"""Addresses of the team's pages, of the link of an invitation, and of seeing as citizens do."""

from django.urls import path

from civitas.team import views

urlpatterns = [
    path("barriere-melden", views.tell_barrier, name="report_barrier"),
    path("verwaltung/barrieren", views.show_barriers, name="barriers"),
    path("verwaltung/barrieren/<int:key>", views.show_barrier, name="barrier"),
    path("verwaltung/team", views.show_team, name="team"),
    path("verwaltung/team/einladen", views.invite_somebody, name="invite"),
    path("verwaltung/team/einladung/<uuid:uid>/erneut", views.renew, name="renew_invitation"),
    path("verwaltung/team/einladung/<uuid:uid>/zuruecknehmen", views.withdraw, name="withdraw_invitation"),
    path("verwaltung/team/notiz", views.write_note, name="write_note"),
    path("verwaltung/team/notiz/<int:key>/<slug:change>", views.change_note, name="change_note"),
    path("verwaltung/team/rolle/<int:key>/ende", views.change_role_end, name="role_end"),
    path("verwaltung/team/rolle/<int:key>/nehmen", views.take_from_colleague, name="take_role"),
    path("verwaltung/team/abwesend/<int:key>/zurueck", views.drop_absence, name="drop_absence"),
    path("verwaltung/team/<uuid:uid>", views.show_colleague, name="colleague"),
    path("verwaltung/team/<uuid:uid>/rolle", views.give_to_colleague, name="give_role"),
    path("verwaltung/team/<uuid:uid>/abwesend", views.change_absence, name="absence"),
    path("verwaltung/mails", views.word_mails, name="mails"),
    path("verwaltung/mails/vorschau", views.preview_mails, name="preview_mails"),
    path("verwaltung/als-buerger", views.see_as_citizen, name="see_as_citizen"),
    path("einladung/<str:token>", views.answer_invitation, name="answer_invitation"),
]
