"""A way into one queue."""

from leveret.migrate.contents import Reader
from leveret.migrate.passage import Passage
from leveret.wire import methods
from tests.migrate.test_contents import delivered
from tests.migrate.two_brokers import two_brokers


def test_a_message_keeps_its_routing_key_and_reaches_one_queue_alone():
    with two_brokers() as (_, target):
        for queue in ("jobs", "k", "copy"):
            target.declare(queue)
        (content,) = Reader().feed(delivered(b"hare"))
        with target.connect() as connection, Passage(connection, "jobs") as passage:
            connection.send(passage.publish(content, "k"))
            connection.wait_for(1, methods.BasicAck)
        method, _, body = target.channel.basic_get("jobs", auto_ack=True)
        assert (method.routing_key, body) == ("k", b"hare")
        assert target.count("k") == 0


def test_the_way_is_gone_afterwards():
    with two_brokers() as (_, target):
        target.declare("jobs")
        with target.connect() as connection, Passage(connection, "jobs"):
            assert len(target.broker._node.broker.vhosts["/"].exchanges) == 8
        assert len(target.broker._node.broker.vhosts["/"].exchanges) == 7
