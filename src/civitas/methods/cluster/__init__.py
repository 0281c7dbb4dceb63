"""Cluster: cards and contributions of an earlier step become a few groups with names, several people at once."""

from civitas.methods.cluster import tasks as tasks
from civitas.methods.cluster.manifest import METHOD

__all__ = ["METHOD"]
