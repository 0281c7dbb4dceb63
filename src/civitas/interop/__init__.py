"""Data in and out: city packs, and contributions as files."""
