"""Putting contributions together that say the same, with their authors' consent;
splitting one that holds two; undoing either to the letter.

It moves no words, comments or supports: each stays where it was given, and only what is shown together changes.
"""
