"""The live boards as granian serves them, with a method that opens everything to everybody."""

from __future__ import annotations

from importlib import import_module

# In this order: Django first, then what needs its models.
application = import_module("civitas.project.asgi").application
import_module("bench.boards_method").install()
