from django.urls import path

from civitas.sensor import exploring, inspiring, navigator, searching, views

urlpatterns = [
    path("", views.show_front, name="front"),
    path("staedte/karte.json", navigator.show_cells, name="navigator_cells"),
    path("staedte/feed", navigator.show_feed, name="navigator_feed"),
    path("staedte/termine.ics", navigator.show_calendar, name="navigator_calendar"),
    path("entdecken", exploring.explore, name="explore"),
    path("entdecken/karte.json", exploring.show_cells, name="cells"),
    path("entdecken/feed", exploring.show_feed, name="feed"),
    path("entdecken/merken", searching.save_search_here, name="save_search"),
    path("konto/suchen", searching.my_searches, name="my_searches"),
    path("konto/suchen/<uuid:uid>", searching.change_my_search, name="change_search"),
    path("ergebnisse", views.show_outcomes, name="outcomes"),
    path("anregungen", inspiring.show_sparks, name="sparks"),
    path("geben", views.give_here, name="give"),
]
