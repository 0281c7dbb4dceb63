"""Undefined template variables of the house fail; `|default` and `|default_if_none` say that nothing is meant."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.template import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SOURCE = str(Path(__file__).resolve().parents[2] / "src" / "civitas")
EXCUSES = {"default", "default_if_none"}


class UndefinedVariable(AssertionError):
    """A template prints what its view does not give."""


def find_local(frame: FrameType | None, name: str) -> Any:
    """The nearest local variable of this name up the stack."""
    while frame is not None:
        if name in frame.f_locals:
            return frame.f_locals[name]
        frame = frame.f_back
    return None


class Undefined(str):
    """Stands for Django's `string_if_invalid`: empty where Django asks kindly, an error where it would print."""

    __slots__ = ()

    def __bool__(self) -> bool:
        # Django applies no filter to a value that is not empty, so `|default` only works if this is.
        frame = sys._getframe(1)
        expression = frame.f_locals.get("self")
        filters = getattr(expression, "filters", None)
        if frame.f_code.co_name != "resolve" or filters is None:
            return False
        return not any(function.__name__ in EXCUSES for function, _arguments in filters)

    def __contains__(self, key: object) -> bool:
        return key == "%s"

    def __mod__(self, variable: object) -> str:
        context = find_local(sys._getframe(1), "context")
        template = getattr(getattr(context, "render_context", None), "template", None)
        origin = getattr(getattr(template, "origin", None), "name", "")
        if not str(origin).startswith(SOURCE):
            return ""
        raise UndefinedVariable(f"{{{{ {variable} }}}} is undefined in {Path(origin).relative_to(SOURCE)} or what it includes")


@contextmanager
def defined_variables() -> Iterator[None]:
    """Every variable that a template of the house prints must be there."""
    undefined = Undefined()
    # A data descriptor on the class goes before what each engine was made with; no engine has to be made for it.
    Engine.string_if_invalid = property(lambda _engine: undefined, lambda engine, value: vars(engine).update(string_if_invalid=value))
    try:
        yield
    finally:
        del Engine.string_if_invalid
