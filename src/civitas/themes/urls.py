from django.urls import path

from civitas.themes import desk, faces, gathering

urlpatterns = [
    path("themen", faces.show_themes, name="themes"),
    path("themen/feed", faces.show_feed, name="themes_feed"),
    path("beitrag/<int:number>/stimmen", faces.show_voices, name="theme_voices"),
    path("beitrag/<int:number>/stimmen/feed", faces.show_voices_feed, name="voices_feed"),
    path("beitrag/<int:number>/stimmen/karte.json", faces.show_theme_cells, name="theme_cells"),
    path("verwaltung/themen", desk.show_desk, name="theme_desk"),
    path("verwaltung/themen/neu", desk.new_theme, name="new_theme"),
    path("verwaltung/themen/<int:number>", desk.work_on, name="theme_work"),
    path("verwaltung/themen/<int:number>/sammeln", gathering.gather_here, name="gather"),
    path("verwaltung/themen/<int:number>/herausnehmen", desk.take_out_here, name="take_out_of_theme"),
    path("verwaltung/themen/<int:number>/veroeffentlichen", desk.publish_here, name="publish_theme"),
    path("verwaltung/themen/<int:number>/entwurf", desk.put_back_here, name="put_back_theme"),
    path("verwaltung/themen/<int:number>/lauf/<int:key>", desk.show_gathering, name="gathering"),
    path("verwaltung/themen/<int:number>/lauf/<int:key>/zurueck", desk.undo_here, name="undo_gathering"),
]
