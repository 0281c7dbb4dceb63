"""Every building block is documented."""

import pytest
from tests.architecture.files import ROOT


def test_every_method_is_documented() -> None:
    from civitas.processes.registry import methods

    page = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    missing = [key for key in methods() if f"`{key}`" not in page]
    if missing:
        pytest.fail(f"docs/methods.md says nothing of {', '.join(missing)}", pytrace=False)
