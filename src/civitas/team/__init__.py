"""Who works for a city: invitations with a role, absence with a deputy, notes for who comes next, and how much lies with whom.

What the work is, the rooms above say in their `Room` values.
"""
