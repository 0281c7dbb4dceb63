"""Contributions with their links, versions, official answers, attachments, word index and map cells.

Comments, support and following belong to `dialogue`; how people come to give belongs to `sensor` and the methods.
"""
