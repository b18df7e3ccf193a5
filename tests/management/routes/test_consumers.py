"""Consumers over HTTP. What RabbitMQ answers to the same is compared in tests/conformance."""


def tags(api, path="/consumers/{v}"):
    return [each["consumer_tag"] for each in api.get(path)]


def test_consumers_are_listed_by_vhost(api):
    api.do("PUT", "/queues/{v}/q")
    with api.channel() as channel:
        channel.basic_consume("q", lambda *_: None, consumer_tag="c")
        assert tags(api) == ["c"]
        assert "c" in tags(api, "/consumers")
    assert tags(api) == []


def test_who_does_not_monitor_sees_his_own_alone(api, served):
    served.admin.add_user("seer", "seer", frozenset({"management"}))
    served.admin.set_permission("seer", vhost=api.vhost)
    api.do("PUT", "/queues/{v}/q")
    with api.channel() as channel:
        channel.basic_consume("q", lambda *_: None, consumer_tag="guests")
        assert tags(api.as_user("seer")) == []
        assert tags(api) == ["guests"]


def test_a_vhost_that_is_not_there_has_none(api):
    assert api.ask("GET", "/consumers/none").status == 404


def test_they_are_nothing_but_statistics(api):
    assert api.ask("GET", "/consumers?disable_stats=true").status == 400
