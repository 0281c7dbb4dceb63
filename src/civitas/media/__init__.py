"""Uploads and what is made of them, and who may see a file.

A file is public only while the row that shows it is; the room that shows it says so with `set_public`.
"""
