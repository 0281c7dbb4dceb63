from django.urls import path

from civitas.processes import staff, views

urlpatterns = [
    path("beteiligungen", views.process_list, name="processes"),
    path("beteiligung/<slug:slug>", views.show_process, name="process"),
    path("beteiligung/<slug:slug>/termine.ics", views.show_calendar, name="process_calendar"),
    path("beteiligung/<slug:slug>/termin/<uuid:uid>.ics", views.show_event, name="process_event"),
    path("beteiligung/<slug:slug>/schritt/<int:position>", views.show_step, name="step"),
    path("verwaltung/beteiligungen", staff.staff_list, name="staff_processes"),
]
