"""Canvas: a poster of fields with guiding questions leads from a theme to a concept."""

from civitas.methods.canvas.manifest import METHOD

__all__ = ["METHOD"]
