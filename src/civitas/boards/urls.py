from django.contrib.auth.decorators import login_not_required
from django.urls import path

from civitas.boards.samples import show_sample

urlpatterns = [
    path("kit/board", login_not_required(show_sample), name="board_sample"),
]
