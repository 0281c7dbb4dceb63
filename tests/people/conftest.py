"""What tests of people share."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _passwords_are_kept_quickly(settings: Any) -> None:
    """A password takes a third of a second to look at, on purpose; what is said of it here does not hang on that."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
