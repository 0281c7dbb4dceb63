"""A city with a sign-in service that is a process of its own, and somebody who has been here before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import make_browser, make_city, make_participant
from tests.people.signing_in import Provider, keep_secret, settings_with, start_provider
from tests.people.test_views import sign_in

from civitas.people import provider as providers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _mails_stay_here(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(scope="module")
def started() -> Iterator[Provider]:
    with start_provider() as provider:
        yield provider


@pytest.fixture
def provider(started: Provider) -> Provider:
    started.tell(reset=True, seen={}, signed_out=[], codes={})
    started.knows("dilek-4711", "Dilek@BundID.example")
    providers.forget_providers()
    return started


@pytest.fixture
def city(db: None, provider: Provider, settings: Any, tmp_path: Path) -> Any:
    settings.OIDC_SECRETS = str(keep_secret(tmp_path))
    return make_city("hamburg", settings=settings_with(provider.issuer))


@pytest.fixture
def person(city: Any) -> Any:
    """Somebody who has been here before, by a mailed code, with another address than the service knows."""
    person = make_participant(city, "Dilek")
    sign_in(make_browser(city), person.user.email)
    return person
