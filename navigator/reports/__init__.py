"""Papers and files that people carry away."""
