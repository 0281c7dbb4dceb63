"""What the sensor declares: its place in the navigation, its part of my page, saved searches and the news of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civitas.contributions.models import Contribution
from civitas.contributions.notices import about, fetch_about
from civitas.kit.rooms import DAILY, PEOPLE, MySection, NavItem, NoticeKind, PackSection, PersonalData, Quotes, Room, Worded
from civitas.sensor.actions import adopt_searches, erase_searches, export_searches
from civitas.sensor.mine import render_quarter, render_searches
from civitas.sensor.models import SavedSearch
from civitas.sensor.packs import check_prompts, load_prompts
from civitas.sensor.samples import render_filters
from civitas.sensor.tasks import FOUND, TELL, TELL_MENDED

if TYPE_CHECKING:
    from typing import Any

    from civitas.cities.models import City
    from civitas.notices.models import Notice


def word_found(city: City, notice: Notice) -> Worded | None:
    """Something new fits a search that one follows."""
    row = about(city, notice)
    if row is None or row.visibility != Contribution.Visibility.PUBLISHED:
        return None
    lines = (gettext("Somebody has said something new that fits a search you follow:"), row.title, row.teaser)
    return Worded(gettext("New: “%(title)s”") % {"title": row.title}, lines, row.path, gettext("Read it"), brief=row.teaser)


def _searches(city: City, _ids: list[int]) -> Any:
    return SavedSearch.objects.of(city)


ROOM = Room(
    key="sensor",
    navigation=(
        NavItem(_("Explore"), "explore", module="sensor", order=20),
        NavItem(_("What became of it?"), "outcomes", module="sensor", order=40),
    ),
    pack_sections=(PackSection("prompts", check_prompts, load_prompts, order=60),),
    my_sections=(
        MySection(render_quarter, order=20, column="side", module="sensor"),
        MySection(render_searches, order=50, column="side", module="sensor"),
    ),
    account_navigation=(NavItem(_("My searches"), "my_searches", module="sensor", order=50),),
    notice_kinds=(NoticeKind(FOUND, _("New in searches you follow"), word_found, prepare=fetch_about, topic=PEOPLE, rhythm=DAILY),),
    personal_data=PersonalData(export_searches, erase_searches, adopt_searches),
    gallery_parts=(render_filters,),
    on_published=(TELL,),
    on_mended=(TELL_MENDED,),
    quotes=(Quotes(_searches, ("name", "asked", "words"), anywhere=True),),
)
