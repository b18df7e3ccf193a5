"""One queue, shown through any node."""

from leveret.wire import methods


def test_when_its_home_does_not_answer_it_is_not_there(pair):
    pair.declare("q")
    pair.peers["mouse"].silent.add("hare")
    assert pair.ask("mouse", "GET", "/queues/%2F/q").status == 404


def test_consumers_of_a_queue_here_that_are_elsewhere_are_told_with_it(pair):
    pair.declare("q")
    pair.declare("other")
    channel = pair.mouse.client().channel()
    channel.call(methods.BasicConsume(queue="q", consumer_tag="there"))
    channel.call(methods.BasicConsume(queue="other", consumer_tag="not-meant"))
    (consumer,) = pair.get("hare", "/queues/%2F/q")["consumer_details"]
    assert (consumer["consumer_tag"], consumer["channel_details"]["node"]) == ("there", "mouse")


def test_without_statistics_nobody_is_asked_for_consumers(pair):
    pair.declare("q")
    told = pair.get("hare", "/queues/%2F/q?disable_stats=true")
    assert "consumer_details" not in told
    assert pair.peers["hare"].asked == []
