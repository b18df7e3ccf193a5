"""A user who may read and write its own, and say only certain things to a topic exchange.

The broker runs inside this program, so that nothing has to be set up.
"""

import pika

import leveret


def attempt(url, what, act):
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        try:
            act(channel)
        except pika.exceptions.ChannelClosedByBroker as refused:
            print(f"{what}: {refused.reply_text}")
        else:
            print(f"{what}: done")


with leveret.running() as broker:
    broker.admin.add_user("sensor", "secret")
    own = "^(sensor-|amq\\.topic$)"
    broker.admin.set_permission("sensor", leveret.Permission("^sensor-", write=own, read=own))
    topics = leveret.TopicPermission(write="^{username}\\.", read="")
    broker.admin.set_topic_permission("sensor", "amq.topic", topics)
    sensor = broker.url_as("sensor", "secret")

    attempt(sensor, "its own queue", lambda channel: channel.queue_declare("sensor-1"))
    attempt(sensor, "another queue", lambda channel: channel.queue_declare("orders"))
    attempt(
        sensor,
        "its own topic",
        lambda channel: channel.basic_publish("amq.topic", "sensor.t", b"21"),
    )
    attempt(
        sensor,
        "another topic",
        lambda channel: channel.basic_publish("amq.topic", "orders.t", b"0"),
    )

    broker.admin.clear_topic_permissions("sensor", "amq.topic")
    attempt(
        sensor,
        "without the rule",
        lambda channel: channel.basic_publish("amq.topic", "orders.t", b"0"),
    )
