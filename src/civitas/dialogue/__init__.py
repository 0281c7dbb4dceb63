"""Threads of comments, support and following. A comment is a contribution; what is done with it lives here."""
