"""Plan (Maßnahmenplan): who does what by when, as promises with a name and a day."""

from civitas.methods.plan.manifest import METHOD

__all__ = ["METHOD"]
