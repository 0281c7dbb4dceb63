"""Django's SQLite backend, with a short way to the write lock. See `base`."""
