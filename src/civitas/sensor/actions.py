"""Keep a search, name it, let it go; what happens to it with its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from civitas.kit.texts import cleaned_line
from civitas.kit.verdicts import Refused
from civitas.people.rates import spend
from civitas.sensor.models import ASKED_LENGTH, NAME_LENGTH, SavedSearch
from civitas.sensor.rules import may_save_search

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.people.models import Participant
    from civitas.sensor.filters import Asked

MOST_SEARCHES = 30
# What is kept of an address: what it asks for, not how it is looked at, and not who asks.
KEPT = ("words", "category", "area", "kind", "status", "process", "service", "period", "with_picture", "answered", "bbox")


def save_search(actor: Actor, asked: Asked, *, name: str, tells: bool) -> SavedSearch:
    """Keep what an address asks for under a name; the same search again only takes the name and the wish to be told.

    Raises Refused with a sentence at the field.
    """
    may_save_search(actor).require()
    assert actor.participant is not None  # the rule
    name, query = checked_name(name), urlencode(asked.only(*KEPT), safe=",")
    if len(query) > ASKED_LENGTH:
        raise Refused(_("This search is too long to keep. Please take some words away."), status=400)
    filters = asked.filters
    box = filters.box
    columns = {
        "name": name,
        "tells": tells,
        "area_id": filters.areas[0] if filters.areas else None,
        "category": filters.category,
        "process": filters.process,
        "service": filters.service,
        "kind": filters.kind,
        "with_picture": int(filters.with_picture),
        "words": filters.words,
        **({"west": box.west, "south": box.south, "east": box.east, "north": box.north} if box else {}),
    }
    mine = SavedSearch.objects.of(actor.city).filter(participant=actor.participant)
    try:
        with transaction.atomic():
            spend(actor, "search")
            known = mine.filter(asked=query).first()
            if known is None and mine.count() >= MOST_SEARCHES:
                sentence = _("You keep %(limit)d searches already. Please let one go first.") % {"limit": MOST_SEARCHES}
                raise Refused(sentence, status=409)
            row = known or SavedSearch(city=actor.city, participant=actor.participant, asked=query)
            for column, value in columns.items():
                setattr(row, column, value)
            row.save()
    except IntegrityError:  # the same form sent twice in the same instant
        return mine.get(asked=query)
    return row


def checked_name(name: str) -> str:
    """A search's name as kept; raises Refused when it is empty or too long."""
    name = cleaned_line(name)
    if not name or len(name) > NAME_LENGTH:
        sentence = (
            _("Please give the search a name.") if not name else _("Please take at most %(limit)d characters.") % {"limit": NAME_LENGTH}
        )
        raise Refused(sentence, status=400, fields={"name": sentence})
    return name


def change_search(actor: Actor, uid: UUID, *, name: str, tells: bool) -> None:
    """Name one's search anew, and say whether to be told; raises Refused (404) when it is not there."""
    name = checked_name(name)
    mine = SavedSearch.objects.of(actor.city).filter(participant=actor.participant, uid=uid)
    if actor.participant is None or not mine.update(name=name, tells=tells):
        raise Refused(_("This search is not there any more."), status=404)


def drop_search(actor: Actor, uid: UUID) -> None:
    """Let one's search go; a second time changes nothing."""
    if actor.participant is not None:
        SavedSearch.objects.of(actor.city).filter(participant=actor.participant, uid=uid).delete()


def export_searches(city: City, participant: Participant) -> dict[str, Any]:
    """The searches that a participant keeps."""
    rows = SavedSearch.objects.of(city).filter(participant=participant).order_by("pk")
    return {"searches": [{"name": row.name, "asked": row.asked, "tells": row.tells, "since": row.made_at.isoformat()} for row in rows]}


def erase_searches(city: City, participant: Participant) -> None:
    """Remove a participant's searches."""
    SavedSearch.objects.of(city).filter(participant=participant).delete()


@transaction.atomic
def adopt_searches(city: City, old: Participant, new: Participant) -> None:
    """Give `new` the searches of `old`; what both keep stays once."""
    theirs = SavedSearch.objects.of(city).filter(participant=new).values_list("asked", flat=True)
    SavedSearch.objects.of(city).filter(participant=old, asked__in=list(theirs)).delete()
    SavedSearch.objects.of(city).filter(participant=old).update(participant=new)
