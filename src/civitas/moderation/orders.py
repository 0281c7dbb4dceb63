"""What somebody of the team orders: a decision with its reason, checked once for one case or for ten thousand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.kit.refusals import too_long
from civitas.kit.texts import cleaned
from civitas.kit.verdicts import Refused
from civitas.moderation.models import Reason, Verb

if TYPE_CHECKING:
    from civitas.cities.models import Area, Place
    from civitas.people.actors import Actor
    from civitas.processes.models import Category, Step

LONGEST_TEXT = 1_000
FOR_GOOD = 0
MOST_DAYS = 365


@dataclass(frozen=True)
class Order:
    """A decision as it is ordered. `suspend_days` shuts the author out as well: None not, 0 for good; `takes_over` is 'yes' on purpose."""

    verb: str
    reason: str = ""
    text: str = ""
    category: Category | None = None
    area: Area | None = None
    place: Place | None = None
    step: Step | None = None
    suspend_days: int | None = None
    takes_over: str = ""


def checked(actor: Actor, order: Order) -> Order:
    """The order with cleaned words; raises Refused with a sentence per field."""
    fields: dict[str, str] = {}
    text = cleaned(order.text)
    if order.verb not in Verb.values:
        raise Refused(_("Please choose a decision."), status=400, fields={"verb": _("Please choose a decision.")})
    if order.verb == Verb.SPAM and not order.reason:
        order = replace(order, reason=Reason.SPAM)
    if order.reason not in {"", *Reason.values} or (order.verb == Verb.HIDE and not order.reason):
        fields["reason"] = _("Please choose the reason. The author will read it.")
    if sentence := too_long(text, LONGEST_TEXT):
        fields["text"] = sentence
    elif order.verb == Verb.ASK and not text:
        fields["text"] = _("Please write your question.")
    elif order.reason == Reason.OTHER and order.verb in {Verb.HIDE, Verb.SPAM} and not text:
        fields["text"] = _("Please give the reason in your own words. The author will read it.")
    if order.verb == Verb.MOVE and not (order.category or order.area or order.place or order.step):
        fields["category"] = _("Please say where it goes.")
    if order.verb == Verb.MOVE and order.area and order.place:
        fields["place"] = _("Please choose a district or a place, not both.")
    if order.suspend_days is not None and (order.verb not in {Verb.HIDE, Verb.SPAM} or not 0 <= order.suspend_days <= MOST_DAYS):
        fields["suspend_days"] = _("Please choose for how long.")
    if fields:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=fields)
    for row in (order.category, order.area, order.place, order.step):
        if row is not None and row.city_id != actor.city.pk:
            raise Refused(_("We cannot find this in this city."), status=404)
    return replace(order, text=text)
