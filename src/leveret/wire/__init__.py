"""Bytes and values of AMQP 0-9-1: standard library only, no state, no I/O."""
