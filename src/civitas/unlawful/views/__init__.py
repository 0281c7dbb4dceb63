"""The pages: reporting and following it, the year's figures, the team's desk, the evidence store."""
