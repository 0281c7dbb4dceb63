"""The teacher's page of their class, opened by the code on their sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from civitas.classes.teachers import COOKIE, led_class
from civitas.classes.views.running import Desk, run_class, run_seat
from civitas.kit.redirects import SeeOther

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def _desk(key: int) -> Desk:
    return Desk("classes/teacher.html", reverse("lead_class"), "lead_class_seat", key)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lead_class(request: HttpRequest) -> HttpResponse:
    """Who is here, and what a teacher does with the class; without their code, the door."""
    if request.city is None:
        raise Http404
    school_class = led_class(request)
    return run_class(request, school_class, _desk(school_class.pk)) if school_class else redirect("join_class")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lead_seat(request: HttpRequest, number: int) -> HttpResponse:
    """One seat of the class."""
    if request.city is None:
        raise Http404
    school_class = led_class(request)
    return run_seat(request, school_class, number, _desk(school_class.pk)) if school_class else redirect("join_class")


@login_not_required
@require_POST
def stop_leading(request: HttpRequest) -> HttpResponse:
    """Let this browser forget the class."""
    if request.city is None:
        raise Http404
    response = SeeOther(reverse("join_class"))
    response.delete_cookie(COOKIE)
    return response
