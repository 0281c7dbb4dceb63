from django.urls import path

from civitas.interop import archive_views, lists, views

urlpatterns = [
    path("entdecken/datei.<slug:ending>", lists.export_explore, name="explore_file"),
    *(
        path(f"verwaltung/beitraege/datei.{ending}", lists.export_staff_list, {"ending": ending}, name=f"staff_list_{ending}")
        for ending in lists.TEAM_KINDS
    ),
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
    path("verwaltung/exporte", archive_views.show_archives, name="archives"),
    path("verwaltung/exporte/<int:key>.zip", archive_views.take_archive, name="take_archive"),
    path("verwaltung/exporte/<int:key>/nochmal", archive_views.make_again, name="make_archive_again"),
]
