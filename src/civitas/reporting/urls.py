from django.urls import path

from civitas.reporting import views

urlpatterns = [
    path("beteiligung/<slug:slug>/bericht", views.show_report, name="report"),
    path("beteiligung/<slug:slug>/bericht/pdf", views.print_report, name="report_pdf"),
    path("verwaltung/berichte", views.show_desk, name="report_desk"),
    path("verwaltung/berichte/<slug:slug>", views.work_on, name="report_work"),
    path("verwaltung/berichte/<slug:slug>/freigeben", views.release_here, name="release_report"),
    path("verwaltung/berichte/<slug:slug>/<slug:chapter>", views.write, name="report_section"),
    path("verwaltung/berichte/<slug:slug>/<slug:chapter>/neue-daten", views.settle, name="settle_offer"),
]
