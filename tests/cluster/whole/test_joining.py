"""Scenario 10: three nodes become one cluster, and what there is is seen from all of them."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pika
import pytest
from pika.exceptions import AMQPError, ChannelClosedByBroker

from tests.cluster.whole.nodes import (
    channel_of,
    count,
    publish,
    refusal,
    running_nodes_of,
    take_all,
    until,
    until_equal,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def join(node, other):
    for command in (("stop_app",), ("join_cluster", other.name), ("start_app",)):
        node.ctl(*command)


def status_of(node):
    return json.loads(node.ctl("cluster_status", "--formatter", "json"))


def test_three_nodes_become_one_by_three_commands_each(apart):
    first, second, third = apart
    first.ctl("add_vhost", "burrow")
    first.ctl("add_user", "lqz", "123")
    first.ctl("set_permissions", "-p", "burrow", "lqz", ".*", ".*", ".*")
    first.ctl("set_policy", "short", "^few", '{"max-length":2}')
    second.ctl("add_user", "forgotten", "123")
    with channel_of(first) as channel:
        channel.exchange_declare("news", "topic", durable=True)
        channel.queue_declare("inbox", durable=True)
        channel.queue_bind("inbox", "news", "hare.#")
    publish(first, "inbox", [b"from before"])

    join(second, first)
    with channel_of(first) as channel:  # Who is there while a third comes notices nothing of it.
        join(third, second)
        assert channel.queue_declare("inbox", passive=True).method.message_count == 1

    names = {node.name for node in apart}
    for node in apart:
        told = status_of(node)
        assert set(told["disk_nodes"]) == set(told["running_nodes"]) == names
        assert told["ram_nodes"] == []
        assert running_nodes_of(node) == names
        assert "burrow" in node.ctl("list_vhosts").split()
        users = {line.split("\t")[0] for line in node.ctl("list_users").splitlines()}
        assert users == {"user", "guest", "lqz"}  # The heading, and those of the first node.
        assert '{"max-length":2}' in node.ctl("list_policies")
        assert "news\tinbox\thare.#" in node.ctl(
            "list_bindings", "source_name", "destination_name", "routing_key"
        )
        assert count(node, "inbox") == 1
    assert take_all(third, "inbox") == [b"from before"]


def test_a_member_of_another_cluster_leaves_it_and_joins(apart):
    first, second, third = apart
    with channel_of(third) as channel:
        channel.queue_declare("theirs", durable=True)
    join(second, first)
    join(second, third)
    assert set(status_of(second)["disk_nodes"]) == {second.name, third.name}
    assert count(second, "theirs") == 0
    until(lambda: is_up(first))
    until_equal(lambda: status_of(first)["disk_nodes"], [first.name])


def test_what_one_node_makes_all_have(cluster):
    """At once for whoever made it, and soon for everybody."""
    for number, node in enumerate(cluster):
        name = f"made-{number}"
        with channel_of(node) as channel:
            channel.exchange_declare(name, "fanout", durable=True)
            channel.queue_declare(name, durable=True)
            channel.queue_bind(name, name)
            channel.basic_publish(name, "", b"hello", pika.BasicProperties(delivery_mode=2))
            until(lambda c=channel, n=name: c.queue_declare(n, passive=True).method.message_count)
        for other in cluster:
            until(lambda o=other, n=name: exists(o, n), 2)
        with channel_of(cluster[number - 1]) as channel:
            channel.queue_delete(name)
            channel.exchange_delete(name)
        for other in cluster:
            until(lambda o=other, n=name: not exists(o, n), 2)


def exists(node, queue):
    try:
        count(node, queue)
    except ChannelClosedByBroker as closed:
        if closed.reply_code == 404:
            return False
        raise
    return True


def test_of_two_declares_that_conflict_one_is_refused(cluster):
    """As on one node: whoever comes second hears what is there already."""
    start = threading.Barrier(2)

    def declare(node, name, is_durable):
        with channel_of(node) as channel:
            start.wait(10)
            try:
                channel.queue_declare(name, durable=is_durable)
            except ChannelClosedByBroker as closed:
                return closed.reply_code
        return "ok"

    for turn in range(5):
        name = f"contended-{turn}"
        with ThreadPoolExecutor(2) as threads:
            one = threads.submit(declare, cluster[0], name, True)
            other = threads.submit(declare, cluster[1], name, False)
        assert {one.result(), other.result()} == {"ok", 406}
        with channel_of(cluster[2]) as channel:
            channel.queue_delete(name)


def test_a_node_that_was_away_catches_up(cluster):
    first, second, third = cluster
    third.stop()
    with channel_of(first) as channel:
        channel.queue_declare("meanwhile", durable=True)
    second.ctl("add_user", "meanwhile", "123")
    third.start()
    until_equal(lambda: running_nodes_of(third), {node.name for node in cluster})
    assert "meanwhile" in third.ctl("list_users")
    assert count(third, "meanwhile") == 0
    with channel_of(third) as channel:
        channel.queue_delete("meanwhile")
    third.ctl("delete_user", "meanwhile")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_all_may_stop_and_start_in_any_order(cluster, order):
    """RabbitMQ waits, in whichever order, for the one that was stopped last; so may we."""
    with channel_of(cluster[1]) as channel:
        channel.queue_declare("overnight", durable=True)
    publish(cluster[0], "overnight", [b"still here"])
    for node in cluster:
        node.stop()
    for number in order:
        cluster[number].begin()
    for node in cluster:
        until(lambda n=node: is_up(n), 120)
    for node in cluster:
        until_equal(lambda n=node: running_nodes_of(n), {each.name for each in cluster})
    assert take_all(cluster[2], "overnight") == [b"still here"]
    with channel_of(cluster[2]) as channel:
        channel.queue_delete("overnight")


def is_up(node):
    try:
        with channel_of(node):
            return True
    except (AMQPError, OSError):
        return False


def test_a_member_that_is_removed_is_one_no_more(cluster):
    """Refused while it runs; forgotten when it does not; and as new it may come again."""
    first, _, third = cluster
    assert first.ask("forget_cluster_node", third.name).code == 69
    third.ctl("stop_app")
    first.ctl("forget_cluster_node", third.name)
    assert third.name not in status_of(first)["disk_nodes"]
    assert third.ask("start_app").code == 69
    third.ctl("reset")
    third.ctl("start_app")
    assert status_of(third)["disk_nodes"] == [third.name]
    join(third, first)
    names = {node.name for node in cluster}
    for node in cluster:
        until_equal(lambda n=node: set(status_of(n)["running_nodes"]), names)
    assert refusal(third, lambda channel: channel.queue_declare("none", passive=True))[0] == 404
