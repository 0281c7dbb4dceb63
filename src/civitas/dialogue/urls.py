from django.urls import path

from civitas.dialogue import views

urlpatterns = [
    path("beitrag/<int:number>", views.show_contribution, name="contribution_by_number"),
    path("beitrag/<int:number>-<slug:slug>", views.show_contribution, name="contribution"),
    path("beitrag/<int:number>/zusammengelegt", views.show_wordings, name="wordings"),
    path("beitrag/<int:number>/punkt.json", views.show_point, name="contribution_point"),
    path("beitrag/<int:number>/nachbarn", views.show_neighbours, name="neighbours"),
    path("beitrag/<int:number>/qr.svg", views.show_code, name="contribution_code"),
    path("beitrag/<int:number>/pdf", views.print_contribution, name="contribution_pdf"),
    path("beitrag/<int:number>/unterstuetzen", views.change_support, name="change_support"),
    path("beitrag/<int:number>/folgen", views.change_follow, name="change_follow"),
    path("beitrag/<int:number>/kommentare/feed", views.show_comments_feed, name="comments_feed"),
    path("beitrag/<int:number>/kommentar", views.comment, name="comment"),
    path("konto/beitraege", views.my_contributions, name="my_contributions"),
    path("konto/unterstuetzt", views.my_support, name="my_support"),
    path("konto/gefolgt", views.my_follows, name="my_follows"),
]
