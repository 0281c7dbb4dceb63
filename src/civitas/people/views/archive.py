"""My archive: ask for it, see how far it is, fetch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from civitas.kit.redirects import SeeOther
from civitas.people.archives import archive_of, ask_archive, open_archive, own_archive

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from civitas.people.models import Participant


def _person(request: HttpRequest) -> Participant | None:
    if request.city is None:
        raise Http404
    return request.actor.participant


@login_not_required
@require_POST
def ask_for_archive(request: HttpRequest) -> HttpResponse:
    """Have it packed."""
    if _person(request) is None:
        return redirect_to_login(reverse("account"))
    ask_archive(request.actor)
    return SeeOther(f"{reverse('account')}#my-data")


@login_not_required
@never_cache
@require_safe
def show_archive(request: HttpRequest) -> HttpResponse:
    """How far it is: the part of the page about the account that asks anew."""
    person = _person(request)
    if person is None:
        raise Http404
    return render(request, "people/_archive.html", {"archive": archive_of(person)})


@login_not_required
@never_cache
@require_safe
def fetch_archive(request: HttpRequest, uid: UUID) -> HttpResponse | FileResponse:
    """The archive itself; whoever it is not of, finds nothing."""
    person = _person(request)
    if person is None:
        return redirect_to_login(reverse("account"))
    archive = own_archive(person, uid)
    archive.city = request.city
    response = FileResponse(open_archive(archive), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{request.city.slug}-meine-daten.zip"'
    response.headers["Content-Encoding"] = "identity"  # packed already
    return response
