"""What changes in services: their words and states, what they are measured by, feedback, processes about them, their stories."""
