"""Blacking out what is private in texts, pictures and documents: in every place where it stands, for good.

It owns the pages for it, what was done when, and how the database's files are scrubbed; the words themselves it keeps nowhere.
"""
