"""Kits for tests and notebooks: a whole broker inside another Python program."""
