"""Queues: what waits, who waits for it, and the rules between them."""
