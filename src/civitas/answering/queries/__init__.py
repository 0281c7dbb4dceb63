"""What is read at the answer desk: its piles, one contribution, what is kept, many at once."""
