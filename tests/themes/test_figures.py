"""A theme's kept figures: counted while its row is held, so that of two counts the later one is what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.themes.house import House, make_house

from civitas.kit.ids import uuid7
from civitas.themes import figures
from civitas.themes.actions import gather
from civitas.themes.models import Theme

if TYPE_CHECKING:
    from civitas.cities.models import City

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house()


def test_a_voice_that_comes_while_words_are_looked_for_is_counted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    theme, (*first, late) = house.theme(), house.voices(3)
    gather(house.actor, theme, [row.pk for row in first], uid=uuid7())
    kept, look = Theme.objects.of(house.city).get(contribution=theme), figures._words

    def meanwhile(city: City, row: Theme) -> list[tuple[str, str, int]]:
        gather(house.actor, theme, [late.pk], uid=uuid7())
        return look(city, row)

    monkeypatch.setattr(figures, "_words", meanwhile)
    figures.count_theme(house.city, kept.pk)
    kept.refresh_from_db()
    assert kept.voice_count == 3
