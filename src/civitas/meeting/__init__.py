"""How people meet over a contribution: who joins in, who offers help, and letters between two of them that show no address.

What the team does about a flagged letter belongs to the room above.
"""
