"""The same scripts against Leveret and against RabbitMQ, answers compared."""
