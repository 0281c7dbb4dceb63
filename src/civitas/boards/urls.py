from django.contrib.auth.decorators import login_not_required
from django.urls import path

from civitas.boards import canvas_desk, views
from civitas.boards.closing import conclude_step
from civitas.boards.samples import show_sample

urlpatterns = [
    path("verwaltung/canvas", canvas_desk.list_canvases, name="canvases"),
    path("verwaltung/canvas/vorschau", canvas_desk.preview_canvas, name="preview_canvas"),
    path("verwaltung/canvas/<slug:key>", canvas_desk.edit_canvas, name="edit_canvas"),
    path("verwaltung/canvas/<slug:key>/weg", canvas_desk.drop_canvas, name="drop_canvas"),
    path("verwaltung/beteiligungen/<slug:slug>/schritt/<int:position>/abschliessen", conclude_step, name="conclude_step"),
    path("pinnwand/<uuid:uid>", views.show_board, name="board"),
    path("pinnwand/<uuid:uid>/aendern", views.change_board, name="change_board"),
    path("pinnwand/<uuid:uid>/leiten", views.lead_board, name="lead_board"),
    path("pinnwand/<uuid:uid>/tabelle.csv", views.board_table, name="board_table"),
    path("pinnwand/<uuid:uid>/papier.pdf", views.print_board, name="board_pdf"),
    path("kit/board", login_not_required(show_sample), name="board_sample"),
]
