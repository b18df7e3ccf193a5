"""Messages from RabbitMQ to Leveret, and back."""

import pika
import pytest

from leveret.dial.address import parse_uri
from leveret.management.client import Client
from leveret.migrate.journey import Journey, Place
from tests.migrate.test_journey import Notes

VHOST = "journey"
BODIES = [b"%d" % number for number in range(1500)]


def place(broker):
    url = f"http://guest:guest@127.0.0.1:{broker.management_port}"
    return Place(Client(url), parse_uri(broker.amqp))


def channel_to(broker):
    parameters = pika.URLParameters(broker.amqp)
    parameters.virtual_host = VHOST
    connection = pika.BlockingConnection(parameters)
    return connection, connection.channel()


@pytest.mark.parametrize("is_homeward", [False, True])
def test_a_vhost_moves_with_its_messages(both, is_homeward):
    source, target = reversed(both) if is_homeward else both
    for each in both:
        each.ask("DELETE", f"/api/vhosts/{VHOST}")
    source.ask("PUT", f"/api/vhosts/{VHOST}")
    for each in (source, target):
        each.ask("PUT", f"/api/vhosts/{VHOST}")
        rights = {"configure": ".*", "write": ".*", "read": ".*"}
        each.ask("PUT", f"/api/permissions/{VHOST}/guest", rights)
    connection, channel = channel_to(source)
    arguments = {"x-max-priority": 4, "x-dead-letter-exchange": "morgue"}
    channel.queue_declare("jobs", durable=True, arguments=arguments)
    channel.confirm_delivery()
    for body in BODIES:
        properties = pika.BasicProperties(delivery_mode=2, headers={"CC": ["x"], "n": [1, "b"]})
        channel.basic_publish("", "jobs", body, properties)
    connection.close()

    journey = Journey(place(source), place(target), Notes())
    journey.copy_definitions([VHOST])
    (load,), _ = journey.plan([VHOST], "")
    moved = journey.move(load)
    assert moved.is_sound, moved

    connection, channel = channel_to(target)
    channel.queue_declare("jobs", durable=True, arguments=arguments)
    found = []
    while (got := channel.basic_get("jobs", auto_ack=True))[0] is not None:
        found.append(got[2])
        assert got[1].headers == {"CC": ["x"], "n": [1, "b"]}
    connection.close()
    assert found == BODIES
    connection, channel = channel_to(source)
    assert channel.queue_declare("jobs", passive=True).method.message_count == 0
    connection.close()
