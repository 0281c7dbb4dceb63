from django.contrib.auth.decorators import login_not_required
from django.urls import path

from civitas.kit.gallery import gallery
from civitas.kit.robots import show_robots

urlpatterns = [
    path("kit/", login_not_required(gallery), name="gallery"),
    path("robots.txt", show_robots, name="robots"),
]
