"""The catalogue of what the city and its partners offer, which improvements refer to.

How a service came to be and what people say of it belongs to the rooms above.
"""
