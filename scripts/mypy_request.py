"""A plugin for mypy: a request knows the city and the actor that the middleware gave it."""

from collections.abc import Callable

from mypy.nodes import MDEF, SymbolTableNode, Var
from mypy.plugin import ClassDefContext, Plugin
from mypy.types import AnyType, TypeOfAny

REQUEST = "django.http.request.HttpRequest"
# Their types live in rooms above Django's; each view names them where it matters.
GIVEN = ("city", "actor", "language", "plain_path", "live_origin")


def add_given(context: ClassDefContext) -> None:
    info = context.cls.info
    for name in GIVEN:
        if name not in info.names:
            variable = Var(name, AnyType(TypeOfAny.explicit))
            variable.info = info
            variable._fullname = f"{info.fullname}.{name}"
            info.names[name] = SymbolTableNode(MDEF, variable)


class RequestPlugin(Plugin):
    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        return add_given if fullname == REQUEST else None


def plugin(_version: str) -> type[Plugin]:
    return RequestPlugin
