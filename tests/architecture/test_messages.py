"""Every text of the interface is there in German and in simple German."""

import pytest

import messages


def test_every_text_is_translated() -> None:
    faults = messages.find_faults()
    if faults:
        pytest.fail("\n".join(map(str, faults)), pytrace=False)
