"""Wording the daily and the weekly mail, with a preview that is the mail itself, and a test mail to oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from civitas.kit.refusals import show_refusal, take_up
from civitas.kit.rooms import DAILY, WEEKLY
from civitas.kit.translated import KEYS
from civitas.kit.verdicts import Refused
from civitas.notices.mails import speaking
from civitas.notices.trying import address_for_tests, tried_digest
from civitas.notices.wordings import BLANKS, TEXTS, Frame, cleaned_words, frame_in, frames_of, house_frame
from civitas.team.actions import try_digest, word_digest
from civitas.team.forms import DigestWordsForm
from civitas.team.rules import may_word_mails
from civitas.team.views.doors import enter

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives
    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.notices.models import DigestWords

RHYTHMS = {"taeglich": DAILY, "woechentlich": WEEKLY}


def _entered(request: HttpRequest) -> tuple[City, str, DigestWords | None]:
    """The city, which of the mails the address names (of each day, where it names none), and its words so far."""
    city = enter(request, may_word_mails)
    slug = request.GET.get("art", "")
    slug = slug if slug in RHYTHMS else "taeglich"
    return city, slug, frames_of(city).get(RHYTHMS[slug])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def word_mails(request: HttpRequest) -> HttpResponse:
    """The texts in the city's languages beside the mail as it will read; a press saves them, another sends a test."""
    city, slug, row = _entered(request)
    rhythm = RHYTHMS[slug]
    form = DigestWordsForm(city, row, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                if request.POST.get("do") == "test":
                    to = try_digest(request.actor, rhythm, form.texts, language=form.cleaned_data["language"])
                    messages.success(request, _("The test is on its way to %(address)s. Nothing is saved yet.") % {"address": to})
                    status = 200
                else:
                    word_digest(request.actor, rhythm, form.texts, version=form.cleaned_data["version"])
                    messages.success(request, _("Saved. The next mail reads like this."))
                    return redirect(_address("mails", slug))
            except Refused as refused:
                show_refusal(form, refused)
                status = refused.status
                if status == 409 and row is not None:
                    take_up(form, row.version)
    response = render(request, "team/mails.html", _context(request, city, slug, row, form), status=status)
    response._csp_update = {"frame-src": [SELF]}  # type: ignore[attr-defined]  # where django-csp looks for it
    return response


def _address(name: str, slug: str) -> str:
    return f"{reverse(name)}?art={slug}"


def _context(request: HttpRequest, city: City, slug: str, row: DigestWords | None, form: DigestWordsForm) -> dict[str, Any]:
    names = {"taeglich": _("Once a day"), "woechentlich": _("Once a week")}
    tabs = [{"label": names[each], "url": _address("mails", each), "current": each == slug, "count": None} for each in RHYTHMS]
    theirs = form.is_bound and row is not None and form.errors and str(row.version) != request.POST.get("version", "")
    return {
        "form": form,
        "texts": _texts(city, RHYTHMS[slug], form),
        "tabs": tabs,
        "here": _address("mails", slug),
        "preview": _address("preview_mails", slug),
        "blanks": [
            (f"{{{name}}}", said) for name, said in zip(BLANKS, (_("the city’s name"), _("the day"), _("how much is new")), strict=True)
        ],
        "address": address_for_tests(city, request.actor.participant.uid),
        "theirs": _said(DigestWordsForm(city, row)) if theirs else [],
    }


def _texts(city: City, rhythm: str, form: DigestWordsForm) -> list[dict[str, Any]]:
    """Each text with what is sent today in each language, ours or the city's own, and the fields that change it."""
    ours = {}
    for code in city.config.languages:
        with speaking(city, code):
            ours[_key(code)] = house_frame(city, rhythm)
    return [
        {
            "name": name,
            "label": label,
            "hint": hint,
            "fields": fields,
            "today": [
                (language, key, form.initial[f"{name}_{key}"] or getattr(ours[key], name), bool(form.initial[f"{name}_{key}"]))
                for key, language in form.keys
            ],
            "open": form.is_bound and any(field.name in form.changed_data for field in fields),
        }
        for name, (label, hint, fields) in zip(TEXTS, form.rows, strict=True)
    ]


def _said(form: DigestWordsForm) -> list[tuple[str, str]]:
    """Every text of a form under its name and language; what is empty is left out."""
    return [(f"{label}, {field.label}", field.value()) for label, _hint, fields in form.rows for field in fields if field.value()]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preview_mails(request: HttpRequest) -> HttpResponse:
    """The mail itself, as HTML or (`form=text`) as plain text: of what is saved, or by POST of what was typed. Nothing is kept."""
    city, slug, row = _entered(request)
    rhythm = RHYTHMS[slug]
    data = request.POST if request.method == "POST" else request.GET
    language = data.get("language", "")
    language = language if language in city.config.languages else city.config.languages[0]
    said, frame = "", frame_in(row, language)
    if request.method == "POST":
        form = DigestWordsForm(city, row, request.POST)
        try:
            texts = cleaned_words(form.texts if form.is_valid() else {})
            frame = Frame(*(texts[name].get(_key(language), "") for name in ("subject", "greeting", "closing")))
        except Refused as refused:
            said = str(next(iter(refused.fields.values()), refused.reason))
    if said:
        return _framed(HttpResponse(said, content_type="text/plain; charset=utf-8", status=422))
    mail = tried_digest(city, request.actor.participant.uid, rhythm, frame, language)
    if data.get("form") == "text":
        return _framed(HttpResponse(f"{mail.subject}\n\n{mail.body}", content_type="text/plain; charset=utf-8"))
    return _framed(HttpResponse(_html_of(mail)))


def _key(language: str) -> str:
    return KEYS.get(language, language)


def _html_of(mail: EmailMultiAlternatives) -> str:
    return next(str(content) for content, kind in mail.alternatives if kind == "text/html")


def _framed(response: HttpResponse) -> HttpResponse:
    """For the frame of our own page alone. It brings its look along; nothing in it may be fetched or run, as in a mail program."""
    policy = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "form-action": [NONE], "frame-ancestors": [SELF]}
    response._csp_config = policy  # type: ignore[attr-defined]  # where django-csp looks for it
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
