"""Consumers over HTTP. What RabbitMQ answers to the same is compared in tests/conformance."""


def tags(objects, path="/consumers/{v}"):
    return [each["consumer_tag"] for each in objects.get(path)]


def test_consumers_are_listed_by_vhost(objects):
    objects.do("PUT", "/queues/{v}/q")
    with objects.channel() as channel:
        channel.basic_consume("q", lambda *_: None, consumer_tag="c")
        assert tags(objects) == ["c"]
        assert "c" in tags(objects, "/consumers")
    assert tags(objects) == []


def test_who_does_not_monitor_sees_his_own_alone(objects):
    objects.node.admin.add_user("seer", "seer", frozenset({"management"}))
    objects.node.admin.set_permission("seer", vhost=objects.vhost)
    objects.do("PUT", "/queues/{v}/q")
    with objects.channel() as channel:
        channel.basic_consume("q", lambda *_: None, consumer_tag="guests")
        assert tags(objects.as_user("seer:seer")) == []
        assert tags(objects) == ["guests"]


def test_a_vhost_that_is_not_there_has_none(objects):
    assert objects.ask("GET", "/consumers/none").status == 404


def test_they_are_nothing_but_statistics(objects):
    assert objects.ask("GET", "/consumers?disable_stats=true").status == 400
