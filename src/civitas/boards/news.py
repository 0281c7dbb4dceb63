"""News of steps with a board: it is open now, it closes tomorrow, it was concluded. Told to who took part, each once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from civitas.boards.conclusion_models import Conclusion
from civitas.boards.models import Seat
from civitas.boards.rules import board_method
from civitas.cities.models import City
from civitas.contributions.models import MADE, Contribution
from civitas.kit.days import last_day
from civitas.kit.rooms import NoticeKind, Worded
from civitas.notices.actions import notify
from civitas.processes.models import Process, Step
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from civitas.notices.models import Notice

OPENED, CLOSES, CONCLUDED = "boards.opened", "boards.closes", "boards.concluded"
_DAY = dt.timedelta(days=1)


def tell_of_conclusion(step: Step) -> None:
    """Who worked in a step hears that it was concluded, once; in that transaction."""
    notify(step.city, _seated(step.city, [step.pk]), CONCLUDED, f"step:{step.pk}", "concluded")


def tell_of_steps() -> None:
    """Tell who took part so far of each board that opened during the last day, and who sits at one that it closes within a day."""
    now = timezone.now()
    for city in City.objects.only("pk", "slug"):
        near = Q(opens_at__gt=now - _DAY, opens_at__lte=now) | Q(closes_at__gt=now, closes_at__lte=now + _DAY)
        steps = Step.objects.of(city).filter(near, process__city=city, process__state=Process.State.PUBLISHED, process__paused_at=None)
        for step in steps.select_related("process").order_by("pk"):
            step.city = city
            if board_method(step) is not None and state_of(step, now=now) is StepState.OPEN:
                _tell(step, now)


@transaction.atomic
def _tell(step: Step, now: dt.datetime) -> None:
    if step.opens_at and now - _DAY < step.opens_at <= now:
        notify(step.city, _took_part(step), OPENED, f"step:{step.pk}", f"opened-{step.opens_at:%Y%m%d}")
    if step.closes_at and now < step.closes_at <= now + _DAY:
        notify(step.city, _seated(step.city, [step.pk]), CLOSES, f"step:{step.pk}", f"closes-{step.closes_at:%Y%m%d}")


def _seated(city: City, steps: Iterable[int]) -> list[UUID]:
    rows = Seat.objects.of(city).filter(board__step__in=list(steps), board__city=city, sent_away_at=None, participant__isnull=False)
    return list(rows.filter(participant__erased_at=None).order_by("pk").values_list("participant__uid", flat=True))


def _took_part(step: Step) -> list[UUID]:
    """Who gave something to the process, or sat at a board of an earlier step."""
    earlier = Step.objects.of(step.city_id).filter(process=step.process_id, position__lt=step.position).values_list("pk", flat=True)
    given = Contribution.objects.of(step.city_id).filter(process=step.process_id, author__isnull=False, author__erased_at=None)
    authors = given.exclude(kind__in=MADE).order_by("author").values_list("author__uid", flat=True).distinct()
    return list(dict.fromkeys([*_seated(step.city, earlier), *authors]))


def _step(city: City, notice: Notice) -> Step | None:
    key = notice.subject.partition(":")[2]
    rows = Step.objects.of(city).filter(pk=key, process__city=city, process__state=Process.State.PUBLISHED).select_related("process")
    found: Step | None = notice.fetched["step"] if notice.fetched else rows.first()
    return found


def fetch_steps(city: City, notices: list[Notice]) -> None:
    """Read the steps of many notices in one query."""
    keys = {notice.subject.partition(":")[2] for notice in notices}
    rows = Step.objects.of(city).filter(pk__in=keys, process__city=city, process__state=Process.State.PUBLISHED)
    found = {str(row.pk): row for row in rows.select_related("process")}
    for notice in notices:
        notice.fetched = {**(notice.fetched or {}), "step": found.get(notice.subject.partition(":")[2])}


def _named(step: Step) -> dict[str, str]:
    return {"step": str(step.title), "process": str(step.process.title)}


def _path(step: Step) -> str:
    return reverse("step", args=[step.process.slug, step.position])


def _day(moment: dt.datetime) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")


def word_opened(city: City, notice: Notice) -> Worded | None:
    """The next step is open; nothing to say once it is over."""
    step = _step(city, notice)
    if step is None or step.process.is_paused or state_of(step) is not StepState.OPEN:
        return None
    values = _named(step)
    first = _("You took part in “%(process)s”. Now it goes on: %(step)s.") % values
    intro = (str(step.intro),) if str(step.intro) else ()
    last = (_("It is open until %(day)s. You need no account.") % {"day": _day(last_day(step.closes_at))},) if step.closes_at else ()
    return Worded(_("Now open: %(step)s") % values, (first, *intro, *last), _path(step), _("Go there"))


def word_closes(city: City, notice: Notice) -> Worded | None:
    """The step ends within a day; nothing to say once it is over."""
    step = _step(city, notice)
    if step is None or step.process.is_paused or state_of(step) is not StepState.OPEN or step.closes_at is None:
        return None
    end = last_day(step.closes_at)
    values = _named(step) | {"day": _day(end), "time": date_format(end, "TIME_FORMAT")}
    if end < step.closes_at:
        first = _("The board “%(step)s” closes at the end of %(day)s.") % values
    else:
        first = _("The board “%(step)s” closes on %(day)s at %(time)s.") % values
    last = _("Until then you can still add and change something. After that everybody can read what lies there.")
    return Worded(_("Closes soon: %(step)s") % values, (first, last), _path(step), _("To the board"))


def word_concluded(city: City, notice: Notice) -> Worded | None:
    """The step was concluded, and how much came of it."""
    step = _step(city, notice)
    if step is None:
        return None
    count = Conclusion.objects.of(city).filter(step=step, is_gone=False).count()
    values: dict[str, Any] = _named(step) | {"count": count}
    if not count:
        return None
    first = (
        ngettext(
            "“%(step)s” is concluded. %(count)s result came of what you made together.",
            "“%(step)s” is concluded. %(count)s results came of what you made together.",
            count,
        )
        % values
    )
    last = _("On the page of the process you see how it goes on. Thank you for taking part!")
    return Worded(_("Concluded: %(step)s") % values, (first, last), reverse("process", args=[step.process.slug]), _("See how it goes on"))


KINDS = (
    NoticeKind(OPENED, gettext_lazy("The next step is open"), word_opened, prepare=fetch_steps),
    NoticeKind(CLOSES, gettext_lazy("A board where you sit closes soon"), word_closes, prepare=fetch_steps),
    NoticeKind(CONCLUDED, gettext_lazy("A board where you sat was concluded"), word_concluded, prepare=fetch_steps),
)
