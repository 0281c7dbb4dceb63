"""Feedback on a service: how it was, as a count alone; what should be better, as an improvement in the Bürgersensor."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.actions import submit_contribution
from civitas.contributions.models import Contribution
from civitas.contributions.queries import contribution_by_uid
from civitas.kit.texts import cleaned
from civitas.kit.verdicts import Refused
from civitas.people.rates import first_today, spend
from civitas.processes.queries import standing_step
from civitas.provision.models import Rating
from civitas.provision.rules import may_give_feedback

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.cities.models import Area, Place
    from civitas.people.actors import Actor
    from civitas.services.models import Service

LONGEST_LINE = 100


@transaction.atomic
def give_feedback(
    actor: Actor,
    service: Service,
    *,
    uid: UUID,
    face: str = "",
    words: str = "",
    place: Place | None = None,
    area: Area | None = None,
    language: str = "de",
) -> Contribution | None:
    """Take what somebody says of a service: a rating counts for its month, once a day and person; words become an improvement of it.

    The same form sent twice gives what it gave. Returns the improvement, None for a rating alone. Raises Refused with a sentence per field.
    """
    may_give_feedback(actor, service).require()
    known = contribution_by_uid(actor.city, uid)
    words = cleaned(words)
    if face and face not in Rating.Face.values:
        raise Refused(_("Please choose one."), status=400, fields={"face": _("Please choose one.")})
    if not face and not words:
        sentence = _("Please choose how it was, or write what should be better.")
        raise Refused(sentence, status=400, fields={"face": sentence})
    given = _improve(actor, service, uid, words, place, area, language) if words else None
    if face and known is None:
        rate(actor, service, face)
    return given


def _improve(actor: Actor, service: Service, uid: UUID, words: str, place: Place | None, area: Area | None, language: str) -> Contribution:
    step = standing_step(actor.city)
    if step is None:
        raise Refused(_("The city takes no contributions here at the moment. How it was, you can still say."), status=409)
    if place is not None and place.city_id != actor.city.pk:
        raise Refused(_("We cannot find this in this city."), status=404)
    on_map = place is not None and place.lat is not None and place.lon is not None
    try:
        return submit_contribution(
            actor,
            step,
            uid=uid,
            kind=Contribution.Kind.IMPROVEMENT,
            title=title_of(words, service),
            text=words,
            service=service,
            lat=place.lat if on_map and place else None,
            lon=place.lon if on_map and place else None,
            area=(place.area if place else None) or area,
            place_name=place.name if place else "",
            language=language,
        )
    except Refused as refused:
        # The form has one field for all words: what is wrong with title or text stands there.
        fields = {{"title": "words", "text": "words"}.get(name, name): sentence for name, sentence in refused.fields.items()}
        raise Refused(refused.reason, status=refused.status, fields=fields) from refused


def title_of(words: str, service: Service) -> str:
    """What an improvement is called: its first sentence, cut at a word where it is long; with the service's name where it is short."""
    first = re.split(r"(?<=[.!?…])\s|\n", words.strip(), maxsplit=1)[0].strip()
    if len(first) > LONGEST_LINE:
        first = first[:LONGEST_LINE].rpartition(" ")[0].rstrip(",;:–- ") + " …"
    bare = first.rstrip(".")
    return bare if len(bare.split()) > 2 else f"{service.name}: {bare}"


def rate(actor: Actor, service: Service, face: str) -> bool:
    """Count how somebody found a service in this month, once a day for each person; whether it counted. In a transaction."""
    spend(actor, "rating")
    if not first_today(actor, f"rating-{service.pk}"):
        return False
    today = timezone.localdate()
    add_ratings(service, dt.date(today.year, today.month, 1), face, 1)
    return True


def add_ratings(service: Service, month: dt.date, face: str, count: int) -> None:
    """Add to the count of a month; two at the same instant both count."""
    first = connection.ops.adapt_datefield_value(month)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO provision_rating (city_id, service_id, month, face, count) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT (city_id, service_id, month, face) DO UPDATE SET count = provision_rating.count + excluded.count",
            [service.city_id, service.pk, first, face, count],
        )
