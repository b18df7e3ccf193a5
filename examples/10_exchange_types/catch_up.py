"""Join a chat late and read what was said last: python catch_up.py."""

import os

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")

with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.exchange_declare(
        "chat", exchange_type="x-recent-history", arguments={"x-recent-history-length": 2}
    )
    for text in ("hello", "anybody here?", "it is quiet today"):
        channel.basic_publish(exchange="chat", routing_key="", body=text.encode())
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, exchange="chat")
    channel.basic_publish(exchange="chat", routing_key="", body=b"now I am here")
    for _method, _properties, body in channel.consume(queue, auto_ack=True):
        print(body.decode())
        if body == b"now I am here":
            break
    channel.cancel()
    channel.exchange_delete("chat")
