"""Themes: voices that belong together, gathered by hand from what people gave, with their places, words and numbers."""
