"""What steers a city's participation: portfolio, funnel, reach and depth, each figure defined and kept by the actions."""
