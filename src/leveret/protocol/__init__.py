"""Frames to events and back: pure state machines of AMQP 0-9-1, with no idea of queues."""
