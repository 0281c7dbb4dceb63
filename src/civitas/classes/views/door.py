"""The door of a class: a code, a made-up name, in. And back again with the slip, or away from this device."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from civitas.classes.actions import find_code, renew_own_slip, take_seat
from civitas.classes.codes import is_signed
from civitas.classes.forms import CodeForm, NameForm
from civitas.classes.models import SchoolClass, Seat
from civitas.classes.names import proposed_name
from civitas.classes.queries import class_by_code, seat_of
from civitas.classes.rules import takes_in
from civitas.classes.teachers import let_lead
from civitas.kit.codes import said_code, typed_code
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import show_refusal
from civitas.kit.verdicts import Refused
from civitas.people.actors import GUEST_COOKIE, remember_guest

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest

    from civitas.people.models import Participant

# A device of the school forgets who sat there before the next lesson of the day; one's own remembers until the class ends.
SHARED_SECONDS = 2 * 3600
# The code of a new seat is shown until it was written down, and by nobody else's browser.
_SLIP, _SLIP_SALT, _SLIP_SECONDS = "class_slip", "civitas.classes.slip", 15 * 60


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_class(request: HttpRequest, code: str = "") -> HttpResponse:
    """Type a code, choose a name, and take part; who sits already sees where. Looking tells nobody whether a code is right."""
    if request.city is None:
        raise Http404
    person = request.actor.participant
    if request.method != "POST":
        if person is not None and person.is_pupil:
            return _welcome(request, person)
        scanned = _scanned(request, code)
        return _name_page(request, NameForm(), scanned, code) if scanned else _door(request, CodeForm(initial={"code": typed_code(code)}))
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _door(request, form, status=422)
    try:
        found = find_code(request.actor, form.cleaned_data["code"], signature=_signature(request))
        if isinstance(found, SchoolClass) and not _is_of_class(found, form.cleaned_data["code"]):
            return let_lead(redirect("lead_class"), found)
        return _come_in(request, found)
    except Refused as refused:
        show_refusal(form, refused)
        return _door(request, form, status=refused.status)


def _is_of_class(found: SchoolClass, typed: str) -> bool:
    """Whether it was the code of the class, and not its teacher's."""
    return typed_code(typed) == found.code


def _signature(request: HttpRequest) -> str:
    return (request.POST if request.method == "POST" else request.GET).get("z", "")[:40]


def _scanned(request: HttpRequest, code: str) -> SchoolClass | None:
    """The class whose square somebody scanned."""
    code = typed_code(code)
    return class_by_code(request.city, code) if code and is_signed(request.city, code, _signature(request)) else None


def _come_in(request: HttpRequest, found: SchoolClass | Seat) -> HttpResponse:
    """Back to one's seat, or to one that is free once the name is chosen. Raises Refused."""
    if request.user.is_authenticated:
        raise Refused(_("You are signed in with an account. A class takes part without one: please sign out first."), status=409)
    seat = found if isinstance(found, Seat) else None
    school_class = found if isinstance(found, SchoolClass) else found.school_class
    if seat is not None and seat.participant is not None:
        return _let_in(request, school_class, seat.participant)
    takes_in(school_class).require()
    code = request.POST["code"]
    form = NameForm(request.POST if "pseudonym" in request.POST else None)
    if not form.is_bound or "again" in request.POST:
        return _name_page(request, NameForm(initial={"own_device": "own_device" in request.POST}), found, code)
    if not form.is_valid():
        return _name_page(request, form, found, code, status=422)
    try:
        uid = form.cleaned_data["uid"] if form.is_sealed else None
        taken = take_seat(
            request.actor, school_class, pseudonym=form.cleaned_data["pseudonym"], language=request.language, seat=seat, uid=uid
        )
    except Refused as refused:
        if "pseudonym" not in refused.fields:
            raise
        show_refusal(form, refused)
        return _name_page(request, form, found, code, status=refused.status)
    response = _let_in(request, school_class, taken.participant)
    if taken.code:
        _keep_slip(response, taken.code)
    return response


def _let_in(request: HttpRequest, school_class: SchoolClass, person: Participant) -> HttpResponse:
    response = SeeOther(reverse("join_class"))
    left = max(dt.timedelta(days=1), school_class.closes_at - timezone.now())
    remember_guest(response, person, seconds=int(left.total_seconds()) if "own_device" in request.POST else SHARED_SECONDS)
    return response


def _door(request: HttpRequest, form: Form, *, status: int = 200) -> HttpResponse:
    person = request.actor.participant
    context = {"form": form, "sign": _signature(request), "known": person if person and not person.is_pupil else None}
    return render(request, "classes/door.html", context, status=status)


def _name_page(request: HttpRequest, form: NameForm, found: SchoolClass | Seat, code: str, *, status: int = 200) -> HttpResponse:
    """Choose a name; one is proposed."""
    open_ = takes_in(found if isinstance(found, SchoolClass) else found.school_class)
    if not open_:
        return _door(request, _faulty(code, str(open_.reason)), status=open_.status if request.method == "POST" else 200)
    form.initial = {"pseudonym": proposed_name(request.language), **form.initial}
    context: dict[str, Any] = {
        "form": form,
        "code": code,
        "sign": _signature(request),
        "school_class": found if isinstance(found, SchoolClass) else found.school_class,
    }
    return render(request, "classes/name.html", context, status=status)


def _faulty(code: str, sentence: str) -> CodeForm:
    form = CodeForm({"code": code})
    form.is_valid()
    form.add_error("code", sentence)
    return form


def _welcome(request: HttpRequest, person: Participant) -> HttpResponse:
    """Where one sits, what one can do, and once the code that leads back here."""
    seat = seat_of(person)
    slip, process = (said_code(_kept_slip(request)), seat.school_class.process) if seat else ("", None)
    context = {"seat": seat, "person": person, "slip": slip, "process": process}
    return render(request, "classes/welcome.html", context)


@login_not_required
@never_cache
@require_POST
def change_own_slip(request: HttpRequest) -> HttpResponse:
    """A new slip for one's own seat, or away with the one that was written down."""
    person = request.actor.participant if request.city else None
    if request.city is None or person is None or not person.is_pupil:
        raise Http404
    response = SeeOther(reverse("join_class"))
    seat = seat_of(person)
    if seat is None:
        raise Http404
    if request.POST.get("do") == "new":
        _keep_slip(response, renew_own_slip(request.actor, seat))
    else:
        response.delete_cookie(_SLIP)
    return response


@login_not_required
@require_POST
def leave_device(request: HttpRequest) -> HttpResponse:
    """Let this device forget who sat here; the seat stays."""
    if request.city is None:
        raise Http404
    response = SeeOther(reverse("join_class"))
    person = request.actor.participant
    if person is not None and person.is_pupil:
        response.delete_cookie(GUEST_COOKIE)
        response.delete_cookie(_SLIP)
        messages.success(request, _("Done: this device does not know you any more. Your slip brings you back."))
    return response


def _keep_slip(response: HttpResponse, code: str) -> None:
    response.set_cookie(
        _SLIP,
        signing.dumps(code, salt=_SLIP_SALT),
        max_age=_SLIP_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _kept_slip(request: HttpRequest) -> str:
    try:
        return str(signing.loads(request.COOKIES.get(_SLIP, ""), salt=_SLIP_SALT, max_age=_SLIP_SECONDS))
    except signing.BadSignature:
        return ""
