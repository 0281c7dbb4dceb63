"""Keeping the catalogue: words and figures, states with their reasons, a provider that leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.journal.actions import record, record_many
from civitas.kit.texts import cleaned_line, slugified
from civitas.kit.verdicts import Refused
from civitas.lineage.news import note_hop, recall_hop
from civitas.notices.actions import notify
from civitas.people.actors import actor_of
from civitas.people.models import Participant
from civitas.provision.hops import STATE
from civitas.provision.queries.desk import who_hears
from civitas.provision.queries.one import last_noted, state_before, stories_of
from civitas.provision.rules import may_keep
from civitas.services.actions import count_anew, drop_state, place_in, plan_looks, write_service, write_state
from civitas.services.models import PLAIN, WORDS, Service, ServiceArea, ServicePlace, ServiceState
from civitas.team.queries import deputy_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from civitas.cities.models import Area, City, Place
    from civitas.kit.translated import Translated
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation

PROVIDER_LEFT = "provision.provider_left"


def held_service(actor: Actor, service: Service, version: int | None) -> Service:
    """The service under a lock; raises Refused for who may not, or (409) when somebody changed it since `version`."""
    may_keep(actor, service).require()
    rows = Service.objects.of(actor.city).select_for_update(of=("self",)).select_related("organisation", "responsible", "owner")
    row: Service = rows.get(pk=service.pk)
    row.city = actor.city
    if version is not None and row.version != version:
        raise Refused(_("Someone else changed this meanwhile. Please compare and save yours again; it is kept."), status=409)
    return row


def _check_city(actor: Actor, *rows: Any) -> None:
    if any(row is not None and row.city_id != actor.city.pk for row in rows):
        raise Refused(_("We cannot find this in this city."), status=404)


@transaction.atomic
def add_service(actor: Actor, *, name: Translated, summary: Translated, status: str, organisation: Organisation | None = None) -> Service:
    """A service that is new in the catalogue; the same form sent twice adds one. Raises Refused where another has its name."""
    may_keep(actor).require()
    _check_city(actor, organisation)
    key = slugified(name.in_language("de"), longest=80)
    sentence = ""
    if not key:
        sentence = _("Please give the service a name.")
    elif (known := Service.objects.of(actor.city).filter(key=key).first()) is not None:
        if (known.name, known.summary, known.status, known.organisation) == (name, summary, status, organisation):
            found: Service = known
            return found
        sentence = _("Another service already has this name. Please choose another one.")
    if sentence:
        raise Refused(sentence, status=400, fields={"name": sentence})
    row = Service(city=actor.city, key=key, name=name, summary=summary, status=status, organisation=organisation)
    row.keep_by_hand("name", "summary", "status", "organisation")
    write_service(row)
    count_anew(actor.city)
    record(actor.city, by=actor.uid, verb="service.added", subject=f"service:{row.pk}", details={"status": status})
    return row


@transaction.atomic
def set_service(
    actor: Actor,
    service: Service,
    *,
    version: int,
    values: Mapping[str, Any],
    areas: Sequence[Area] | None = None,
    places: Sequence[Place] | None = None,
) -> Service:
    """Change what the catalogue says of a service. `values` are columns of `WORDS` and `PLAIN`; what is given and differs is from now
    on the city's own, also when the pack is loaded again. Raises Refused (409) when somebody changed it since `version`."""
    row = held_service(actor, service, version)
    _check_city(actor, *(values.get(name) for name in ("organisation", "responsible", "owner")), *(areas or ()), *(places or ()))
    changed = [name for name in (*WORDS, *PLAIN) if name in values and getattr(row, name) != values[name]]
    if not str(values.get("name", row.name)):
        raise Refused(_("Please give the service a name."), status=400, fields={"name": _("Please give the service a name.")})
    for name in changed:
        setattr(row, name, values[name])
    if "organisation" in changed:
        row.provider_left_on = None
    changed += _move(row, areas, places)
    if not changed:
        return row
    row.keep_by_hand(*changed)
    row.version += 1
    write_service(row)
    if "started_on" in changed:
        plan_looks(row, anew=True)
    count_anew(actor.city)
    record(actor.city, by=actor.uid, verb="service.set", subject=f"service:{row.pk}", details={"fields": [*changed]})
    return row


def _move(row: Service, areas: Sequence[Area] | None, places: Sequence[Place] | None) -> list[str]:
    """Bring areas and places to what is wanted; which of both changed."""
    changed = []
    rows = ServiceArea.objects.of(row.city_id).filter(service=row)
    if areas is not None and set(rows.values_list("area", flat=True)) != {area.pk for area in areas}:
        place_in(row, areas)
        changed.append("areas")
    met = ServicePlace.objects.of(row.city_id).filter(service=row)
    if places is not None and (known := set(met.values_list("place", flat=True))) != {place.pk for place in places}:
        met.exclude(place__in=places).delete()
        new = [ServicePlace(city_id=row.city_id, service=row, place=place) for place in places if place.pk not in known]
        ServicePlace.objects.bulk_create(new, ignore_conflicts=True)
        changed.append("places")
    return changed


