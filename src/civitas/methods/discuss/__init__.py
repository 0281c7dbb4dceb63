"""Discuss: people comment on and support what an earlier step collected."""

from civitas.methods.discuss.manifest import METHOD

__all__ = ["METHOD"]
