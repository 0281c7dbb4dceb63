"""What a service is measured by: adding an indicator, taking one away, and looking at it on its day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.journal.actions import record
from civitas.kit.texts import slugified
from civitas.kit.verdicts import Refused
from civitas.notices.actions import notify
from civitas.provision.actions.catalogue import held_service
from civitas.provision.queries.desk import due_indicators, who_hears
from civitas.provision.rules import may_keep
from civitas.services.actions import next_look, plan_looks
from civitas.services.models import Indicator, IndicatorLook, Service

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from civitas.cities.models import City
    from civitas.kit.translated import Translated
    from civitas.people.actors import Actor

DUE = "provision.due"
MOST_INDICATORS = 12


@transaction.atomic
def add_indicator(actor: Actor, service: Service, *, name: Translated, unit: Translated, target: Decimal | None) -> Indicator:
    """Say by what a service is measured; it is looked at 6 and 12 months after operation began. The same form sent twice adds one."""
    may_keep(actor, service).require()
    service = held_service(actor, service, None)
    rows = Indicator.objects.of(actor.city).filter(service=service)
    key = slugified(name.in_language("de"))
    if not key:
        sentence = _("Please give the indicator a name.")
        raise Refused(sentence, status=400, fields={"indicator": sentence})
    if (known := rows.filter(key=key).first()) is not None:
        if (known.name, known.unit, known.target) == (name, unit, target):
            return known
        sentence = _("The service has an indicator of this name already.")
        raise Refused(sentence, status=409, fields={"indicator": sentence})
    if rows.count() >= MOST_INDICATORS:
        raise Refused(_("A service has at most %(most)d indicators.") % {"most": MOST_INDICATORS}, status=409)
    row = Indicator.objects.create(city=actor.city, service=service, key=key, name=name, unit=unit, target=target)
    _own(actor, service)
    plan_looks(service)
    record(actor.city, by=actor.uid, verb="indicator.added", subject=f"indicator:{row.pk}", details={"service": service.pk})
    return row


@transaction.atomic
def drop_indicator(actor: Actor, indicator: Indicator) -> None:
    """Take an indicator away that nobody has looked at yet; what was found once stays to be read."""
    service = held_service(actor, indicator.service, None)
    if IndicatorLook.objects.of(actor.city).filter(indicator=indicator).exists():
        raise Refused(_("Somebody has looked at it already. What was found stays to be read."), status=409)
    _own(actor, service)
    record(actor.city, by=actor.uid, verb="indicator.dropped", subject=f"indicator:{indicator.pk}")
    Indicator.objects.of(actor.city).filter(pk=indicator.pk).delete()


@transaction.atomic
def note_look(
    actor: Actor, indicator: Indicator, *, value: Decimal, note: Translated, looked_on: dt.date, next_on: dt.date | None = None
) -> IndicatorLook:
    """Note what was found on a day, and when somebody looks next (6, 12 months after operation began, then each year, unless said).

    A second look on the same day takes the place of the first.
    """
    may_keep(actor, indicator.service).require()
    fields = {}
    if looked_on > timezone.localdate():
        fields["looked_on"] = _("This day is still to come.")
    if next_on is not None and next_on <= looked_on:
        fields["next_on"] = _("The next look comes after this one.")
    if fields:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=fields)
    row = Indicator.objects.of(actor.city).select_for_update(of=("self",)).select_related("service").get(pk=indicator.pk)
    look, _made = IndicatorLook.objects.of(actor.city).update_or_create(
        indicator=row, looked_on=looked_on, defaults={"city": actor.city, "value": value, "note": note, "by": actor.participant}
    )
    if next_on is None and row.service.started_on is not None:
        next_on = next_look(row.service.started_on, looked_on)
    row.next_on = None if row.service.status == Service.Status.ENDED else next_on
    row.save(update_fields=["next_on"])
    record(actor.city, by=actor.uid, verb="indicator.looked", subject=f"indicator:{row.pk}", details={"look": look.pk})
    return look


def _own(actor: Actor, service: Service) -> None:
    service.keep_by_hand("indicators")
    Service.objects.of(actor.city).filter(pk=service.pk).update(by_hand=service.by_hand)


@transaction.atomic
def remind_of_due(city: City) -> int:
    """Tell in whose care a service is (else who keeps the catalogue) that an indicator is due, once for each day that it was due on."""
    rows = list(due_indicators(city))  # a city has some hundreds at most; those told before stand first, so a limit would hide the rest
    for row in rows:
        assert row.next_on is not None  # only those with a day are due
        notify(city, who_hears(city, row.service), DUE, f"indicator:{row.pk}", f"due-{row.next_on:%Y%m%d}")
    return len(rows)
