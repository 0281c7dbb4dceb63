"""Every address: each room's own, and the pages for what goes wrong."""

from __future__ import annotations

from importlib.util import find_spec

from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """For the proxy: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


_rooms = [config.name for config in apps.get_app_configs() if config.name.startswith("civitas.") and find_spec(f"{config.name}.urls")]

urlpatterns = [
    path("health", health),
    *(path("", include(f"{name}.urls")) for name in _rooms),
]

handler400 = "civitas.kit.errors.bad_request"
handler403 = "civitas.kit.errors.permission_denied"
handler404 = "civitas.kit.errors.page_not_found"
handler500 = "civitas.kit.errors.server_error"
