"""What the team room declares: its page, the box of notes, news, personal data, where it quotes people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from civitas.kit.rooms import NavItem, PersonalData, Postponing, Quotes, Retention, Room
from civitas.team.actions.barriers import KEPT_DAYS, old_barriers, remove_barriers, show_barriers
from civitas.team.models import BarrierReport, ShiftNote
from civitas.team.personal import adopt_team, erase_team, export_team
from civitas.team.rules import may_word_mails
from civitas.team.views import render_notes
from civitas.team.words import KINDS


def _notes(city: Any, _ids: list[int]) -> Any:
    return ShiftNote.objects.of(city)


def _barriers(city: Any, _ids: list[int]) -> Any:
    return BarrierReport.objects.of(city)


ROOM = Room(
    key="team",
    staff_navigation=(
        NavItem(_("Team"), "team", order=90, also=("/verwaltung/barrieren",), menu="city"),
        NavItem(_("Mail texts"), "mails", may=lambda actor: bool(may_word_mails(actor)), order=95, menu="city"),
    ),
    notice_kinds=KINDS,
    personal_data=PersonalData(export_team, erase_team, adopt_team),
    staff_sections=(render_notes,),
    quotes=(Quotes(_notes, ("text",), anywhere=True), Quotes(_barriers, ("text", "answer"), anywhere=True)),
    retention=(
        Retention(
            _("Answered reports of barriers"),
            old_barriers,
            remove_barriers,
            days=KEPT_DAYS,
            said=_("Reports of barriers, once answered"),
            postponing=Postponing("team.barriers", show_barriers),
        ),
    ),
)
