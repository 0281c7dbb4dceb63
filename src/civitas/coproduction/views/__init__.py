"""The pages of concepts and gates."""
