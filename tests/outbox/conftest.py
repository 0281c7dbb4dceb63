"""Tasks that exist for one test."""

from __future__ import annotations

import pytest

from civitas.outbox import tasks


@pytest.fixture
def own_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the test declares is gone after it; the house's own periodic tasks do not run meanwhile."""
    tasks.known_tasks()
    monkeypatch.setattr(tasks, "_tasks", dict(tasks._tasks))
    monkeypatch.setattr(tasks, "_periodics", {})
