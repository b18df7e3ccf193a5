"""Channels and consumers are listed."""

from leveret.wire import methods

FIGURES = [
    "number", "consumer_count", "messages_unacknowledged", "messages_unconfirmed",
    "messages_uncommitted", "acks_uncommitted", "prefetch_count", "global_prefetch_count",
    "transactional", "confirm",
]  # fmt: skip


def test_channels(node, world):
    client = world.client()
    channel = client.channel()
    channel.declare("jobs")
    channel.publish(b"x", key="jobs")
    channel.call(methods.BasicQos(prefetch_count=7))
    channel.consume("jobs", no_ack=False)
    client.channel().call(methods.TxSelect())
    assert node.ask("list_channels", columns=FIGURES) == [
        [1, 1, 1, 0, 0, 0, 7, 0, False, False],
        [2, 0, 0, 0, 0, 0, 0, 0, True, False],
    ]
    names = node.ask("list_channels", columns=["name", "user", "vhost", "connection", "pid"])
    session = client.session
    assert names[0] == ["peer (1)", "guest", "/", session.pid, session.channels[1].pid]


def test_consumers(node, world):
    channel = world.channel()
    channel.declare("one", arguments={"x-single-active-consumer": True})
    channel.consume("one", tag="first", no_ack=False)
    channel.consume("one", tag="second", no_ack=True, arguments={"x-priority": 3})
    columns = ["queue_name", "consumer_tag", "ack_required", "active", "activity_status"]
    assert node.ask("list_consumers", vhost="/", columns=columns) == [
        ["one", "first", True, True, "single_active"],
        ["one", "second", False, False, "waiting"],
    ]
    arguments = node.ask("list_consumers", vhost="/", columns=["prefetch_count", "arguments"])
    assert arguments[1] == [0, [["x-priority", "signedint", 3]]]
    assert node.ask("list_consumers", vhost="nowhere", columns=columns) == []
