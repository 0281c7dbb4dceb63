from django.contrib.auth.decorators import login_not_required
from django.urls import path

from civitas.kit.gallery import gallery

urlpatterns = [path("kit/", login_not_required(gallery), name="gallery")]
