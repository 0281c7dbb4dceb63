"""Letters: write to somebody, the inbox, a conversation, blocking, switching off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.kit.ids import read_key
from civitas.kit.languages import html_language
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import show_refusal
from civitas.kit.templatetags.kit import localized
from civitas.kit.verdicts import Refused
from civitas.meeting import letters
from civitas.meeting.forms import LetterForm
from civitas.meeting.models import Block
from civitas.meeting.queries import (
    CONVERSATIONS_A_PAGE,
    LETTERS_A_PAGE,
    blocks_of,
    conversation_between,
    correspondence_of,
    joining_by_key,
    letters_are_off,
    letters_page,
    other_in,
    seat_of,
    standing,
)
from civitas.meeting.rules import SIGN_IN, may_reply, may_write
from civitas.meeting.views.joinings import found
from civitas.people.actions import guest_by_claim, proves_mail
from civitas.people.actors import remember_guest
from civitas.people.tabs import account_tabs
from civitas.processes.policies import rules_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from civitas.contributions.models import Contribution
    from civitas.meeting.models import Seat
    from civitas.people.models import Participant


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, number: int, key: int | None = None) -> HttpResponse:
    """Write to the author of a contribution, or as its author to somebody who joined (`key`: the joining)."""
    row = found(request, number)
    to = row.author if key is None else _joined(request, row, key)
    person = request.actor.participant
    if request.method != "POST" and person is not None and to is not None:
        known = conversation_between(row, person, to.pk)
        if known is not None:
            return redirect(localized(known.path))
    form = LetterForm(request.actor, request.POST if request.method == "POST" else None)
    if request.method == "POST" and to is not None and form.is_valid():
        try:
            letter = letters.write_letter(request.actor, row, to, language=html_language(request.language), **_typed(form))
        except Refused as refused:
            show_refusal(form, refused)
            return _write_page(request, row, to, form, status=422 if refused.fields else refused.status)
        messages.success(request, _("Your letter is on its way. The answer arrives here, and you get a mail."))
        return SeeOther(localized(letter.conversation.path))
    return _write_page(request, row, to, form, status=200 if request.method != "POST" else 422)


def _joined(request: HttpRequest, row: Contribution, key: int) -> Participant:
    joining = joining_by_key(request.city, key)
    if joining is None or joining.contribution_id != row.pk or joining.hidden_at is not None:
        raise Http404
    return joining.participant


def _typed(form: LetterForm) -> dict[str, Any]:
    return {"uid": form.cleaned_data["uid"], "text": form.cleaned_data["text"], "organisation": form.chosen_organisation}


def _write_page(request: HttpRequest, row: Contribution, to: Participant | None, form: LetterForm, *, status: int) -> HttpResponse:
    allowed = may_write(request.actor, row, to)
    context = {
        "item": row,
        "to": to,
        "allowed": allowed,
        "asks_sign_in": allowed.status == SIGN_IN,
        "form": form,
        "here": request.path,
        "draft_key": f"letter-{row.number}-{to.pk if to else 0}",
    }
    return render(request, "meeting/write.html", context, status=403 if status == SIGN_IN else status)


@login_not_required
@never_cache
@require_safe
def show_inbox(request: HttpRequest) -> HttpResponse:
    """All conversations, whom one has blocked, and whether one wants letters at all."""
    person = _me(request)
    if person is None:
        return redirect_to_login(request.get_full_path())
    lines, cursor = correspondence_of(person, cursor=request.GET.get("nach", ""))
    context = {
        "tabs": account_tabs(request, "letters"),
        "lines": lines,
        "me": person,
        "next_url": f"?nach={cursor}" if cursor else "",
        "size": CONVERSATIONS_A_PAGE,
        "is_off": letters_are_off(person),
        "kept_months": rules_of(request.city).keep_letters_months,
        "blocks": blocks_of(person),
    }
    return render(request, "meeting/inbox.html", context)


def _me(request: HttpRequest) -> Participant | None:
    if request.city is None:
        raise Http404
    person: Participant | None = request.actor.participant
    return person


@login_not_required
@never_cache
@require_safe
def show_conversation(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The letters of two people; others do not find it."""
    if _me(request) is None:
        return redirect_to_login(request.get_full_path())
    return _conversation_page(request, _seat(request, uid))


def _seat(request: HttpRequest, uid: UUID) -> Seat:
    person = _me(request)
    seat = seat_of(person, uid) if person else None
    if seat is None:
        raise Http404
    return seat


