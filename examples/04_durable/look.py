"""Tell what is there: run it before and after the broker was killed (kill -9) and started again."""

import os

import pika
from pika.exceptions import ChannelClosedByBroker

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")

with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    for queue in ("ledger", "scribbles"):
        try:
            waiting = connection.channel().queue_declare(queue, passive=True).method.message_count
            print(f"{queue}: {waiting} waiting")
        except ChannelClosedByBroker as refusal:
            print(f"{queue}: {refusal.reply_code} {refusal.reply_text}")
