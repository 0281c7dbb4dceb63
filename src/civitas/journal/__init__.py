"""The sealed record (Nachweisbuch): who did what, append-only, in batches whose hashes build on each other.

It knows actors by a random alias only and keeps no text that a person wrote; who looks at it is a matter of the rooms above.
"""
