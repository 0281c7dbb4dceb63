"""Yes, or no with the reason in the person's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise


class Refused(Exception):
    """An action was refused. `reason` is a sentence for the person, `status` the HTTP status a page answers with."""

    def __init__(self, reason: str | _StrPromise, *, status: int = 403, fields: Mapping[str, str | _StrPromise] | None = None) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.status = status
        self.fields = dict(fields or {})


@dataclass(frozen=True)
class Verdict:
    """The answer of a rule. Truthy when allowed."""

    allowed: bool
    reason: str | _StrPromise = ""
    status: int = 403

    def __bool__(self) -> bool:
        return self.allowed

    def require(self) -> None:
        """Raise Refused with the reason unless allowed."""
        if not self.allowed:
            raise Refused(self.reason, status=self.status)


YES = Verdict(True)


def no(reason: str | _StrPromise, *, status: int = 403) -> Verdict:
    """A refusal with its reason; status 404 hides that the thing exists, 409 says that it changed meanwhile."""
    return Verdict(False, reason, status)
