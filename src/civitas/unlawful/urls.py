"""Addresses of reporting, of the figures, and of the team's work with reports and evidence."""

from django.urls import path

from civitas.unlawful.views import desk, evidence, figures, reporting

urlpatterns = [
    path("rechtswidriges-melden", reporting.report, name="report_unlawful"),
    path("rechtswidriges-melden/zahlen", figures.show_figures, name="unlawful_figures"),
    path("rechtswidriges-melden/zahlen/<int:year>.csv", figures.figures_csv, name="unlawful_figures_csv"),
    path("rechtswidriges-melden/stand/<str:token>", reporting.show_report, name="report_state"),
    path("rechtswidriges-melden/stand/<str:token>/antwort/<int:key>", reporting.answer, name="report_answer"),
    path("rechtswidriges-melden/stand/<str:token>/beschwerde/<int:key>", reporting.complain_as_reporter, name="report_complain"),
    path("rechtswidriges-melden/entscheidung/<str:token>", reporting.show_statement, name="statement"),
    path("verwaltung/rechtswidriges", desk.show_matters, name="matters"),
    path("verwaltung/rechtswidriges/neu", desk.take_something_up, name="matter_new"),
    path("verwaltung/rechtswidriges/beitrag/<int:contribution>", desk.go_to_matter, name="matter_of"),
    path("verwaltung/rechtswidriges/<int:key>", desk.show_matter, name="matter"),
    path("verwaltung/rechtswidriges/<int:key>/frage", desk.ask, name="matter_ask"),
    path("verwaltung/rechtswidriges/<int:key>/polizei", desk.police, name="matter_police"),
    path("verwaltung/rechtswidriges/<int:key>/sichern", desk.secure, name="matter_secure"),
    path("verwaltung/rechtswidriges/<int:key>/loeschen", desk.erase, name="matter_erase"),
    path("verwaltung/rechtswidriges/beschwerde/<int:key>", desk.decide_one_complaint, name="complaint"),
    path("verwaltung/beweise", evidence.show_store, name="evidence_store"),
    path("verwaltung/beweise/<int:key>", evidence.show_one, name="evidence"),
    path("verwaltung/beweise/<int:key>/siegeln", evidence.seal, name="evidence_seal"),
    path("verwaltung/beweise/<int:key>/verwerfen", evidence.refuse, name="evidence_refuse"),
    path("verwaltung/beweise/zugang/<int:key>/erlauben", evidence.grant, name="evidence_grant"),
    path("verwaltung/beweise/zugang/<int:key>/lesen", evidence.read, name="evidence_read"),
    path("verwaltung/beweise/zugang/<int:key>/datei", evidence.hand_out, name="evidence_file"),
]
