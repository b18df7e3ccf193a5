"""Queues whose messages are on several nodes: a message store over replicated logs."""
