"""Try a task again after a while, three times at most, with two queues and no timer of one's own.

What is rejected in `work` dies into `work.later`; what expires there dies back into `work`. The
header x-death counts how often.
"""

import os

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")
ATTEMPTS_MAX = 3


def attempts(properties):
    """How often the task was rejected before."""
    deaths = (properties.headers or {}).get("x-death", [])
    return sum(death["count"] for death in deaths if death["reason"] == "rejected")


def work(channel, method, properties, body):
    attempt = attempts(properties) + 1
    print(f"attempt {attempt} of {body.decode()!r} fails")
    if attempt < ATTEMPTS_MAX:
        channel.basic_reject(method.delivery_tag, requeue=False)
        return
    print(f"gave up on {body.decode()!r}")
    channel.basic_ack(method.delivery_tag)
    channel.stop_consuming()


with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    later = {
        "x-message-ttl": 200,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "work",
    }
    failed = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "work.later"}
    channel.queue_declare("work.later", arguments=later)
    channel.queue_declare("work", arguments=failed)
    channel.basic_publish(exchange="", routing_key="work", body=b"divide by zero")
    channel.basic_consume("work", work)
    channel.start_consuming()
