"""Civitas Digitalis: people and cities develop public services together."""
