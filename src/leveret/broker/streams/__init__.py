"""Streams: append-only logs that many read, each from where he likes, and nobody empties."""
