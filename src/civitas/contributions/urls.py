from django.urls import path

from civitas.contributions import describing, desk, drafting, giving, hinting, mending, organisations, places, terms_page, uploading

urlpatterns = [
    path("beitrag/<int:number>/bearbeiten", mending.mend, name="mend"),
    path("beitrag/<int:number>/zuruecknehmen", mending.withdraw, name="withdraw"),
    path("beitrag/<int:number>/fassungen", mending.show_versions, name="versions"),
    path("kommentar/<int:key>/bearbeiten", mending.mend, name="mend_comment"),
    path("kommentar/<int:key>/zuruecknehmen", mending.withdraw, name="withdraw_comment"),
    path("kommentar/<int:key>/fassungen", mending.show_versions, name="comment_versions"),
    path("geben/hinweis", hinting.show_hint, name="give_hint"),
    path("orte.json", places.show_places, name="places"),
    path("organisation/<slug:key>", organisations.show_organisation, name="organisation"),
    path("organisation/<slug:key>/feed", organisations.show_feed, name="organisation_feed"),
    path("verwaltung/", desk.show_overview, name="staff"),
    path("verwaltung/beitraege", desk.show_list, name="staff_contributions"),
    path("verwaltung/beitraege/<int:number>", desk.show_one, name="staff_contribution"),
    path("verwaltung/kommentare/<int:key>", desk.show_one, name="staff_comment"),
    path("geben/datei", uploading.upload_part, name="upload_part"),
    path("geben/dateien", uploading.show_waiting, name="waiting_files"),
    path("geben/datei/entfernen", uploading.drop_upload, name="drop_upload"),
    path("geben/datei/bild/<str:handle>", uploading.show_thumb, name="waiting_thumb"),
    path("beitrag/<int:number>/dateien", describing.describe, name="describe_files"),
    path("beitrag/<int:number>/untertitel/<int:key>.vtt", describing.show_captions, name="captions"),
    path("beteiligung/<slug:slug>/schritt/<int:position>/entwurf", drafting.keep, name="keep_draft"),
    path("entwurf/<uuid:uid>/verwerfen", drafting.drop, name="drop_draft"),
    path("nutzungsrechte", terms_page.show_terms, name="terms"),
    path("beitrag/<int:number>/danke", giving.show_thanks, name="thanks"),
]
