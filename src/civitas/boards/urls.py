from django.contrib.auth.decorators import login_not_required
from django.urls import path

from civitas.boards import canvas_desk
from civitas.boards.closing import conclude_step
from civitas.boards.samples import show_sample

urlpatterns = [
    path("verwaltung/canvas", canvas_desk.list_canvases, name="canvases"),
    path("verwaltung/canvas/vorschau", canvas_desk.preview_canvas, name="preview_canvas"),
    path("verwaltung/canvas/<slug:key>", canvas_desk.edit_canvas, name="edit_canvas"),
    path("verwaltung/canvas/<slug:key>/weg", canvas_desk.drop_canvas, name="drop_canvas"),
    path("verwaltung/beteiligungen/<slug:slug>/schritt/<int:position>/abschliessen", conclude_step, name="conclude_step"),
    path("kit/board", login_not_required(show_sample), name="board_sample"),
]
