from django.urls import path, re_path

from civitas.cities import views
from civitas.cities.pages import TEXT_PAGES

urlpatterns = [
    path("theme-<slug:digest>.css", views.show_theme, name="theme"),
    path("gebiete.geojson", views.show_areas, name="areas"),
    path("ortssuche", views.find_spots, name="find_spots"),
    re_path(rf"^(?P<slug>{'|'.join(TEXT_PAGES)})$", views.show_text_page, name="text_page"),
]
