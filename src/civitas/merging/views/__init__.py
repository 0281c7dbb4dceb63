"""The pages of merging: for the team and for authors."""
