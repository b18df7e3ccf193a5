"""Leveret: a message broker in Python that speaks RabbitMQ."""
