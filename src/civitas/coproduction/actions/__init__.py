"""What changes in concepts and at their gates."""
