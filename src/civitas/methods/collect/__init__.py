"""Collect ideas and improvements: the Bürgersensor's own building block, open for as long as its step is."""

from civitas.methods.collect.manifest import METHOD

__all__ = ["METHOD"]
