"""What the contributions room declares: kinds of news, staff list, personal data, figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from civitas.contributions.attachments import FILE_CHECKED
from civitas.contributions.counts import miscounts, recount
from civitas.contributions.lately import DRAFTS, count_lately, texts_lately
from civitas.contributions.models import Draft, StatusEvent
from civitas.contributions.notices import KINDS
from civitas.contributions.personal import erase_given, erase_some_given, export_given, hand_over_given, leave_given, titles_of
from civitas.contributions.privacy import taken_with_words
from civitas.contributions.queries import Filters, count_listed
from civitas.contributions.recognised import PURPOSE
from civitas.contributions.samples import render_files, render_place
from civitas.contributions.sections import render_drafts, render_given
from civitas.contributions.stations import official_stations
from civitas.contributions.terms import check_terms, load_terms
from civitas.kit.rooms import MySection, NavItem, PackSection, PersonalData, Quotes, Recount, Room
from civitas.people.models import Role

if TYPE_CHECKING:
    from civitas.people.actors import Actor


def _may_work(actor: Actor) -> bool:
    return actor.has(Role.MODERATOR, Role.EXPERT, Role.OWNER)


def listed_count(city: Any) -> int:
    """How many contributions the city shows."""
    return count_listed(city, Filters())


def _events(city: Any, ids: list[int]) -> Any:
    return StatusEvent.objects.of(city).filter(contribution__in=ids)


def _drafts(city: Any, _ids: list[int]) -> Any:
    return Draft.objects.of(city)


ROOM = Room(
    key="contributions",
    purposes=(PURPOSE,),
    takes=taken_with_words,
    foot_navigation=(NavItem(_("Terms of use"), "terms", order=95),),
    pack_sections=(PackSection("terms", check_terms, load_terms, order=15),),
    staff_navigation=(
        NavItem(_("Overview"), "staff", order=10),
        NavItem(
            _("Contributions"),
            "staff_contributions",
            may=_may_work,
            order=20,
            also=("/verwaltung/kommentare", "/verwaltung/schwaerzen"),
            menu="contributions",
        ),
    ),
    notice_kinds=KINDS,
    personal_data=PersonalData(export_given, erase_given, hand_over_given, titles_of, leave_given, erase_some=erase_some_given),
    my_sections=(MySection(render_drafts, order=10),),
    process_sections=(render_given,),
    gallery_parts=(render_files, render_place),
    on_file_checked=(FILE_CHECKED,),
    figures={"contributions": listed_count},
    recounts=(Recount(miscounts, recount),),
    quotes=(Quotes(_events, ("text", "next_step")), Quotes(_drafts, ("typed",), anywhere=True)),
    retention=(DRAFTS,),
    lately=count_lately,
    texts_lately=texts_lately,
    stations=official_stations,
)
