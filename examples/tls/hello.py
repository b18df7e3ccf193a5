"""Say hello over TLS, known by a certificate instead of a password."""

import os
import ssl

import pika

port = int(os.environ.get("LEVERET_TLS_PORT", "5671"))
context = ssl.create_default_context(cafile="ca.pem")
context.load_cert_chain("hare.pem", "hare.key")
parameters = pika.ConnectionParameters(
    "127.0.0.1",
    port,
    credentials=pika.credentials.ExternalCredentials(),
    ssl_options=pika.SSLOptions(context, "localhost"),
)
with pika.BlockingConnection(parameters) as connection:
    channel = connection.channel()
    channel.queue_declare("hello", exclusive=True)
    channel.basic_publish("", "hello", b"Hello, burrow!")
    _method, _properties, body = channel.basic_get("hello", auto_ack=True)
    print("hare says:", body.decode())
