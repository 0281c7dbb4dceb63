"""How allauth behaves here: sign-in by mailed code, mails in the city's name, no user names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Allauth's adapter: the city's name as sender of login codes, and no user names."""

    def get_from_email(self) -> str:
        request: HttpRequest | None = self.request
        city = getattr(request, "city", None)
        return f'"{city}" <{settings.DEFAULT_FROM_EMAIL}>' if city else settings.DEFAULT_FROM_EMAIL

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are none."""
