from django.urls import path

from civitas.answering.views import desk, keeping, many, one, talking

urlpatterns = [
    path("verwaltung/antworten", desk.show_desk, name="answer_desk"),
    path("verwaltung/antworten/viele", many.begin, name="answer_many"),
    path("verwaltung/antworten/viele/<int:key>", many.show_batch, name="answer_batch"),
    path("verwaltung/antworten/fragen/<int:key>", talking.reply_to, name="answer_question"),
    path("verwaltung/antworten/unterlagen/<int:key>", talking.show_file, name="answer_file"),
    path("verwaltung/antworten/zustaendig", keeping.show_rules, name="assignment_rules"),
    path("verwaltung/antworten/zustaendig/neu", keeping.edit_rule, name="new_assignment_rule"),
    path("verwaltung/antworten/zustaendig/<int:key>", keeping.edit_rule, name="assignment_rule"),
    path("verwaltung/antworten/stellen", keeping.show_bodies, name="answer_bodies"),
    path("verwaltung/antworten/stellen/neu", keeping.edit_body, name="new_answer_body"),
    path("verwaltung/antworten/stellen/<int:key>", keeping.edit_body, name="answer_body"),
    path("verwaltung/antworten/<int:number>", one.show_one, name="answer"),
    path("verwaltung/antworten/<int:number>/entwurf", one.write, name="write_answer"),
    path("verwaltung/antworten/<int:number>/entwurf.json", one.keep, name="keep_answer"),
    path("verwaltung/antworten/<int:number>/mail", one.preview_answer, name="preview_answer"),
    path("verwaltung/antworten/<int:number>/freigabe", one.decide, name="release_answer"),
    path("verwaltung/antworten/<int:number>/zuweisen", talking.assign_one, name="assign_answer"),
    path("verwaltung/antworten/<int:number>/notiz", talking.note, name="answer_note"),
    path("verwaltung/antworten/<int:number>/notiz/<int:key>/weg", talking.remove_note, name="drop_answer_note"),
    path("verwaltung/antworten/<int:number>/frage", talking.ask, name="ask_department"),
    path("verwaltung/beitraege/<int:number>/antwort", one.moved, name="answer_moved"),
    path("verwaltung/vorlagen", keeping.show_templates, name="answer_templates"),
    path("verwaltung/vorlagen/neu", keeping.edit_template, name="new_answer_template"),
    path("verwaltung/vorlagen/<int:key>", keeping.edit_template, name="answer_template"),
]
