"""Metrics for Prometheus, under the names that RabbitMQ has for them."""
