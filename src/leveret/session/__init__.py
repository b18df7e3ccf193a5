"""AMQP's meaning: a client's methods to broker calls, the broker's answers to methods."""
