"""`cluster_messages.py publish|consume|count HOST QUEUE [NUMBER] PORT`: the client of cluster.sh.

It is a careful one: confirms, acks, and another attempt while nobody can answer.
"""

import sys
import time

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker

PERSISTENT = pika.BasicProperties(delivery_mode=2)
ATTEMPT_S_MAX = 30


def publish(channel, queue, number):
    channel.queue_declare(queue, durable=True)
    channel.confirm_delivery()
    for each in range(number):
        channel.basic_publish("", queue, f"message {each}".encode(), PERSISTENT, mandatory=True)
    print(f"{number} messages are safe in {queue}")


def consume(channel, queue, number):
    """As many as that; each may have come before, to somebody who did not ack it."""
    for method, _, _ in channel.consume(queue, inactivity_timeout=ATTEMPT_S_MAX):
        if method is None:
            raise SystemExit(f"{queue} has {number} messages fewer than it should")
        channel.basic_ack(method.delivery_tag)
        number -= 1
        if not number:
            break
    channel.cancel()
    print(f"{queue} had all of them")


def count(channel, queue):
    try:
        told = channel.queue_declare(queue, passive=True)
    except ChannelClosedByBroker as closed:
        print(f"{closed.reply_code} {closed.reply_text}")
    else:
        print(f"{told.method.message_count} messages wait in {queue}")


def attempt(host, port, act):
    """Again for a while: just after a start, or while another node takes over, it may fail."""
    until = time.monotonic() + ATTEMPT_S_MAX
    while True:
        try:
            parameters = pika.ConnectionParameters(host, port)
            with pika.BlockingConnection(parameters) as connection:
                return act(connection.channel())
        except AMQPError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


verb, host, queue, *rest, port = sys.argv[1:]
verbs = {"publish": publish, "consume": consume, "count": count}
attempt(host, int(port), lambda channel: verbs[verb](channel, queue, *map(int, rest)))
