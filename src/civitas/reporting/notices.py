"""How the news of a report reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.kit.rooms import DECISIONS, NoticeKind, Worded
from civitas.processes.models import Process
from civitas.reporting.models import Edition
from civitas.reporting.queries import RELEASED

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.notices.models import Notice


def word_released(city: City, notice: Notice) -> Worded | None:
    """There is a report on what one took part in, or follows."""
    rows = Edition.objects.of(city).filter(pk=int(notice.subject.partition(":")[2]))
    edition = rows.select_related("report__process").first()
    if edition is None or edition.report.process.state == Process.State.DRAFT:
        return None
    process = edition.report.process
    names = {"title": process.title}
    path = f"/beteiligung/{process.slug}/bericht"
    first = _("There is a report on “%(title)s” now: what was said, what happens with it, and what does not.") % names
    return Worded(_("Report: %(title)s") % names, (first,), path, _("Read the report"))


KINDS = (NoticeKind(RELEASED, gettext_lazy("Reports on processes that I took part in or follow"), word_released, topic=DECISIONS),)
