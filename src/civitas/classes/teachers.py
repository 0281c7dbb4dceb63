"""Who stands before a class: a browser in which the teacher's code was typed, for a school day and one class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing

from civitas.classes.queries import class_by_key

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.classes.models import SchoolClass

COOKIE = "class_lead"
_SALT, _SECONDS = "civitas.classes.teacher", 10 * 3600


def let_lead(response: HttpResponse, school_class: SchoolClass) -> HttpResponse:
    """Give the browser the class; a new sheet, with another teacher's code, takes it away again."""
    response.set_cookie(
        COOKIE,
        signing.dumps([school_class.pk, school_class.teacher_key], salt=_SALT),
        max_age=_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def led_class(request: HttpRequest) -> SchoolClass | None:
    """The class that this browser leads; None without one, and in another city."""
    try:
        key, teacher_key = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    found = class_by_key(request.city, key)
    return found if found is not None and found.teacher_key and found.teacher_key == teacher_key else None
