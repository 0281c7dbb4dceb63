"""How allauth behaves here: sign-in by mailed code, mails in the city's name, no user names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from civitas.people.actions import participant_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth brings no types
    """Allauth's adapter: the city's name as sender of login codes, our words, a participant for who comes in."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("This is not the code we sent. Please look again, or ask for a new one."),
        "too_many_login_attempts": _("That was not the code, several times. Please ask for a new one."),
        "rate_limited": _("We have just sent you a code. Please wait a moment before you ask for another."),
    }

    def get_from_email(self) -> str:
        """The city's name before the house's address."""
        request: HttpRequest | None = self.request
        city = getattr(request, "city", None)
        return f'"{city}" <{settings.DEFAULT_FROM_EMAIL}>' if city else settings.DEFAULT_FROM_EMAIL

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are none."""

    def post_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse:
        """Whoever signs in takes part in this city from now on, in the language of the page."""
        if request.city is not None:
            participant_of(request.city, user, language=request.language)
        response: HttpResponse = super().post_login(request, user, **options)
        return response
