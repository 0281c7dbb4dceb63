"""How allauth behaves here: sign-in by mailed code and second step, mails in the city's name, no user names."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from civitas.people.actions import participant_of
from civitas.people.connecting import connect_waiting
from civitas.people.guesses import try_secret
from civitas.people.signed_in import asker_of, know_again, note_browser

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth brings no types
    """Allauth's adapter: the city's name as sender of login codes, our words, a participant for who comes in."""

    came_before = False

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("This is not the code we sent. Please look again, or ask for a new one."),
        "too_many_login_attempts": _("That was not the code, several times. Please ask for a new one."),
    }

    def get_from_email(self) -> str:
        """The city's name before the house's address."""
        request: HttpRequest | None = self.request
        city = getattr(request, "city", None)
        return f'"{city}" <{settings.DEFAULT_FROM_EMAIL}>' if city else settings.DEFAULT_FROM_EMAIL

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are none."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Whose mail address and password these are, None where they do not fit; raises Refused after too many tries."""
        mail = credentials["email"]
        tried = try_secret(asker_of(request, mail), f"password {mail}", otherwise=_("You can also have a code sent by mail."))
        user = super().authenticate(request, **credentials)
        if user is not None:
            tried.forgive()
        return user

    def post_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse:
        """Whoever signs in takes part in this city from now on, in the language of the page."""
        if request.city is not None:
            participant_of(request.city, user, language=request.language)
        response: HttpResponse = super().post_login(request, user, **options)
        if request.city is not None:
            connect_waiting(request, user)
            know_again(request, response, note_browser(request, user, came_before=self.came_before))
        return response

    def login(self, request: HttpRequest, user: Any) -> None:
        """Open the session; whether the person had been here before is asked while it is not yet noted."""
        self.came_before = user.last_login is not None
        super().login(request, user)


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth brings no types
    """The second step in our words; its secrets are locked with the installation's key."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is not the code that the app shows now, and none of your recovery codes. Please look again."),
    }

    def encrypt(self, text: str) -> str:
        """A secret as it is kept: a copy of the database alone opens nothing."""
        return _lock().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """A kept secret."""
        return _lock().decrypt(encrypted_text.encode()).decode()


def _lock() -> Fernet:
    key = hashlib.blake2b(settings.SECRET_KEY.encode(), person=b"second-step", digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(key))
