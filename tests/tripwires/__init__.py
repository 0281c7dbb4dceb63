"""What fails a test by itself: a statement through a city's wall, an undefined template variable, an accidental order,
a connection to the outside."""
