"""What people flag, and what the team decides about it; a machine hides nothing.

Publishing, hiding and taking words out belong to the rooms that hold the words.
"""
