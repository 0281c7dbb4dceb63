"""How the team's news about services reads: an indicator that is due, a provider that left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.kit import days
from civitas.kit.rooms import TEAM, NoticeKind, Worded
from civitas.provision.actions.catalogue import PROVIDER_LEFT
from civitas.provision.actions.looking import DUE
from civitas.services.models import Indicator, Service

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.notices.models import Notice

DESK = "/verwaltung/dienstleistungen"


def _key(notice: Notice) -> int:
    return int(notice.subject.partition(":")[2])


def word_due(city: City, notice: Notice) -> Worded | None:
    """An indicator in one's care waits to be looked at; nothing once somebody did."""
    row = Indicator.objects.of(city).filter(pk=_key(notice)).select_related("service").first()
    if row is None or row.next_on is None or f"due-{row.next_on:%Y%m%d}" != notice.event:
        return None
    subject = _("Please look at “%(name)s” again") % {"name": row.service.name}
    first = _("“%(indicator)s” of “%(name)s” is due since %(day)s.") % {
        "indicator": row.name,
        "name": row.service.name,
        "day": days.day(row.next_on),
    }
    second = _("What you find stands on the service’s page, where everybody reads it.")
    return Worded(subject, (first, second), f"{DESK}/{row.service.key}", _("Note what you find"))


def word_left(city: City, notice: Notice) -> Worded | None:
    """The provider of a service left; nothing where it has another one by now."""
    row = Service.objects.of(city).filter(pk=_key(notice)).select_related("organisation", "responsible").first()
    if row is None or row.provider_left_on is None or row.organisation is None:
        return None
    figures = {"provider": row.organisation.name, "name": row.name, "day": days.day(row.provider_left_on)}
    first = _("%(provider)s has not provided “%(name)s” since %(day)s.") % figures
    if row.responsible is not None:
        second = _("Now %(name)s answers for it.") % {"name": row.responsible.name}
    else:
        second = _("Nobody answers for it yet. Please find somebody: its page says so, too.")
    return Worded(_("The provider of “%(name)s” left") % {"name": row.name}, (first, second), f"{DESK}/{row.key}", _("Open it"))


KINDS = (
    NoticeKind(DUE, gettext_lazy("Indicators that are due"), word_due, topic=TEAM),
    NoticeKind(PROVIDER_LEFT, gettext_lazy("Providers of services that left"), word_left, topic=TEAM),
)
