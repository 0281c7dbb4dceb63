"""The laboratory's front room: the catalogue of building blocks as cards to read, print and try out.

It reads the registry of methods and names none; what a method does in a step is the method's own.
"""
