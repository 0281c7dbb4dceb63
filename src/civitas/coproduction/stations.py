"""What happened to concepts, for their stories: who decided what, when and why."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import F
from django.utils.translation import gettext as _

from civitas.coproduction.models import Decider, GateDecision
from civitas.kit.rooms import Station

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_TONES: dict[str, Literal["good", "change", "bad"]] = {"go": "good", "change": "change", "stop": "bad"}


def stations_of_concepts(city: Any, keys: Collection[int]) -> Mapping[int, list[Station]]:
    """For each of these contributions what was decided about it at its gates, corrections as stations of their own; two queries."""
    rows = GateDecision.objects.of(city).filter(gate__concept__contribution__in=keys).order_by("pk")
    decisions = list(rows.select_related("gate__concept__contribution"))
    names = _deciders(city, {row.gate_id for row in decisions})
    found: dict[int, list[Station]] = {}
    for row in decisions:
        found.setdefault(row.gate.concept.contribution_id, []).append(_station(city, row, names.get(row.gate_id, [])))
    return found


def decisions_in_words(city: Any, keys: Collection[int]) -> Mapping[int, Station]:
    """For the news of all upstream: what these decisions say, as long as they count; one that was corrected is left out."""
    rows = GateDecision.objects.of(city).filter(pk__in=keys, version=F("gate__version")).order_by("pk")
    decisions = list(rows.select_related("gate__concept__contribution"))
    names = _deciders(city, {row.gate_id for row in decisions})
    return {row.pk: _station(city, row, names.get(row.gate_id, [])) for row in decisions}


def _deciders(city: Any, gates: Collection[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    if gates:
        for row in Decider.objects.of(city).filter(gate__in=gates).select_related("participant").order_by("pk"):
            names.setdefault(row.gate_id, []).append(row.participant.shown_name)
    return names


def _station(city: Any, row: GateDecision, names: list[str]) -> Station:
    said = {"go": _("“%(gate)s” It goes on"), "change": _("“%(gate)s” To be changed"), "stop": _("“%(gate)s” Stopped")}[row.verdict]
    title = said % {"gate": row.gate.title}
    if row.correction:
        title = _("Corrected: %(what)s") % {"what": title}
    # A decision stands on the day of the meeting; a correction when it was made.
    day = dt.datetime.combine(row.decided_on, dt.time(12), city.zone)
    who = f"{row.body} ({', '.join(names)})" if names else row.body
    path = f"{row.gate.concept.contribution.path}#entscheidungen"
    at, tone = row.at if row.correction else min(day, row.at), _TONES[row.verdict]
    return Station(at, title, row.reason, who, path, tone, subject=f"gate-{row.gate_id}", key=row.pk)
