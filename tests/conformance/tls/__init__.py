"""TLS, EXTERNAL and PROXY headers: the same rabbitmq.conf, two brokers."""