def _conversation_page(request: HttpRequest, seat: Seat, *, form: LetterForm | None = None, status: int = 200) -> HttpResponse:
    conversation = seat.conversation
    to = other_in(conversation, seat.participant)
    page = letters_page(conversation, cursor=request.GET.get("nach", ""))
    allowed = may_reply(request.actor, conversation, to)
    stands = standing(request.actor, conversation.contribution, other=to.pk) if to else None
    context = {
        "tabs": account_tabs(request, "letters"),
        "conversation": conversation,
        "item": conversation.contribution,
        "seat": seat,
        "me": seat.participant,
        "to": to,
        "rows": page.rows,
        "earlier_url": f"?nach={page.next_cursor}" if page.next_cursor else "",
        "is_further": bool(request.GET.get("nach")),
        "size": LETTERS_A_PAGE,
        "allowed": allowed,
        "has_blocked": bool(stands and stands.has_blocked),
        "form": form or LetterForm(request.actor) if allowed else None,
        "kept": form["text"].value() if form is not None and not allowed else "",
        "draft_key": f"letter-{conversation.uid}",
        "answered": request.GET.get("gesendet") == "1",
        "kept_months": rules_of(request.city).keep_letters_months,
    }
    return render(request, "meeting/conversation.html", context, status=403 if status == SIGN_IN else status)


@login_not_required
@require_POST
def answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write back. What cannot be sent comes back with the reason and everything typed."""
    seat = _seat(request, uid)
    form = LetterForm(request.actor, request.POST)
    if not form.is_valid():
        return _conversation_page(request, seat, form=form, status=422)
    to = other_in(seat.conversation, seat.participant)
    try:
        letters.reply(request.actor, seat.conversation, to, language=html_language(request.language), **_typed(form))
    except Refused as refused:
        show_refusal(form, refused)
        return _conversation_page(request, seat, form=form, status=422 if refused.fields else refused.status)
    return SeeOther(localized(seat.conversation.path) + "?gesendet=1#letzter")


@login_not_required
@require_POST
def note_read(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Nothing is new here any more: the page says so by itself with a script, by a button without."""
    seat = _seat(request, uid)
    letters.mark_read(seat, up_to=read_key(request.POST.get("bis", "")) or 0)
    return HttpResponse("") if "HX-Request" in request.headers else redirect("letters")


@login_not_required
@require_POST
def change_block(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Block the other of this conversation, or lift the block."""
    seat = _seat(request, uid)
    other = other_in(seat.conversation, seat.participant)
    if other is None:
        raise Http404
    if request.POST.get("back"):
        row = Block.objects.of(request.city).filter(blocker=seat.participant, blocked=other).first()
        if row is not None:
            letters.unblock(request.actor, row)
        messages.success(request, _("The block is lifted. You can write to each other again."))
    else:
        letters.block(request.actor, other)
        messages.success(request, _("You will hear nothing more from this person. We do not tell them."))
    return SeeOther(localized(seat.conversation.path))


@login_not_required
@require_POST
def lift_block(request: HttpRequest, key: int) -> HttpResponse:
    """Lift a block from the list of those one has blocked."""
    person = _me(request)
    row = Block.objects.of(request.city).filter(pk=key, blocker=person).first() if person else None
    if row is None:
        raise Http404
    letters.unblock(request.actor, row)
    messages.success(request, _("The block is lifted. You can write to each other again."))
    return SeeOther(reverse("letters") + "#gesperrt")


@login_not_required
@require_POST
def change_wish(request: HttpRequest) -> HttpResponse:
    """Letters, or none."""
    if _me(request) is None:
        return redirect("account_login")
    if request.POST.get("wish") == "off":
        letters.switch_letters_off(request.actor)
        messages.success(request, _("Saved. Nobody can write letters to you now."))
    else:
        letters.switch_letters_on(request.actor)
        messages.success(request, _("Saved. People can write letters to you again."))
    return SeeOther(reverse("letters"))


@login_not_required
@never_cache
@require_safe
def open_by_mail(request: HttpRequest, uid: UUID, token: str) -> HttpResponse:
    """The link in a guest's mail: it proves that its reader owns the address, so the letter opens on this device too."""
    if request.city is None:
        raise Http404
    guest = guest_by_claim(request.city, token)
    if not proves_mail(guest, token):
        raise Http404
    response = redirect(localized(f"/konto/briefe/{uid}"))
    if request.actor.participant is None and not request.user.is_authenticated:
        remember_guest(response, guest)
    elif request.actor.participant is None or request.actor.participant.pk != guest.pk:
        # Somebody else is here; the claim page says how to bring both together.
        response = redirect("claim", token=token)
    return response
