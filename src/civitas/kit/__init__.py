"""What every room needs and no room owns: verdicts, the registry of rooms, page frame, keyset pages, geometry, texts.

It has no models and knows no city, person or process.
"""
