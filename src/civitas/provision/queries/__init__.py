"""Reading services: the catalogue, one whole, and what the team's desk needs."""
