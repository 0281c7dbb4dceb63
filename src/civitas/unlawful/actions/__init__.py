"""What changes: reports, decisions and complaints, evidence, and what is erased or forgotten. One file a noun."""
