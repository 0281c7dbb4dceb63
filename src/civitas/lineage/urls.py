from django.urls import path

from civitas.lineage import views

urlpatterns = [
    path("beitrag/<int:number>/werdegang", views.show_story, name="story"),
    path("beitrag/<int:number>/werdegang/pdf", views.print_story, name="story_pdf"),
    path("beitrag/<int:number>/werdegang/stimmen", views.show_voices, name="story_voices"),
]
