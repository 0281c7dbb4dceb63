"""Views of the queue that somebody of the team keeps under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.kit.texts import cleaned_line
from civitas.kit.verdicts import Refused
from civitas.moderation.models import SavedView
from civitas.moderation.rules import may_decide

if TYPE_CHECKING:
    from civitas.people.actors import Actor

MOST_VIEWS = 20


def keep_view(actor: Actor, *, name: str, query: str) -> None:
    """Keep a view of one's own; the same name again changes it. Raises Refused."""
    may_decide(actor).require()
    name = cleaned_line(name)[:60]
    if actor.participant is None or not name:
        raise Refused(_("Please give the view a name of at most 60 characters."), status=400)
    rows = SavedView.objects.of(actor.city).filter(participant=actor.participant)
    if rows.filter(name=name).update(query=query[:500]):
        return
    if rows.count() >= MOST_VIEWS:
        raise Refused(_("You keep 20 views already. Please remove one first."), status=409)
    SavedView.objects.bulk_create(
        [SavedView(city=actor.city, participant=actor.participant, name=name, query=query[:500])], ignore_conflicts=True
    )


def forget_view(actor: Actor, key: int) -> None:
    """Remove a view of one's own."""
    may_decide(actor).require()
    SavedView.objects.of(actor.city).filter(pk=key, participant=actor.participant).delete()


def views_of(actor: Actor) -> list[SavedView]:
    """The views that somebody keeps, by name; one query."""
    return list(SavedView.objects.of(actor.city).filter(participant=actor.participant).order_by("name", "pk")[:MOST_VIEWS])
