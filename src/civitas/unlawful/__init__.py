"""What people report as illegal, what the city decides about it and why, and the sealed store of evidence.

The words themselves belong to the rooms that hold them; what only breaks the rules of dialogue is flagged in `moderation`.
"""
