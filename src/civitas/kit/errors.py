"""The designed pages for what goes wrong: 400, 403, 404, 409, 413, 429, 500, 503 and an unknown host."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from civitas.kit.templatetags.kit import localized
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

TITLES = {
    "400": _("We could not read that"),
    "403": _("This is not open to you"),
    "404": _("We cannot find this page"),
    "409": _("This is no longer possible"),
    "413": _("That was too large"),
    "429": _("That was a lot at once"),
    "500": _("Something broke on our side"),
    "503": _("We will be back in a moment"),
    "unknown_host": _("No city lives at this address"),
}
SENTENCES = {
    "400": _("Please go back and try again. What you typed is still in your browser."),
    "403": _("You may need to sign in, or someone else looks after this."),
    "404": _("It may have moved, or the address has a slip. Nothing of yours is lost."),
    "409": _("The page changed while you had it open. Please load it again and look."),
    "413": _("Please go back: what you typed is still in the form. Send it with a smaller file, a plainer drawing or a shorter text."),
    "429": _("Please wait a few minutes and try again. What you typed is still in your browser."),
    "500": _("We have been told and will mend it. What you sent before is safe."),
    "503": _("We are just working on the house. Please try again in a few minutes."),
    "unknown_host": _("Please check the address, or look at the list of cities."),
}
# The picture of each (`kit/drawings/…`), and the first way out of it: back to what was typed, the same page again, or home.
DRAWINGS = {"403": "gate", "409": "sheets", "413": "parcel", "429": "patience", "500": "mending", "503": "closed"}
# How much of what was typed is shown on such a page: so many texts, each with so many characters.
MOST_TEXTS = 40
MOST_TYPED = 100_000
WAYS = {"400": "back", "409": "again", "413": "back", "429": "back", "500": "back", "503": "again", "unknown_host": "cities"}


def error_page(request: HttpRequest, key: str, status: int, *, reason: str = "", way: str = "") -> HttpResponse:
    """The page for an error, in the request's language and city where they are known; JSON where JSON was asked for.

    `way` is the first way out, if it is another one than in `WAYS`.
    """
    sentence = reason or str(SENTENCES[key])
    if "application/json" in request.headers.get("Accept", "") and "text/html" not in request.headers.get("Accept", ""):
        return JsonResponse({"error": sentence}, status=status)
    context = {
        "status": status,
        "key": key,
        "title": TITLES[key],
        "sentence": sentence,
        "drawing": DRAWINGS.get(key, "lost"),
        "way": way or _way_out(request, key),
        "typed": typed_words(request),
        "sign_in_path": f"{localized('/konto/anmelden')}?{urlencode({'next': request.get_full_path()})}",
    }
    return HttpResponse(render_to_string("kit/error.html", context, request=request), status=status)


def typed_words(request: HttpRequest) -> list[str]:
    """What a person wrote into the form that was refused, in its order, so that they can copy it; [] where none was sent from here.

    Words are what has a space or a line break in it: keys, codes and choices have neither, and a password is no word.
    """
    # Only what passed the check of where it came from: no other site puts words on a page of ours.
    if request.method != "POST" or not getattr(request, "csrf_processing_done", False):
        return []
    try:
        sent = request.POST.lists()
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, MultiPartParserError, UnreadablePostError):
        return []
    values = [value.strip()[:MOST_TYPED] for name, values in sent for value in values if "pass" not in name]
    return [value for value in dict.fromkeys(values) if len(value.split()) > 1][:MOST_TEXTS]


def _way_out(request: HttpRequest, key: str) -> str:
    if key == "403":  # who is not signed in may only have to do that
        user, actor = getattr(request, "user", None), getattr(request, "actor", None)
        is_pupil = actor is not None and actor.participant is not None and actor.participant.is_pupil  # they have no account to sign in to
        return "home" if is_pupil or (user is not None and user.is_authenticated) else "sign_in"
    return WAYS.get(key, "home")


def refusal_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A `Refused` that no view turned into a sentence beside a field becomes a page with that sentence."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        key = str(exception.status) if str(exception.status) in TITLES else "403"
        return error_page(request, key, exception.status, reason=str(exception.reason))

    middleware.process_exception = process_exception  # type: ignore[attr-defined]  # where Django looks for it
    return middleware


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400."""
    key = "413" if type(exception).__name__ == "RequestDataTooBig" else "400"
    return error_page(request, key, int(key))


def permission_denied(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """Django's handler403 and its CSRF failure view."""
    if reason:
        sentence = _("Your browser did not send the security token. Please load the page again; what you typed is kept.")
        return error_page(request, "403", 403, reason=str(sentence), way="again")
    return error_page(request, "403", 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404."""
    return error_page(request, "404", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500; it must not touch the database, which may be what broke."""
    try:
        return error_page(request, "500", 500)
    except Exception:  # noqa: BLE001  (whatever broke may break the page too; the person gets plain words)
        return HttpResponse(f"<!doctype html><title>500</title><h1>{TITLES['500']}</h1><p>{SENTENCES['500']}</p>", status=500)
