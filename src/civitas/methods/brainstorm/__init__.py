"""Brainstorm (Kartenabfrage): everybody writes cards, first for themselves, then all lie on the board."""

from civitas.methods.brainstorm.manifest import METHOD

__all__ = ["METHOD"]
