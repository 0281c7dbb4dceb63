"""Tenants by host name with their areas, places and texts, and the walls between them.

What a city collects or runs belongs to the rooms above; a pack is read by `interop` and loaded by each room's section.
"""
