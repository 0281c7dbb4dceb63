"""How the administration comes to its answer: assignments with dates, notes, questions to departments, drafts, templates, handing over.

The answer itself is an event on the contribution and belongs to the room below.
"""
