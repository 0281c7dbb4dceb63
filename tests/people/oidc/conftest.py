"""A city with a sign-in service that is a process of its own, and somebody who has been here before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.people.signing_in import Provider


@pytest.fixture(autouse=True)
def _mails_stay_here(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(scope="module")
def started() -> Iterator[Provider]:
    from tests.people.signing_in import start_provider

    with start_provider() as provider:
        yield provider


@pytest.fixture
def provider(started: Provider) -> Provider:
    from civitas.people import provider as providers

    started.tell(reset=True, seen={}, signed_out=[], codes={})
    started.knows("dilek-4711", "Dilek@BundID.example")
    providers.forget_providers()
    return started


@pytest.fixture
def city(db: None, provider: Provider, settings: Any, tmp_path: Path) -> Any:
    from tests.factories import make_city
    from tests.people.signing_in import keep_secret, settings_with

    settings.OIDC_SECRETS = str(keep_secret(tmp_path))
    return make_city("hamburg", settings=settings_with(provider.issuer))


@pytest.fixture
def person(city: Any) -> Any:
    """Somebody who has been here before, by a mailed code, with another address than the service knows."""
    from tests.factories import make_browser, make_participant
    from tests.people.test_views import sign_in

    person = make_participant(city, "Dilek")
    sign_in(make_browser(city), person.user.email)
    return person
