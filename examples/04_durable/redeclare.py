"""Try to redeclare the durable queue 'ledger' as a transient one: the broker refuses.

A queue's attributes are fixed when it is made; a differing redeclare closes the channel with
406 PRECONDITION_FAILED. The queue and the connection stay as they were.
"""

import os

import pika
from pika.exceptions import ChannelClosedByBroker

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")

with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.queue_declare("ledger", durable=True)
    try:
        channel.queue_declare("ledger", durable=False)
    except ChannelClosedByBroker as refusal:
        print(f"{refusal.reply_code} {refusal.reply_text}")
    waiting = connection.channel().queue_declare("ledger", passive=True).method.message_count
    print(f"the ledger still holds {waiting} messages")
