"""The newsletter of a city: new processes and their news, for who agreed to get it. Nobody follows these, so it needs consent."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.cities.models import City
from civitas.kit.rooms import DECISIONS, WEEKLY, NoticeKind, Purpose, Worded
from civitas.notices.actions import notify
from civitas.people.consents import holding
from civitas.processes.models import News, Process
from civitas.processes.notices import mail_of_news

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.notices.models import Notice

NEWSLETTER = "newsletter"
TOLD = "processes.newsletter"
# So far back it looks each time: a worker that stood still for some hours leaves nothing out.
_LOOKS_BACK = dt.timedelta(days=1)
_LONGEST_BRIEF = 200


def tell_what_is_new(*, now: dt.datetime | None = None) -> None:
    """Note processes and news that came before the public during the last day for who gets the newsletter, each once."""
    now = now or timezone.now()
    lately = (now - _LOOKS_BACK, now)
    for city in City.objects.order_by("pk"):
        if not city.has_module("processes"):
            continue
        shown = Process.objects.of(city).filter(state=Process.State.PUBLISHED)
        new = list(shown.filter(published_at__range=lately).order_by("pk").values_list("pk", flat=True))
        news = News.objects.of(city).filter(published_at__range=lately, process__in=shown).order_by("pk").values_list("pk", flat=True)
        subjects = [*(f"process:{pk}" for pk in new), *(f"news:{pk}" for pk in news)]
        readers = _readers(city) if subjects else []
        for subject in subjects if readers else []:
            with transaction.atomic():
                notify(city, readers, TOLD, subject, "new")


def _readers(city: City) -> list[UUID]:
    rows = holding(city, NEWSLETTER).filter(participant__erased_at=None, participant__city=city)
    return list(rows.order_by("pk").values_list("participant__uid", flat=True))


def fetch_new(city: City, notices: list[Notice]) -> None:
    """Read what many notices are about in two queries."""
    keys: dict[str, set[int]] = {"process": set(), "news": set()}
    for notice in notices:
        kind, _colon, key = notice.subject.partition(":")
        keys[kind].add(int(key))
    shown = Process.objects.of(city).filter(state=Process.State.PUBLISHED)
    rows: dict[str, Any] = {f"process:{row.pk}": row for row in shown.filter(pk__in=keys["process"])}
    told = News.objects.of(city).filter(pk__in=keys["news"], process__in=shown, published_at__lte=timezone.now())
    rows |= {f"news:{row.pk}": row for row in told.select_related("process")}
    for notice in notices:
        notice.fetched = {**(notice.fetched or {}), "new": rows.get(notice.subject)}


def word_new(city: City, notice: Notice) -> Worded | None:
    """A new process, or news of one; nothing to say where it is not shown any more."""
    if not notice.fetched:
        fetch_new(city, [notice])
    row: Process | News | None = (notice.fetched or {})["new"]
    if row is None:
        return None
    if isinstance(row, News):
        return mail_of_news(row.process, row, _("There is something new:"))
    lead = str(row.question or row.lead)
    lines = tuple(filter(None, (_("You can take part in something new."), lead)))
    subject = _("New: %(title)s") % {"title": row.title}
    return Worded(subject, lines, reverse("process", args=[row.slug]), _("Read it"), brief=lead[:_LONGEST_BRIEF])


PURPOSE = Purpose(
    NEWSLETTER,
    gettext_lazy("Newsletter by mail"),
    gettext_lazy(
        "The city may use my mail address to tell me at most once a week what is new here: new processes and their news, also of those "
        "that I do not follow."
    ),
    version=1,
    withdrawal=gettext_lazy("If you take it back, no further newsletter comes. News of what you gave or follow still comes as you chose."),
)
KIND = NoticeKind(
    TOLD,
    gettext_lazy("Newsletter: what is new in the city"),
    word_new,
    prepare=fetch_new,
    topic=DECISIONS,
    rhythm=WEEKLY,
    consent=NEWSLETTER,
)
