"""Every text of the interface is there in German and in simple German."""

import pytest

import messages

SHOWN = 20


def test_every_text_is_translated() -> None:
    faults = messages.find_faults()
    if faults:
        shown = "\n".join(map(str, faults[:SHOWN]))
        pytest.fail(f"{shown}\n{len(faults)} in all; `python scripts/messages.py check` lists them", pytrace=False)
