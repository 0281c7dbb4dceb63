"""The pages of the answer desk: its lists, one contribution, many at once, what the team says among itself, what it keeps."""
