"""The live boards as granian serves them, with the tests' method, on the test's own database (BOARDS_DATABASE)."""

from __future__ import annotations

import os
from importlib import import_module

from django.conf import settings

settings.DATABASES["default"]["NAME"] = os.environ["BOARDS_DATABASE"]
# In this order: Django first, then what needs its models.
application = import_module("civitas.project.asgi").application
METHOD = import_module("tests.boards.playing").METHOD
import_module("civitas.processes.registry").methods()[METHOD.key] = METHOD
