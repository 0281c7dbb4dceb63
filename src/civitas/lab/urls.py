from django.urls import path

from civitas.lab import views

urlpatterns = [
    path("baukasten", views.show_catalogue, name="catalogue"),
    path("baukasten/drucken", views.show_card_set, name="card_set"),
    path("baukasten/karten.pdf", views.print_card_set, name="card_set_pdf"),
    path("baukasten/<slug:key>", views.show_card, name="method_card"),
    path("baukasten/<slug:key>/probieren", views.try_out, name="try_method"),
]
