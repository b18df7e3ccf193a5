"""Ask the server for one Fibonacci number, without a reply queue: python direct_reply_to.py 10.

'amq.rabbitmq.reply-to' is no real queue: the broker hands the answer straight to the consumer
on the channel that asked. Consume from it, with auto_ack, before publishing the request.
"""

import os
import sys

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")


def on_answer(channel, method, properties, body):
    print(f"fibonacci({sys.argv[1]}) = {body.decode()}")
    channel.stop_consuming()


with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.queue_declare("fibonacci")
    channel.basic_consume("amq.rabbitmq.reply-to", on_answer, auto_ack=True)
    channel.basic_publish(
        exchange="",
        routing_key="fibonacci",
        properties=pika.BasicProperties(reply_to="amq.rabbitmq.reply-to"),
        body=sys.argv[1].encode(),
    )
    channel.start_consuming()
