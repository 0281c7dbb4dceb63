"""Participants, accounts, organisations, roles, and the `Actor` that every action takes.

What people give belongs to the rooms above; they refer to a participant, never to a user.
"""
