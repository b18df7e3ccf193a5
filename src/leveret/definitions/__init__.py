"""Definitions as files: RabbitMQ's JSON, where it lies, and what is told of an import.

What the document means is leveret/broker/definitions' business.
"""
