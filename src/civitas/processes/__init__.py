"""Processes, their steps and categories, the registry of methods, and what is open when and for whom.

What people give in a step belongs to `contributions`; how a method works belongs to its folder in `methods`.
"""
