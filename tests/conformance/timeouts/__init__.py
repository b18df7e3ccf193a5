"""Deliveries that nobody acknowledges in time, on both brokers."""
