from django.urls import path

from civitas.merging.views import authors, compare, desk, split

urlpatterns = [
    path("verwaltung/zusammenlegen", desk.show_merging, name="merging"),
    path("verwaltung/zusammenlegen/vergleich", compare.compare, name="merge_compare"),
    path("verwaltung/zusammenlegen/orte.json", compare.show_places, name="merge_places"),
    path("verwaltung/zusammenlegen/paar/<int:key>/verschieden", desk.dismiss, name="merge_dismiss"),
    path("verwaltung/zusammenlegen/frage/<int:key>/lassen", desk.drop, name="merge_drop"),
    path("verwaltung/zusammenlegen/rueckgaengig/<int:key>", desk.undo, name="merge_undo"),
    path("verwaltung/zusammenlegen/rueckgaengig/<int:key>/lassen", desk.keep, name="merge_keep"),
    path("verwaltung/zusammenlegen/teilung/<int:key>/rueckgaengig", split.unsplit, name="split_undo"),
    path("verwaltung/zusammenlegen/<int:number>", desk.show_one, name="merge_start"),
    path("verwaltung/zusammenlegen/<int:number>/teilen", split.split, name="split"),
    path("verwaltung/zusammenlegen/<int:number>/verknuepfen", split.link, name="relate"),
    path("zusammenlegen/<int:key>", authors.show_question, name="merge_question"),
    path("zusammenlegen/antwort/<str:token>", authors.show_by_mail, name="merge_by_mail"),
    path("zusammenlegen/einspruch/<int:number>", authors.object_to, name="merge_object"),
]
