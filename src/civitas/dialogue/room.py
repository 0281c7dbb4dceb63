"""What the dialogue room declares: news of comments, and what it keeps of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.contributions.models import Contribution
from civitas.contributions.notices import about, event_key, fetch_about
from civitas.dialogue.actions import adopt_dialogue, erase_dialogue, leave_dialogue
from civitas.dialogue.mine import render_given, render_liked
from civitas.dialogue.models import Follow, Support
from civitas.dialogue.privacy import taken_in_dialogue
from civitas.dialogue.tasks import MADE_LINKED, MADE_SHOWN
from civitas.kit.rooms import PEOPLE, MySection, NavItem, NoticeKind, PersonalData, Room, Worded

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.notices.models import Notice
    from civitas.people.models import Participant


def word_commented(city: City, notice: Notice) -> Worded | None:
    """Someone commented on what one gave."""
    row = about(city, notice)
    if row is None or row.visibility != Contribution.Visibility.PUBLISHED:
        return None
    comment = notice.fetched["comment"] if notice.fetched else _comments(city).filter(pk=event_key(notice)).first()
    if comment is None:
        return None
    who = comment.speaker or _("Someone")
    lines = (_("%(who)s has written about your contribution “%(title)s”:") % {"who": who, "title": row.title}, comment.text[:1_000])
    return Worded(
        _("A comment on “%(title)s”") % {"title": row.title},
        lines,
        f"{row.path}?kommentar={comment.pk}#k-{comment.pk}",
        _("Read and reply"),
    )


def fetch_comments(city: City, notices: list[Notice]) -> None:
    """Read what many notices of comments are about, and the comments, in two queries."""
    fetch_about(city, notices)
    comments = _comments(city).in_bulk({event_key(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {**(notice.fetched or {}), "comment": comments.get(event_key(notice))}


def _comments(city: City) -> Any:
    published = Contribution.objects.of(city).filter(visibility=Contribution.Visibility.PUBLISHED)
    return published.select_related("author", "organisation", "root")


def export_dialogue(city: City, participant: Participant) -> dict[str, Any]:
    """What a participant supports and follows, as numbers of contributions."""
    mine = {"participant": participant}
    return {
        "supports": list(Support.objects.of(city).filter(**mine).order_by("pk").values_list("contribution__number", flat=True)),
        "follows": list(Follow.objects.of(city).filter(**mine).order_by("pk").values_list("contribution__number", flat=True)),
    }


ROOM = Room(
    key="dialogue",
    account_navigation=(
        NavItem(gettext_lazy("What I gave"), "my_contributions", order=20),
        NavItem(gettext_lazy("What I support"), "my_support", order=30),
        NavItem(gettext_lazy("What I follow"), "my_follows", order=40),
    ),
    my_sections=(MySection(render_given, order=20), MySection(render_liked, order=60, column="side")),
    notice_kinds=(
        NoticeKind(
            "dialogue.commented", gettext_lazy("Comments on your contributions"), word_commented, prepare=fetch_comments, topic=PEOPLE
        ),
    ),
    takes=taken_in_dialogue,
    personal_data=PersonalData(export_dialogue, erase_dialogue, adopt_dialogue, nameless=leave_dialogue),
    on_linked=(MADE_LINKED,),
    on_published=(MADE_SHOWN,),
)
