"""Definitions from RabbitMQ to Leveret and from Leveret to RabbitMQ."""
