"""What themes keep of a person: who began one, and who gathered into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from civitas.themes.models import Gathering, Theme

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant


def export_themes(city: City, participant: Participant) -> dict[str, Any]:
    """The themes that somebody began, and when they gathered how many voices."""
    themes = Theme.objects.of(city).filter(made_by=participant).order_by("pk")
    runs = Gathering.objects.of(city).filter(by=participant).order_by("pk")
    return {
        "themes": list(themes.values("contribution__number", "contribution__title", "made_at")),
        "gathered": list(runs.values("theme__contribution__number", "at", "total", "added_count")),
    }


def erase_themes(city: City, participant: Participant) -> None:
    """Themes stay without the name of who began them."""
    _hand_on(city, participant, None)


def adopt_themes(city: City, old: Participant, new: Participant) -> None:
    """From now on the account has begun and gathered what the guest did."""
    _hand_on(city, old, new)


def _hand_on(city: City, old: Participant, new: Participant | None) -> None:
    Theme.objects.of(city).filter(made_by=old).update(made_by=new)
    Gathering.objects.of(city).filter(by=old).update(by=new)
