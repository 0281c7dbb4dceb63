from django.urls import path

from civitas.provision.views import desk, public, saying, stories

urlpatterns = [
    path("dienstleistungen", public.show_catalogue, name="services"),
    path("dienstleistungen/feed", public.show_feed, name="services_feed"),
    path("dienstleistung/<slug:key>", public.show_service, name="service"),
    path("dienstleistung/<slug:key>/rueckmeldung", saying.say_how_it_was, name="service_feedback"),
    path("dienstleistung/<slug:key>/danke", saying.show_thanks, name="service_thanks"),
    path("dienstleistung/<slug:key>/aushang", saying.show_poster, name="service_poster"),
    path("dienstleistung/<slug:key>/werdegang", stories.show_course, name="service_course"),
    path("dienstleistung/<slug:key>/werdegang/pdf", stories.print_course, name="service_course_pdf"),
    path("verwaltung/dienstleistungen", desk.show_list, name="staff_services"),
    path("verwaltung/dienstleistungen/neu", desk.new_service, name="new_service"),
    path("verwaltung/dienstleistungen/aus-konzept/<int:number>", stories.take_in, name="concept_to_catalogue"),
    path("verwaltung/dienstleistungen/<slug:key>", desk.show_one, name="staff_service"),
    path("verwaltung/dienstleistungen/<slug:key>/angaben", desk.edit_service, name="edit_service"),
    path("verwaltung/dienstleistungen/<slug:key>/stand", desk.set_state, name="service_state"),
    path("verwaltung/dienstleistungen/<slug:key>/stand/zurueck", desk.take_state_back, name="service_state_back"),
    path("verwaltung/dienstleistungen/<slug:key>/konzept/<int:number>/loesen", stories.untie, name="untie_concept"),
    path("verwaltung/dienstleistungen/<slug:key>/anbieter", desk.let_provider_go, name="service_provider"),
    path("verwaltung/dienstleistungen/<slug:key>/kennzahl", desk.add_indicator, name="add_indicator"),
    path("verwaltung/dienstleistungen/<slug:key>/kennzahl/<int:pk>", desk.look_at, name="look_at_indicator"),
    path("verwaltung/dienstleistungen/<slug:key>/kennzahl/<int:pk>/weg", desk.drop_indicator, name="drop_indicator"),
    path("verwaltung/dienstleistungen/<slug:key>/beteiligung", desk.begin_process, name="begin_service_process"),
]
