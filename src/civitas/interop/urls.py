from django.urls import path

from civitas.interop import views

urlpatterns = [
    path("verwaltung/importe", views.show_imports, name="imports"),
    path("verwaltung/importe/neu", views.upload, name="new_import"),
    path("verwaltung/importe/<int:key>", views.show_import, name="import"),
    path("verwaltung/importe/<int:key>/spalten", views.map_here, name="map_import"),
    path("verwaltung/importe/<int:key>/spalten-aendern", views.map_again, name="map_import_again"),
    path("verwaltung/importe/<int:key>/einlesen", views.start, name="start_import"),
    path("verwaltung/importe/<int:key>/anhalten", views.stop, name="stop_import"),
    path("verwaltung/importe/<int:key>/zuruecknehmen", views.take_back, name="undo_import"),
    path("verwaltung/importe/<int:key>/verwerfen", views.throw_away, name="discard_import"),
    path("verwaltung/importe/<int:key>/fehler.csv", views.show_faults, name="import_faults"),
]
