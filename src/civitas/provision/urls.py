from django.urls import path

from civitas.provision.views import public, saying

urlpatterns = [
    path("dienstleistungen", public.show_catalogue, name="services"),
    path("dienstleistung/<slug:key>", public.show_service, name="service"),
    path("dienstleistung/<slug:key>/rueckmeldung", saying.say_how_it_was, name="service_feedback"),
    path("dienstleistung/<slug:key>/danke", saying.show_thanks, name="service_thanks"),
    path("dienstleistung/<slug:key>/aushang", saying.show_poster, name="service_poster"),
]
