"""What changes on the way to an answer, by noun: assignments, drafts, notes and questions, many at once, and what is kept."""
