"""What is shown of queues. All fields are compared with RabbitMQ's in tests/conformance."""

import pika

from leveret import Policy

# What RabbitMQ shows of one type and not of the others.
OF_A_TYPE = {
    "classic": {"single_active_consumer_tag", "recoverable_slaves", "messages_paged_out"},
    "quorum": {"leader", "single_active_consumer_ctag"},
    "stream": {"readers"},
}


def declare(objects, name="q", **arguments):
    objects.do("PUT", f"/queues/{{v}}/{name}", {"durable": True, "arguments": arguments})


def shown(objects, name="q"):
    return objects.get(f"/queues/{{v}}/{name}")


def test_each_type_has_its_own_fields(objects):
    for kind in OF_A_TYPE:
        declare(objects, kind, **{"x-queue-type": kind})
    listed = {each["name"]: each for each in objects.get("/queues/{v}")}
    for kind, fields in OF_A_TYPE.items():
        others = set.union(*(names for other, names in OF_A_TYPE.items() if other != kind))
        assert fields <= listed[kind].keys()
        assert not others & listed[kind].keys()


def test_messages_are_counted_where_they_are(objects):
    declare(objects)
    for _ in range(3):
        objects.publish("q", "four", delivery_mode=2, timestamp=1700000000)
    with objects.channel() as channel:
        channel.basic_get("q")
        told = shown(objects)
    expected = {
        "messages": 3,
        "messages_ready": 2,
        "messages_unacknowledged": 1,
        "messages_persistent": 3,
        "message_bytes": 12,
        "message_bytes_unacknowledged": 4,
        "head_message_timestamp": 1700000000,
    }
    assert {name: told[name] for name in expected} == expected


def test_a_queue_shows_the_policy_it_follows(objects):
    objects.node.admin.set_policy(Policy("short", "^q", {"max-length": 5}), vhost=objects.vhost)
    declare(objects)
    told = shown(objects)
    assert told["policy"] == "short"
    assert told["effective_policy_definition"] == {"max-length": 5}
    assert objects.get("/queues/{v}?disable_stats=true")[0]["policy"] == "short"


def test_an_exclusive_queue_names_its_owner(objects):
    with objects.channel() as channel:
        channel.queue_declare("mine", exclusive=True)
        owner = shown(objects, "mine")["owner_pid_details"]
    assert owner.keys() == {"name", "peer_host", "peer_port"}
    declare(objects)
    assert "owner_pid_details" not in shown(objects)


def test_a_special_consumer_is_named(objects):
    declare(objects, "single", **{"x-single-active-consumer": True})
    declare(objects, "alone")
    with objects.channel() as channel:
        channel.basic_consume("single", print, consumer_tag="first")
        channel.basic_consume("single", print, consumer_tag="second")
        channel.basic_consume("alone", print, consumer_tag="only", exclusive=True)
        assert shown(objects, "single")["single_active_consumer_tag"] == "first"
        assert shown(objects, "alone")["exclusive_consumer_tag"] == "only"
        assert [c["consumer_tag"] for c in shown(objects, "single")["consumer_details"]] == [
            "first",
            "second",
        ]
    assert shown(objects, "single")["single_active_consumer_tag"] is None


def test_what_json_cannot_carry_is_spelled(objects):
    with objects.channel() as channel:
        channel.queue_declare("q", arguments={"octets": b"\xff", "none": None})
    assert shown(objects)["arguments"] == {
        "octets": "Not UTF-8, base64 is: /w==",
        "none": "undefined",
    }


def test_statistics_are_of_what_happened(objects):
    declare(objects)
    assert "message_stats" not in shown(objects)
    with objects.channel() as channel:
        channel.basic_publish("", "q", b"x", pika.BasicProperties())
        channel.basic_get("q", auto_ack=True)
        told = shown(objects)["message_stats"]
    assert (told["publish"], told["get_no_ack"], told["deliver_get"]) == (1, 1, 1)
    assert set(told["publish_details"]) == {"rate"}
