"""What is shown of a vhost."""

from leveret.broker.queues.queue import QueueOptions
from leveret.broker.vhost_metadata import VhostMetadata
from leveret.management.views.vhosts import VHOST
from tests.management.asked import Office


def test_what_nobody_said_is_undefined_in_one_place_and_missing_in_the_other():
    office = Office()
    shown = VHOST.render(office.broker.vhosts["/"], office.call().look)
    assert shown["default_queue_type"] == "undefined"
    assert shown["metadata"] == {"description": "", "tags": []}


def test_what_is_known_is_shown_twice():
    office = Office()
    office.broker.describe_vhost("/", VhostMetadata("d", ("x",), "stream"))
    shown = VHOST.render(office.broker.vhosts["/"], office.call().look)
    inner = shown["metadata"]
    assert inner == {key: shown[key] for key in ("description", "tags", "default_queue_type")}


def test_traffic_is_told_once_there_is_some():
    office = Office()
    vhost = office.broker.vhosts["/"]
    fields = {"messages", "messages_ready", "messages_unacknowledged"}
    assert fields.isdisjoint(VHOST.render(vhost, office.call().look))
    vhost.create_queue("q", QueueOptions(durable=True), None)
    office.statistics.sample()
    shown = VHOST.render(vhost, office.call().look)
    assert {name: shown[name] for name in fields} == dict.fromkeys(fields, 0)
    assert shown["messages_details"] == {"rate": 0.0}
