"""What clients see of alarms, on both brokers."""
