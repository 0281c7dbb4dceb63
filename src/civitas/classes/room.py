"""What the room of classes declares: its page for the team, what it keeps of a person, and for how long."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from civitas.classes.personal import PERSONAL, SEATS
from civitas.classes.rules import may_make
from civitas.classes.sections import render_mine
from civitas.kit.rooms import MySection, NavItem, Room

ROOM = Room(
    key="classes",
    staff_navigation=(NavItem(_("School classes"), "classes", may=lambda actor: bool(may_make(actor)), order=35, menu="processes"),),
    my_sections=(MySection(render_mine, order=1),),
    personal_data=PERSONAL,
    retention=(SEATS,),
)
