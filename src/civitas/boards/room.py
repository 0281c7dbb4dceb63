"""What the room of boards declares: personal data, what follows when a contribution is hidden or blacked out, canvases of a pack."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from civitas.boards.bringing import keep_cards, renew_cards
from civitas.boards.card_news import CARD_KINDS
from civitas.boards.card_retention import DECIDED
from civitas.boards.news import KINDS
from civitas.boards.packs import check_canvases, load_canvases
from civitas.boards.personal import adopt_boards, erase_boards, export_boards, leave_boards
from civitas.boards.picture_views import render_waiting
from civitas.boards.pictures import may_decide_pictures
from civitas.boards.posters import may_make_canvases
from civitas.boards.privacy import taken_on_boards
from civitas.kit.rooms import NavItem, PackSection, PersonalData, Room

ROOM = Room(
    key="boards",
    staff_navigation=(
        NavItem(_("Canvases"), "canvases", may=lambda actor: bool(may_make_canvases(actor)), order=80, menu="processes"),
        NavItem(_("Looking at boards"), "board_pictures", may=lambda actor: bool(may_decide_pictures(actor)), order=82, menu="processes"),
    ),
    staff_sections=(render_waiting,),
    notice_kinds=(*KINDS, *CARD_KINDS),
    personal_data=PersonalData(export_boards, erase_boards, adopt_boards, nameless=leave_boards),
    retention=(DECIDED,),
    takes=taken_on_boards,
    on_given=(keep_cards,),
    on_redacted=(renew_cards,),
    pack_sections=(PackSection("canvases", check_canvases, load_canvases, order=35),),
)
