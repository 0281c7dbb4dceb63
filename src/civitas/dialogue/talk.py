"""What a contribution's page shows of its comments: the thread as asked for in the address, and the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from civitas.contributions.giving import expected_giver
from civitas.contributions.machines import asks_proof
from civitas.contributions.models import Contribution
from civitas.contributions.queries import together
from civitas.contributions.waiting import why_waiting
from civitas.dialogue.forms import CommentForm
from civitas.dialogue.queries import comment_by_key
from civitas.dialogue.quotes import quotation_of
from civitas.dialogue.rules import opening
from civitas.dialogue.threads import COMMENTS_A_PAGE, DISCUSSED, MOST_REPLIES, NEWEST, OLDEST, branch_page, sides, thread_page, thread_with
from civitas.kit.ids import read_key
from civitas.kit.rooms import rooms
from civitas.kit.templatetags.kit import localized, number
from civitas.processes.registry import Ability

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.contributions.waiting import Wait
    from civitas.dialogue.threads import Thread
    from civitas.kit.verdicts import Verdict
    from civitas.people.actors import Actor
    from civitas.processes.models import Step

Stance = Contribution.Stance
# How the address names a side, its icon, and the words with its count.
SIDES = {
    "dafuer": (Stance.FOR, "plus", ngettext_lazy("%(number)s in favour", "%(number)s in favour", "count")),
    "dagegen": (Stance.AGAINST, "minus", ngettext_lazy("%(number)s against", "%(number)s against", "count")),
    "neutral": (Stance.NEUTRAL, "equal", ngettext_lazy("%(number)s neutral", "%(number)s neutral", "count")),
}
ORDERS = {NEWEST: gettext_lazy("Newest first"), OLDEST: gettext_lazy("Oldest first"), DISCUSSED: gettext_lazy("Most answered")}
# Below this there is nothing to put in order.
FEW = 3


def talk_context(
    request: HttpRequest, row: Contribution, speaks: Verdict, form: CommentForm | None, *, steps: list[Step] | None = None
) -> dict[str, Any]:
    """The comments and the form. `form` is one that came back.

    The address says which: `?nach=` a cursor, `?folge=` the order, `?sicht=` a side, `?kommentar=` the comment that must be among
    them, `?faden=` the one whose replies alone are shown, `?antwort=` the one replied to, with `&zitat=1` quoted.
    """
    asked = request.GET
    side = asked.get("sicht", "") if asked.get("sicht", "") in SIDES else ""
    order = asked.get("folge", "") if asked.get("folge", "") in ORDERS else NEWEST
    if side and order == DISCUSSED:
        order = NEWEST
    thread = _thread(request, row, side, order)
    titles = {each.pk: each.title for each in row.merged_wordings}
    shown = [each for top in thread.comments for each in (top, *top.replies)]
    places = _places(row, [each.row.pk for each in shown])
    for comment in shown:
        comment.written_on = places.get(comment.row.pk) or titles.get(comment.row.root_id or 0, "")
    reply_to = _reply_to(request, row, form)
    if form is None and speaks:
        words = quotation_of(reply_to.text) if reply_to and asked.get("zitat") else ""
        form = CommentForm(request.actor, initial={"parent": reply_to.pk if reply_to else None, "text": words})
    path, new = localized(row.path), _new_comment(request, row)
    return {
        "comments": thread.comments,
        "next_url": _next_url(path, thread, side, order),
        "page_size": COMMENTS_A_PAGE if thread.branch is None else MOST_REPLIES,
        "branch": thread.branch,
        "cuts": not side and thread.branch is None,
        "is_further": thread.is_further,
        "sides": _sides(row, thread, path, side, order),
        "orders": _orders(row, path, side, order),
        "form": form if speaks else None,
        "quotes": bool(reply_to and asked.get("zitat")),
        "speaks": speaks,
        "wait": _wait(request, row, expected_giver(request), steps) if form and speaks else None,
        "proof": bool(form and speaks and asks_proof(expected_giver(request))),
        "reply_to": reply_to,
        "new_comment": new,
        "new_wait": _wait(request, row, request.actor, steps, text=new.text) if new and new.visibility == "waiting" else None,
        "draft_key": f"comment-{row.number}",
    }


def _places(row: Contribution, comments: list[int]) -> dict[int, str]:
    """What part of the page each of these is about, as the rooms above know it (`Room.comment_places`); what people give has no parts."""
    found: dict[int, str] = {}
    for room in rooms() if comments and row.is_made else ():
        if room.comment_places is not None:
            found |= room.comment_places(row.city_id, comments)
    return found


def _wait(request: HttpRequest, row: Contribution, who: Actor, steps: list[Step] | None, *, text: str = "") -> Wait | None:
    """Why a comment waits for the team, None where it appears at once."""
    _verdict, step = opening(request.actor, row, Ability.COMMENT, steps=steps)
    return why_waiting(who, step, what="comments", text=text, process=row.process)


def _thread(request: HttpRequest, row: Contribution, side: str, order: str) -> Thread:
    key = read_key(request.GET.get("kommentar", ""))
    if key is not None:
        return thread_with(row, key)
    branch = read_key(request.GET.get("faden", ""))
    if branch is not None:
        found = branch_page(row, branch, cursor=request.GET.get("nach", ""))
        if found is not None:
            return found
    return thread_page(row, order=order, stance=SIDES[side][0] if side else "", cursor=request.GET.get("nach", ""))


def _next_url(path: str, thread: Thread, side: str, order: str) -> str:
    if not thread.next_cursor:
        return ""
    if thread.branch is not None:
        return _address(path, faden=str(thread.branch), nach=thread.next_cursor)
    return _address(path, sicht=side, folge=order, nach=thread.next_cursor)


def _address(path: str, **asked: str) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{path}?{query}#kommentare" if query else f"{path}#kommentare"


def _sides(row: Contribution, thread: Thread, path: str, side: str, order: str) -> list[dict[str, Any]]:
    """How many speak for, against, neutrally, each a link that shows those alone; nothing where nobody is for or against."""
    if not row.comment_count:
        return []
    if thread.next_cursor or thread.is_further or side:
        counts = sides(row)
    else:  # the whole thread is here
        shown = [each.row for top in thread.comments for each in (top, *top.replies) if each.is_shown]
        counts = {stance: sum(each.stance == stance for each in shown) for stance in Stance.values}
        if sum(counts.values()) and len(shown) < row.comment_count:  # but for some of very many replies
            counts = sides(row)
    if not side and not (counts[Stance.FOR] or counts[Stance.AGAINST]):
        return []
    found = [{"label": _("All"), "icon": "", "url": _address(path, folge=order), "current": not side}]
    for name, (stance, icon, words) in SIDES.items():
        count = counts[stance]
        if count:
            label = words % {"number": number(count), "count": count}
            found.append({"label": label, "icon": icon, "url": _address(path, sicht=name, folge=order), "current": side == name})
    return found


def _orders(row: Contribution, path: str, side: str, order: str) -> list[dict[str, Any]]:
    if row.comment_count < FEW:
        return []
    return [
        {"label": label, "url": _address(path, sicht=side, folge=name), "current": order == name}
        for name, label in ORDERS.items()
        if not (side and name == DISCUSSED)
    ]


def _reply_to(request: HttpRequest, row: Contribution, form: CommentForm | None) -> Contribution | None:
    key = read_key(str(form.data.get("parent", "")) if form is not None else request.GET.get("antwort", ""))
    return comment_by_key(row, key) if key is not None else None


def _new_comment(request: HttpRequest, row: Contribution) -> Contribution | None:
    """The comment that its author has just sent, to say thanks for."""
    key = read_key(request.GET.get("neu", ""))
    if key is None or request.actor.participant is None:
        return None
    mine = Contribution.objects.of(row.city_id).filter(root__in=together(row), author=request.actor.participant)
    return mine.filter(pk=key).first()
