from django.urls import path

from civitas.coproduction.views import gates, people, public, writing

urlpatterns = [
    path("konzepte", public.show_list, name="concepts"),
    path("konzepte/feed", public.show_feed, name="concepts_feed"),
    path("konzepte/entscheidungen/feed", public.show_decisions_feed, name="decisions_feed"),
    path("konzept/neu", writing.begin, name="begin_concept"),
    path("konzept/<int:number>", writing.show_workshop, name="concept"),
    path("konzept/<int:number>/abschnitt/<slug:key>", public.show_section, name="concept_section"),
    path("konzept/<int:number>/abschnitt/<slug:key>/kommentar", public.remark, name="remark_on_section"),
    path("konzept/<int:number>/abschnitt/<slug:key>/schreiben", writing.write, name="write_section"),
    path("konzept/<int:number>/abschnitt/<slug:key>/plakat", writing.leave_offer, name="leave_offer"),
    path("konzept/<int:number>/titel", writing.write_title, name="write_lead"),
    path("konzept/<int:number>/stimmen", writing.name_voice, name="name_voice"),
    path("konzept/<int:number>/stimmen/<int:voice>/weg", writing.take_voice_away, name="drop_voice"),
    path("konzept/<int:number>/dateien", writing.add_file, name="add_concept_files"),
    path("konzept/<int:number>/fassungen", public.show_editions, name="concept_editions"),
    path("konzept/<int:number>/vergleich", public.compare, name="compare_editions"),
    path("konzept/<int:number>/mitschreiben", people.ask, name="ask_to_write"),
    path("konzept/<int:number>/verlassen", people.leave_concept, name="leave_concept"),
    path("konzept/<int:number>/menschen", people.show_people, name="concept_people"),
    path("konzept/<int:number>/menschen/link", people.renew_link, name="renew_invitation"),
    path("konzept/<int:number>/menschen/<int:key>", people.decide, name="decide_on_member"),
    path("konzept/<int:number>/einladung/<str:token>", people.come, name="concept_invitation"),
    path("konzept/<int:number>/entscheidung/<int:key>/antwort", public.reply, name="reply_to_gate"),
    path("verwaltung/entscheidungen", gates.show_gates, name="gates"),
    path("verwaltung/entscheidungen/konzept/<int:number>", gates.set_up, name="set_up_gates"),
    path("verwaltung/entscheidungen/<int:key>", gates.show_gate, name="gate"),
    path("verwaltung/entscheidungen/<int:key>/aendern", gates.edit_gate, name="edit_gate"),
    path("verwaltung/entscheidungen/<int:key>/<slug:does>", gates.move_gate, name="move_gate"),
]
