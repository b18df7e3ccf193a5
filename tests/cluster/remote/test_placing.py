"""A queue that is elsewhere comes to be known here, and is known no more."""

from leveret.broker.bindings import Binding
from leveret.broker.policies import Policy
from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.remote.placing import place, withdraw
from tests.cluster.remote.two import Two


def test_it_follows_the_policies_there_are():
    two = Two()
    two.mouse.broker.parameters.set_policy("/", Policy("p", "^q$", {"max-length": 1}))
    queue = place(two.mouse.vhost, "q", QueueOptions(), two.mouse_homes.of("hare"))
    assert queue.rules.max_length == 1


def test_its_bindings_go_with_it():
    two = Two()
    vhost = two.mouse.vhost
    queue = place(vhost, "q", QueueOptions(), two.mouse_homes.of("hare"))
    exchange = vhost.exchanges["amq.fanout"]
    vhost.bind(Binding(exchange, queue, ""))
    withdraw(vhost, queue)
    assert exchange.is_unused
    assert queue.is_deleted
    assert "q" not in vhost.queues


def test_what_has_taken_its_place_stays():
    two = Two()
    vhost = two.mouse.vhost
    queue = place(vhost, "q", QueueOptions(), two.mouse_homes.of("hare"))
    later = vhost.place_queue("q", QueueOptions(), 0)
    withdraw(vhost, queue)
    assert vhost.queues["q"] is later
