"""What has happened is listed."""

from leveret.broker.queues.queue import QueueOptions


def test_the_last_ones(node, world):
    world.broker.events.keep(lambda: 1_700_000_000.5)
    world.broker.vhosts["/"].create_queue("jobs", QueueOptions(), None)
    ((time, name, by, fields),) = node.ask("list_events", columns=["time", "name", "by", "fields"])
    assert (time, name, by) == (1_700_000_000_500, "queue.created", "rmq-internal")
    assert (fields["name"], fields["durable"], fields["arguments"]) == ("jobs", False, [])
