"""News of flagged cards: to who wrote one that is hidden or shown again, and to who flagged it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.boards.flag_models import FlaggedCard
from civitas.kit.rooms import NoticeKind, Worded
from civitas.kit.templatetags.kit import quoted
from civitas.moderation.wording import friendly

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.notices.models import Notice

CARD_HIDDEN, CARD_SHOWN, FLAG_DECIDED = "boards.card_hidden", "boards.card_shown", "boards.flag_decided"


def _card(city: City, notice: Notice) -> FlaggedCard | None:
    key = notice.subject.partition(":")[2]
    rows = FlaggedCard.objects.of(city).filter(pk=key, board__city=city).select_related("board__step__process")
    found: FlaggedCard | None = notice.fetched["card"] if notice.fetched else rows.first()
    return found


def fetch_cards(city: City, notices: list[Notice]) -> None:
    """Read what many notices are about in one query."""
    keys = {notice.subject.partition(":")[2] for notice in notices}
    rows = FlaggedCard.objects.of(city).filter(pk__in=keys, board__city=city).select_related("board__step__process")
    found = {str(row.pk): row for row in rows}
    for notice in notices:
        notice.fetched = {**(notice.fetched or {}), "card": found.get(notice.subject.partition(":")[2])}


def _path(row: FlaggedCard) -> str:
    return reverse("step", args=[row.board.step.process.slug, row.board.step.position])


def word_hidden(city: City, notice: Notice) -> Worded | None:
    """Why one's card is not shown; nothing once it is shown again."""
    row = _card(city, notice)
    if row is None or row.state != FlaggedCard.State.HIDDEN:
        return None
    first = _("We do not show a card of yours on the board “%(step)s” any more.") % {"step": row.board.step.title}
    said = (quoted(row.text),) if row.text else ()
    last = _("Do you see it differently? Then answer the city: the address is in the imprint. Another person looks at it.")
    return Worded(_("We do not show your card"), (first, *said, friendly(row.reason), last), _path(row), _("To the step"))


def word_shown(city: City, notice: Notice) -> Worded | None:
    """One's card hangs there again."""
    row = _card(city, notice)
    if row is None or row.state != FlaggedCard.State.KEPT:
        return None
    first = _("Your card on the board “%(step)s” hangs there again, as you wrote it.") % {"step": row.board.step.title}
    return Worded(_("Your card is shown again"), (first,), _path(row), _("To the step"))


def word_decided(city: City, notice: Notice) -> Worded | None:
    """What became of one's flag."""
    row = _card(city, notice)
    if row is None or row.state == FlaggedCard.State.OPEN:
        return None
    first = _("You flagged a card on the board “%(step)s”.") % {"step": row.board.step.title}
    hidden, kept = _("The team has hidden it. Thank you for looking out."), _("The team has looked at it and leaves it there.")
    said = hidden if row.state == FlaggedCard.State.HIDDEN else kept
    return Worded(_("What became of your flag"), (first, said), _path(row), _("To the step"))


CARD_KINDS = (
    NoticeKind(CARD_HIDDEN, gettext_lazy("A card of yours was hidden"), word_hidden, prepare=fetch_cards),
    NoticeKind(CARD_SHOWN, gettext_lazy("A card of yours is shown again"), word_shown, prepare=fetch_cards),
    NoticeKind(FLAG_DECIDED, gettext_lazy("The team decided about a card that you flagged"), word_decided, prepare=fetch_cards),
)
