from django.urls import path

from civitas.moderation.views import archive, authors, bulk, flags, queue, suspensions

urlpatterns = [
    path("melden/<int:number>", flags.flag, name="flag"),
    path("melden/kommentar/<int:key>", flags.flag, name="flag_comment"),
    path("melden/brief/<uuid:uid>", flags.flag_a_letter, name="flag_letter"),
    path("entscheidung/<int:key>", authors.show_decision, name="decision"),
    path("rueckfrage/<int:key>", authors.show_question, name="question"),
    path("verwaltung/redaktion", queue.show_queue, name="queue"),
    path("verwaltung/redaktion/<int:key>", queue.show_case, name="case"),
    path("verwaltung/redaktion/<int:key>/entscheiden", queue.decide_case, name="decide_case"),
    path("verwaltung/redaktion/<int:key>/mail", archive.preview_order, name="preview_order"),
    path("verwaltung/redaktion/beitrag/<int:key>", archive.take_up, name="take_up"),
    path("verwaltung/redaktion/<int:key>/uebernehmen", queue.claim, name="claim_case"),
    path("verwaltung/redaktion/zuruecknehmen/<int:key>", queue.undo, name="undo_decision"),
    path("verwaltung/redaktion/ansichten", queue.save_view, name="save_queue_view"),
    path("verwaltung/redaktion/viele", bulk.choose, name="bulk"),
    path("verwaltung/redaktion/laeufe", bulk.show_runs, name="runs"),
    path("verwaltung/redaktion/laeufe/<int:key>", bulk.show_run, name="run"),
    path("verwaltung/redaktion/laeufe/<int:key>/zuruecknehmen", bulk.take_back, name="undo_run"),
    path("verwaltung/sperren", suspensions.show_suspensions, name="suspensions"),
    path("verwaltung/sperren/<int:key>/aufheben", suspensions.lift, name="lift_suspension"),
    path("verwaltung/meldungen", queue.old_flags, name="flags"),
    path("verwaltung/meldungen/<int:key>", queue.old_flags, name="old_flag"),
]
