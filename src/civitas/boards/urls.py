from django.contrib.auth.decorators import login_not_required
from django.urls import path

from civitas.boards import canvas_desk, card_flag_views, picture_views, views
from civitas.boards.bring_desk import bring_to_board
from civitas.boards.closing import conclude_step
from civitas.boards.joining import join_board
from civitas.boards.leading_desk import lead_news, lead_seat, lead_step
from civitas.boards.samples import show_sample
from civitas.boards.wall_page import show_wall

urlpatterns = [
    path("verwaltung/canvas", canvas_desk.list_canvases, name="canvases"),
    path("verwaltung/canvas/vorschau", canvas_desk.preview_canvas, name="preview_canvas"),
    path("verwaltung/canvas/<slug:key>", canvas_desk.edit_canvas, name="edit_canvas"),
    path("verwaltung/canvas/<slug:key>/weg", canvas_desk.drop_canvas, name="drop_canvas"),
    path("verwaltung/beteiligungen/<slug:slug>/schritt/<int:position>/abschliessen", conclude_step, name="conclude_step"),
    path("verwaltung/beteiligungen/<slug:slug>/schritt/<int:position>/beitraege-holen", bring_to_board, name="bring_to_board"),
    path("pinnwand/<uuid:uid>", views.show_board, name="board"),
    path("pinnwand/<uuid:uid>/aendern", views.change_board, name="change_board"),
    path("pinnwand/<uuid:uid>/leiten", views.lead_board, name="lead_board"),
    path("pinnwand/<uuid:uid>/tabelle.csv", views.board_table, name="board_table"),
    path("pinnwand/<uuid:uid>/papier.pdf", views.print_board, name="board_pdf"),
    path("pinnwand/<uuid:uid>/bild", picture_views.add_picture, name="add_board_picture"),
    path("pinnwand/<uuid:uid>/bild/<str:name>", picture_views.show_picture, name="board_picture"),
    path("pinnwand/<uuid:uid>/bilder", picture_views.list_pictures, name="pictures_of_board"),
    path("pinnwand/<uuid:uid>/melden/<slug:card>", card_flag_views.flag_a_card, name="flag_card"),
    path("verwaltung/pinnwand-karten/<int:key>", card_flag_views.decide_flagged_card, name="decide_flagged_card"),
    path("verwaltung/pinnwand-bilder", picture_views.list_board_pictures, name="board_pictures"),
    path("verwaltung/pinnwand-bilder/<int:key>", picture_views.decide_board_picture, name="decide_board_picture"),
    path("mit", join_board, name="join_hall"),
    path("mit/<str:code>", join_board, name="join_code"),
    path("beteiligung/<slug:slug>/schritt/<int:position>/wand", show_wall, name="wall"),
    path("beteiligung/<slug:slug>/schritt/<int:position>/leiten", lead_step, name="lead_step"),
    path("beteiligung/<slug:slug>/schritt/<int:position>/leiten/neues", lead_news, name="lead_news"),
    path("beteiligung/<slug:slug>/schritt/<int:position>/leiten/<slug:alias>", lead_seat, name="lead_seat"),
    path("kit/board", login_not_required(show_sample), name="board_sample"),
]
