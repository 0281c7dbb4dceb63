from django.urls import path

from civitas.sensor import views

urlpatterns = [
    path("", views.show_front, name="front"),
    path("entdecken", views.explore, name="explore"),
    path("entdecken/karte.json", views.show_cells, name="cells"),
    path("ergebnisse", views.show_outcomes, name="outcomes"),
    path("geben", views.give_here, name="give"),
]
