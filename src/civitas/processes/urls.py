from django.urls import path

from civitas.processes import desk, feeds, following, keeping_desk, pausing, privacy, rules_desk, staff, telling_desk, views

urlpatterns = [
    path("beteiligungen", views.process_list, name="processes"),
    path("beteiligungen/feed", feeds.show_processes, name="processes_feed"),
    path("beteiligungen/termine/feed", feeds.show_events, name="events_feed"),
    path("beteiligungen/termine.ics", views.show_dates, name="dates_calendar"),
    path("beteiligung/<slug:slug>", views.show_process, name="process"),
    path("beteiligung/<slug:slug>/neuigkeiten/feed", feeds.show_news, name="process_feed"),
    path("beteiligung/<slug:slug>/termine.ics", views.show_calendar, name="process_calendar"),
    path("beteiligung/<slug:slug>/termin/<uuid:uid>.ics", views.show_event, name="process_event"),
    path("beteiligung/<slug:slug>/folgen", following.change_follow, name="follow_process"),
    path("beteiligung/<slug:slug>/folgen/mail", following.follow_with_mail, name="follow_process_by_mail"),
    path("beteiligung/<slug:slug>/schritt/<int:position>", views.show_step, name="step"),
    path("datenschutz/schritt/<int:key>", privacy.show_privacy, name="step_privacy"),
    path("verwaltung/regeln", rules_desk.show_rules, name="rules"),
    path("verwaltung/aufbewahrung", keeping_desk.show_keeping, name="keeping"),
    path("verwaltung/aufbewahrung/zurueckstellen", keeping_desk.put_off, name="put_off"),
    path("verwaltung/aufbewahrung/<int:key>/freigeben", keeping_desk.let_go, name="let_go"),
    path("verwaltung/regeln/<slug:slug>", rules_desk.show_rules, name="process_rules"),
    path("verwaltung/beteiligungen", staff.staff_list, name="staff_processes"),
    path("verwaltung/beteiligungen/neu", staff.new_process, name="staff_process_new"),
    path("verwaltung/beteiligungen/<slug:slug>", desk.show_desk, name="staff_process"),
    path("verwaltung/beteiligungen/<slug:slug>/vorlage.toml", staff.download_template, name="staff_process_template"),
    path("verwaltung/beteiligungen/<slug:slug>/stand", desk.change_state, name="staff_process_state"),
    path("verwaltung/beteiligungen/<slug:slug>/verlaengern", desk.extend, name="staff_process_extend"),
    path("verwaltung/beteiligungen/<slug:slug>/richten", desk.mend_process, name="staff_process_mend"),
    path("verwaltung/beteiligungen/<slug:slug>/zurueckholen/<int:key>", desk.bring_back, name="staff_process_restore"),
    path("verwaltung/beteiligungen/<slug:slug>/texte", desk.edit_process, name="staff_process_texts"),
    path("verwaltung/beteiligungen/<slug:slug>/neuigkeiten/<slug:key>", telling_desk.edit_told, {"part": "neuigkeiten"}, name="staff_news"),
    path("verwaltung/beteiligungen/<slug:slug>/termine/<slug:key>", telling_desk.edit_told, {"part": "termine"}, name="staff_event"),
    path(
        "verwaltung/beteiligungen/<slug:slug>/unterlagen/<slug:key>", telling_desk.edit_told, {"part": "unterlagen"}, name="staff_document"
    ),
    path("verwaltung/beteiligungen/<slug:slug>/schritt/verschieben", desk.move_step, name="staff_step_move"),
    path("verwaltung/beteiligungen/<slug:slug>/schritt/entfernen", desk.remove_step, name="staff_step_remove"),
    path("verwaltung/beteiligungen/<slug:slug>/schritt/neu", staff.new_step, name="staff_step_new"),
    path("verwaltung/beteiligungen/<slug:slug>/schritt/<int:position>", staff.edit_step, name="staff_step"),
    path("verwaltung/beteiligungen/<slug:slug>/schritt/<int:position>/oeffnung", staff.change_opening, name="staff_step_opening"),
    path("verwaltung/beteiligungen/<slug:slug>/schritt/<int:position>/kommentare", pausing.change_comments, name="step_comments"),
]
