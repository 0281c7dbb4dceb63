"""Addresses of the door of classes, of the teacher's page, and of the team's desk."""

from django.urls import path

from civitas.classes import views

urlpatterns = [
    path("klasse", views.join_class, name="join_class"),
    path("klasse/fertig", views.leave_device, name="leave_class_device"),
    path("klasse/zettel", views.change_own_slip, name="class_slip"),
    path("klasse/leitung", views.lead_class, name="lead_class"),
    path("klasse/leitung/ende", views.stop_leading, name="stop_leading_class"),
    path("klasse/leitung/platz/<int:number>", views.lead_seat, name="lead_class_seat"),
    path("klasse/<str:code>", views.join_class, name="join_class_code"),
    path("verwaltung/klassen", views.list_classes, name="classes"),
    path("verwaltung/klassen/neu", views.new_class, name="new_class"),
    path("verwaltung/klassen/<int:key>", views.show_class, name="class"),
    path("verwaltung/klassen/<int:key>/platz/<int:number>", views.show_seat, name="class_seat"),
]
