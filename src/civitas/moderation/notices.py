"""How the news of a decision reads to who flagged something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.kit.rooms import NoticeKind, Worded
from civitas.moderation.models import Case
from civitas.moderation.queries import case_by_key

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.notices.models import Notice


def word_decided(city: City, notice: Notice) -> Worded | None:
    """The team has looked at what one flagged."""
    case = notice.fetched["case"] if notice.fetched else case_by_key(city, _key_of(notice))
    if case is None or case.is_open:
        return None
    title = _title(case)
    about = _("your flag about “%(title)s”") % {"title": title} if title else _("your flag")
    first = _("Thank you for looking out. We have looked at %(about)s.") % {"about": about}
    second = {
        Case.Decision.FINE.value: _("We find nothing that breaks the rules of dialogue, so it stays as it is."),
        Case.Decision.DEALT_WITH.value: _("You were right to tell us. We have dealt with it."),
    }[case.decision]
    words = (first, second, *([case.decision_text] if case.decision_text else []))
    path = case.letter.conversation.path if case.letter else case.contribution.path if case.contribution else "/"
    return Worded(_("We have looked at what you flagged"), words, path, _("Look at it"))


def fetch_cases(city: City, notices: list[Notice]) -> None:
    """Read what many notices are about in one query each for things and letters."""
    found = Case.objects.of(city).select_related(
        "contribution", "contribution__root", "letter", "letter__conversation", "letter__conversation__contribution"
    )
    cases = found.in_bulk({_key_of(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {"case": cases.get(_key_of(notice))}


def _key_of(notice: Notice) -> int:
    return int(notice.subject.partition(":")[2])


def _title(case: Case) -> str:
    if case.contribution is not None:
        return case.contribution.title or (case.contribution.root.title if case.contribution.root else "")
    return case.letter.conversation.contribution.title if case.letter else ""


KINDS = (NoticeKind("moderation.decided", gettext_lazy("What became of your flags"), word_decided, prepare=fetch_cases),)