@transaction.atomic
def change_state(
    actor: Actor,
    service: Service,
    status: str,
    *,
    version: int | None,
    reason: Translated,
    body: str = "",
    at: dt.datetime | None = None,
) -> ServiceState:
    """Bring a service into a state, with the reason that people read and who decided it; who gave what it came from is told.

    Raises Refused when it is in that state already, without a reason, or (409) when somebody changed it since `version`.
    """
    row = held_service(actor, service, version)
    fields = {}
    if status not in Service.Status.values:
        fields["status"] = _("Please choose one.")
    elif status == row.status:
        fields["status"] = _("The service is in this state already.")
    if not reason.in_language("de"):
        fields["reason"] = _("Please say why. People read it on the service’s page.")
    if fields:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=fields)
    return bring_into(actor, row, status, reason=reason, body=body, at=at)


def bring_into(
    actor: Actor, row: Service, status: str, *, reason: Translated, body: str = "", at: dt.datetime | None = None
) -> ServiceState:
    """Write a state with all that follows from it; the caller has asked its rule and holds the row."""
    row.keep_by_hand("status")
    row.save(update_fields=["by_hand"])
    state = write_state(row, status, at=at or timezone.now(), reason=reason, body=cleaned_line(body)[:160], by=actor.participant)
    count_anew(actor.city)
    record(actor.city, by=actor.uid, verb="service.state", subject=f"service:{row.pk}", details={"status": status})
    for story in stories_of(actor.city, [row.pk]):
        note_hop(actor.city, story.contribution, STATE, state.pk, by=actor.uid)
    return state


@transaction.atomic
def take_back_state(actor: Actor, service: Service, state: int) -> Service:
    """Take the state (key) back that was noted last, by mistake: it never was, and who was told of it gets a correction, once.

    Raises Refused (409) when another one is the last meanwhile, or nobody knows what was before.
    """
    row = held_service(actor, service, None)
    last = last_noted(actor.city, row)
    if last is None or last.pk != state:
        raise Refused(_("This was taken back already, or another state came after it. Please look at how it stands."), status=409)
    if not (before := state_before(actor.city, last)):
        raise Refused(_("Nobody noted what was before. Please change the state, and say why."), status=409)
    last.service = row
    drop_state(last, before)
    count_anew(actor.city)
    recall_hop(actor.city, STATE, state)
    details = {"status": last.status, "back_to": before}
    record(actor.city, by=actor.uid, verb="service.state_taken_back", subject=f"service:{row.pk}", details=details)
    return row


@transaction.atomic
def part_with_provider(actor: Actor, service: Service, *, version: int, left_on: dt.date, responsible: Organisation | None) -> Service:
    """Say that the provider no longer provides the service, and who answers now (None: nobody yet); the team is told once."""
    row = held_service(actor, service, version)
    _check_city(actor, responsible)
    if row.organisation is None or row.provider_left_on is not None:
        raise Refused(_("This has been noted already."), status=409)
    if responsible is not None and responsible.pk == row.organisation_id:
        sentence = _("Who leaves cannot answer for the service. Please choose somebody else, or nobody yet.")
        raise Refused(sentence, status=400, fields={"responsible": sentence})
    row.provider_left_on, row.responsible = left_on, responsible
    row.keep_by_hand("organisation", "responsible")
    row.version += 1
    write_service(row)
    record(
        actor.city, by=actor.uid, verb="service.provider_left", subject=f"service:{row.pk}", details={"organisation": row.organisation_id}
    )
    notify(actor.city, who_hears(actor.city, row), PROVIDER_LEFT, f"service:{row.pk}", f"left-{row.organisation_id}-{left_on:%Y%m%d}")
    return row


@transaction.atomic
def hand_over_services(city: City, participant: int) -> None:
    """Entrust the services of somebody who has left the team to who stands in for them, or to nobody yet; safe to run twice."""
    person = Participant.objects.of(city).filter(pk=participant).select_related("city").first()
    if person is None or actor_of(person).is_staff:
        return
    deputy = deputy_of(person)
    rows = Service.objects.of(city).filter(owner=person)
    subjects = [(f"service:{pk}", {"deputy": deputy is not None}) for pk in rows.order_by("pk").values_list("pk", flat=True)]
    rows.update(owner=deputy, version=F("version") + 1)
    record_many(city, by=None, verb="service.handed_over", rows=subjects)
