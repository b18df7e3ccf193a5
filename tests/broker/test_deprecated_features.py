"""What is in use of what RabbitMQ will not have any more."""

from leveret.broker.broker import Broker
from leveret.broker.deprecated_features import FEATURES
from leveret.broker.policies import Policy
from leveret.broker.queues.queue import QueueOptions


def in_use(broker):
    return [each.name for each in FEATURES if each.is_used(broker)]


def test_mirrors_and_transient_queues_are_seen():
    broker = Broker(lambda: 0.0, bytes)
    broker.add_vhost("/")
    vhost = broker.vhosts["/"]
    vhost.create_queue("kept", QueueOptions(durable=True), None)
    vhost.create_queue("own", QueueOptions(exclusive=True), object())
    assert in_use(broker) == []
    vhost.create_queue("passing", QueueOptions(), None)
    assert in_use(broker) == ["transient_nonexcl_queues"]
    broker.parameters.set_policy("/", Policy("all", "", {"ha-mode": "all"}))
    assert in_use(broker) == ["classic_queue_mirroring", "transient_nonexcl_queues"]
