from django.urls import path

from civitas.sensor import exploring, inspiring, searching, views

urlpatterns = [
    path("", views.show_front, name="front"),
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
