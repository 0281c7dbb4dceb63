"""The Baukasten: one folder a building block, each found by itself. No method imports another."""
