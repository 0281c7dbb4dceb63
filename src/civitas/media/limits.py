"""How large and how many files may be; the forms say these numbers, and every check uses them."""

from __future__ import annotations

MEGABYTE = 1_000_000
PICTURE_BYTES = 12 * MEGABYTE
VIDEO_BYTES = 50 * MEGABYTE
DOCUMENT_BYTES = 10 * MEGABYTE
VIDEO_SECONDS = 60
DOCUMENT_PAGES = 200
# An upload comes in parts, so that a lost connection costs one of them at most.
PART_BYTES = 1024 * 1024
MOST_PARTS = -(-VIDEO_BYTES // PART_BYTES)
# What uploads leave free on the disk, since the database may live there too.
FREE_BYTES = 1000 * MEGABYTE
# Of a form with files that comes in one piece, as browsers without JavaScript send it. Larger ones are refused unread.
FORM_BYTES = 300 * MEGABYTE
