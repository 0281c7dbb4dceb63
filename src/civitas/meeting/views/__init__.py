"""Pages of meeting: joining in, letters."""
