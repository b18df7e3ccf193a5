"""Streams: what they keep, who reads them, and what a restart brings back."""
