"""Calling a broker from outside: what the load generator and `leveret migrate` speak AMQP through.

One blocking connection over a socket, to any AMQP 0-9-1 broker. It is made for tools that work on
raw bytes, not for applications; they have pika and its like.
"""
