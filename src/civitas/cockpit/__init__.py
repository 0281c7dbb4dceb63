"""What steers a city's participation: portfolio, funnel, reach and depth, each figure defined and kept by the actions.

It writes nothing but its own ledger and counts; what they are made of lies in the rooms below.
"""
