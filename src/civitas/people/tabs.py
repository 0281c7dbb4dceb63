"""The tabs of "my account": each room adds its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from civitas.kit.rooms import rooms

if TYPE_CHECKING:
    from django.http import HttpRequest


def account_tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """Tabs for `kit/_tabs.html`; `current` is the url name of the page shown."""
    items = sorted(
        (item for room in rooms() for item in room.account_navigation if request.city.has_module(item.module)), key=lambda item: item.order
    )
    return [
        {
            "label": item.label,
            "url": reverse(item.url_name),
            "current": item.url_name == current,
            "count": (item.count(request.actor) or None) if item.count else None,
        }
        for item in items
    ]
