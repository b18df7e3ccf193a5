"""Ask the server for Fibonacci numbers: python client.py 10 20.

All answers come to one exclusive queue of this client; the correlation_id tells which request
an answer belongs to, in whatever order the servers finish.
"""

import os
import sys
import uuid

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")
requests = {str(uuid.uuid4()): number for number in sys.argv[1:]}


def on_answer(channel, method, properties, body):
    print(f"fibonacci({requests.pop(properties.correlation_id)}) = {body.decode()}")
    if not requests:
        channel.stop_consuming()


with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.queue_declare("fibonacci")
    reply_queue = channel.queue_declare("", exclusive=True).method.queue
    channel.basic_consume(reply_queue, on_answer, auto_ack=True)
    for correlation_id, number in requests.items():
        channel.basic_publish(
            exchange="",
            routing_key="fibonacci",
            properties=pika.BasicProperties(reply_to=reply_queue, correlation_id=correlation_id),
            body=number.encode(),
        )
    channel.start_consuming()
