"""Wish tree: everybody hangs wishes, and together they become a theme."""
