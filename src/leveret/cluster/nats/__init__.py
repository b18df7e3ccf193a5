"""Replicated logs on NATS JetStream: each log one stream of entries, each entry several records."""
