from django.urls import path

from civitas.media import views

urlpatterns = [path("medien/<str:name>", views.show_file, name="media")]
