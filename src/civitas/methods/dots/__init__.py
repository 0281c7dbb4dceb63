"""Dots (Punktabfrage): a few dots each show where the group wants to put its strength."""

from civitas.methods.dots.manifest import METHOD

__all__ = ["METHOD"]
