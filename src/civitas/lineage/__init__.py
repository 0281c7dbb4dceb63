"""Where something came from and what became of it, over any number of hops: the story that everyone can read, and the news of each hop."""
