"""Boards: shared documents on which many people work at once, their seats, drawers and log, and the one rule for every change.

What a board is for, and what its phases open to whom, is said by the methods above; boards know no method.
"""
