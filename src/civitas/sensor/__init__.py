"""The Bürgersensor's front door: the city's front page, exploring, giving, and the bare host's navigator over all cities.

It shows what other rooms keep and keeps little itself: searches that people follow, the city's questions that open the mind.
The contribution's own page lives in `dialogue`.
"""
