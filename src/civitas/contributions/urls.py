from django.urls import path

from civitas.contributions import giving

urlpatterns = [
    path("beitrag/<int:number>/danke", giving.show_thanks, name="thanks"),
]
