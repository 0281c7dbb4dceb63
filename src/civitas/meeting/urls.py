from django.urls import path

from civitas.meeting.views import joinings, letters

urlpatterns = [
    path("beitrag/<int:number>/dabei", joinings.show_joinings, name="joinings"),
    path("beitrag/<int:number>/dabei/<int:key>/sperren", joinings.block_joined, name="block_joined"),
    path("beitrag/<int:number>/mitmachen", joinings.join_in, name="join"),
    path("beitrag/<int:number>/doch-nicht", joinings.take_back, name="leave"),
    path("verwaltung/mitmachen/<int:key>/ausblenden", joinings.hide, name="hide_joining"),
    path("beitrag/<int:number>/brief", letters.write, name="write_letter"),
    path("beitrag/<int:number>/brief/<int:key>", letters.write, name="write_to_joined"),
    path("konto/briefe", letters.show_inbox, name="letters"),
    path("konto/briefe/wunsch", letters.change_wish, name="letters_wish"),
    path("konto/briefe/gesperrt/<int:key>", letters.lift_block, name="lift_block"),
    path("konto/briefe/<uuid:uid>", letters.show_conversation, name="conversation"),
    path("konto/briefe/<uuid:uid>/antwort", letters.answer, name="answer_letter"),
    path("konto/briefe/<uuid:uid>/gelesen", letters.note_read, name="letters_read"),
    path("konto/briefe/<uuid:uid>/sperren", letters.change_block, name="change_block"),
    path("konto/briefe/<uuid:uid>/<str:token>", letters.open_by_mail, name="letter_by_mail"),
]
