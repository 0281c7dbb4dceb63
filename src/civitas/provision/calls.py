"""What waits for whoever steers, of services: indicators whose day has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.kit.days import day
from civitas.kit.rooms import Call
from civitas.kit.templatetags.kit import number
from civitas.provision.queries.desk import due_indicators
from civitas.provision.rules import may_keep

if TYPE_CHECKING:
    from civitas.people.actors import Actor


def calls_of(actor: Actor) -> list[Call]:
    """One call for all indicators that are due, for who keeps the catalogue; two queries at most."""
    if not actor.city.has_module("services") or not may_keep(actor):
        return []
    rows = due_indicators(actor.city)
    first = rows.first()
    if first is None or first.next_on is None:
        return []
    count = rows.count()
    shown = {"shown": number(count), "number": count}
    title = ngettext("%(shown)s indicator waits to be looked at", "%(shown)s indicators wait to be looked at", count) % shown
    text = _("%(service)s waits longest, since %(day)s.") % {"service": first.service.name, "day": day(first.next_on)}
    path = reverse("staff_service", args=[first.service.key]) + "#kennzahlen"
    return [Call(title, text, path, _("Look at it"), "calendar", late=first.next_on < timezone.localdate(), weight=40)]
