"""The Bürgersensor's front door: the city's front page, exploring, giving, and the bare host's list of cities.

It shows what other rooms keep and keeps nothing itself; the contribution's own page lives in `dialogue`.
"""
