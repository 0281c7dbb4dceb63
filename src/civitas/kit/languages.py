"""Languages in the address: German has no prefix, English `/en/`, simple German `/einfach/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

PREFIXES = {"de": "", "en": "en", "de-simple": "einfach"}
LABELS = {"de": "Deutsch", "en": "English", "de-simple": "Einfache Sprache"}
_CODES = {prefix: code for code, prefix in PREFIXES.items() if prefix}


def html_language(code: str) -> str:
    """The value of `lang` for an interface language: simple German is German to browsers and screen readers."""
    return code.split("-", maxsplit=1)[0]


def split_language(path: str) -> tuple[str, str]:
    """Language code and rest of a path: '/en/x' gives ('en', '/x'), '/x' gives ('de', '/x')."""
    first, _, rest = path.lstrip("/").partition("/")
    if first in _CODES and (rest or path.endswith("/") or path.lstrip("/") == first):
        return _CODES[first], f"/{rest}"
    return "de", path


def path_in_language(path: str, code: str) -> str:
    """A path without prefix (`/entdecken`) as its address in a language."""
    return f"/{PREFIXES[code]}{path}" if PREFIXES[code] else path


def language_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Take the language's prefix off the path, activate it, and let `reverse` put it back."""

    def middleware(request: HttpRequest) -> HttpResponse:
        code, path = split_language(request.path_info)
        allowed = request.city.config.languages if request.city else list(PREFIXES)
        if code not in allowed:
            code, path = "de", request.path_info
        request.language, request.plain_path = code, path
        request.path_info = path
        before = get_script_prefix()
        set_script_prefix(path_in_language("/", code))
        try:
            with translation.override(code):
                response = get_response(request)
        finally:  # the thread goes on with something else
            set_script_prefix(before)
        response.headers.setdefault("Content-Language", html_language(code))
        return response

    return middleware
