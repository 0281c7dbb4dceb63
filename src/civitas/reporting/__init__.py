"""The report on a process: what was asked, who took part, what was said, what happens with it and what not, and why.

Put together from the data, edited by people, released in editions that stay readable.
"""
