"""rabbitmqctl and leveretctl: the same commands, the same words and exit codes."""
