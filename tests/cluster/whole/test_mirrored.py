"""Scenario 12: a policy makes queues mirrored, with what they hold, and ordinary again."""

import json

import pytest

from tests.cluster.whole.nodes import (
    PATIENCE_S,
    channel_of,
    count,
    is_mirrored,
    mirrors_of,
    publish,
    queue_of,
    take_all,
    until,
    until_equal,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

ALL = '{"ha-mode":"all","ha-sync-mode":"automatic"}'


@pytest.fixture
def queue(cluster):
    """A durable queue at the first node, in which ten messages wait."""
    name = "lqz.work"
    with channel_of(cluster[0]) as channel:
        channel.queue_declare(name, durable=True)
    publish(cluster[0], name, BODIES)
    yield name
    for policy in json.loads(cluster[0].ctl("list_policies", "--formatter", "json")):
        cluster[0].ctl("clear_policy", policy["name"])
    with channel_of(cluster[0]) as channel:
        channel.queue_delete(name)


BODIES = [b"%d" % number for number in range(10)]


def set_policy(node, name, definition, *options, pattern="^lqz"):
    node.ctl("set_policy", *options, name, pattern, definition)


def names_of(nodes):
    return {node.name for node in nodes}


def until_mirrored(node, queue, mirrors, leader=None):
    """Until all of these have all of it; who leads is checked when it is said."""
    wanted = names_of(mirrors)
    until_equal(lambda: mirrors_of(node, queue)[1:], (wanted, wanted))
    assert leader is None or mirrors_of(node, queue)[0] == leader.name


def test_all_nodes_mirror_it_with_what_it_holds(cluster, queue):
    first, second, third = cluster
    assert not is_mirrored(second, queue)
    set_policy(second, "ha-all", ALL)
    for node in cluster:
        until_mirrored(node, queue, (second, third), leader=first)
    until_equal(lambda: queue_of(third, queue).get("policy"), "ha-all")
    assert take_all(third, queue) == BODIES


def test_list_queues_shows_leader_and_mirrors(cluster, queue):
    first, second, _ = cluster
    set_policy(first, "ha-all", ALL)
    until_mirrored(first, queue, cluster[1:])
    told = second.ctl(
        "list_queues",
        "name",
        "policy",
        "slave_pids",
        "synchronised_slave_pids",
        "--no-table-headers",
    )
    name, policy, mirrors, synchronised = told.rstrip("\n").split("\t")
    assert (name, policy) == (queue, "ha-all")
    for shown in (mirrors, synchronised):
        assert len(shown.strip("[]").split(",")) == 2, told


def test_it_is_used_while_it_becomes_mirrored_and_ordinary_again(cluster, queue):
    """Nobody who publishes or consumes is held up, and no message is lost or changes places."""
    first, second, third = cluster
    published, taken = list(BODIES), []
    with channel_of(second) as source, channel_of(third) as sink:
        source.confirm_delivery()
        for turn, action in enumerate((set_policy, clear_policy, set_policy, clear_policy)):
            action(first, "ha-all", ALL) if action is set_policy else action(first, "ha-all")
            for number in range(50):
                body = b"%d-%d" % (turn, number)
                source.basic_publish("", queue, body, mandatory=True)
                published.append(body)
                method, _, got = sink.basic_get(queue)
                taken.append(got)
                sink.basic_ack(method.delivery_tag)
    until(lambda: not is_mirrored(second, queue))
    assert [*taken, *take_all(first, queue)] == published


def clear_policy(node, name):
    node.ctl("clear_policy", name)


def test_exactly_two(cluster, queue):
    """Leveret makes three of two: of two copies neither may go."""
    first, *others = cluster
    mirrors = 2 if "leveret" in first.name else 1
    set_policy(first, "ha-two", '{"ha-mode":"exactly","ha-params":2,"ha-sync-mode":"automatic"}')
    until(lambda: len(mirrors_of(first, queue)[2]) == mirrors)
    assert mirrors_of(first, queue)[0] == first.name
    assert count(others[1], queue) == len(BODIES)


def test_named_nodes(cluster, queue):
    """The home is not among them: the queue moves once one of them has all of it."""
    first, second, third = cluster
    nodes = json.dumps([second.name, third.name])
    definition = f'{{"ha-mode":"nodes","ha-params":{nodes},"ha-sync-mode":"automatic"}}'
    set_policy(first, "ha-nodes", definition)
    until(lambda: mirrors_of(first, queue)[0] != first.name)
    leader, *_ = mirrors_of(first, queue)
    assert leader in {second.name, third.name}
    [mirror] = {second.name, third.name} - {leader}
    until_equal(lambda: mirrors_of(first, queue), (leader, {mirror}, {mirror}))
    assert take_all(first, queue) == BODIES


def test_the_policy_of_the_highest_priority_counts(cluster, queue):
    first, second, third = cluster
    set_policy(first, "all", ALL, "--priority", "1")
    until_mirrored(second, queue, (second, third), leader=first)
    set_policy(first, "one", '{"ha-mode":"exactly","ha-params":1}', "--priority", "2")
    until(lambda: not mirrors_of(second, queue)[1])
    until_equal(lambda: queue_of(third, queue).get("policy"), "one")
    first.ctl("clear_policy", "one")
    until_mirrored(second, queue, (second, third), leader=first)
    until_equal(lambda: queue_of(third, queue).get("policy"), "all")
    assert count(second, queue) == len(BODIES)


def test_a_policy_for_exchanges_or_another_vhost_makes_nothing_mirrored(cluster, queue):
    first, second, _ = cluster
    first.ctl("add_vhost", "elsewhere")
    first.ctl("set_permissions", "-p", "elsewhere", "guest", ".*", ".*", ".*")
    try:
        set_policy(first, "ex", ALL, "--apply-to", "exchanges")
        set_policy(first, "ha-all", ALL, "-p", "elsewhere")
        with channel_of(second, "elsewhere") as channel:
            channel.queue_declare("lqz.there", durable=True)
        until(lambda: len(queue_of(second, "lqz.there", "elsewhere").get("slave_nodes", ())) == 2)
        assert not is_mirrored(first, queue)
        assert "ha-all" in second.ctl("list_policies", "-p", "elsewhere")
        assert "ha-all" not in second.ctl("list_policies")
    finally:
        first.ctl("delete_vhost", "elsewhere")


def test_clearing_it_leaves_an_ordinary_queue_with_its_messages(cluster, queue):
    first, second, third = cluster
    set_policy(first, "ha-all", ALL)
    until_mirrored(first, queue, (second, third))
    second.ctl("clear_policy", "ha-all")
    until(lambda: not is_mirrored(third, queue))
    assert count(second, queue) == len(BODIES)
    assert take_all(third, queue) == BODIES


def test_a_quorum_queue_is_replicated_by_itself(cluster):
    first, second, third = cluster
    with channel_of(second) as channel:
        channel.queue_declare("voted", durable=True, arguments={"x-queue-type": "quorum"})
    try:
        publish(third, "voted", BODIES)
        until_equal(lambda: set(queue_of(first, "voted")["members"]), names_of(cluster))
        until_equal(lambda: set(queue_of(first, "voted")["online"]), names_of(cluster), PATIENCE_S)
        assert queue_of(first, "voted")["leader"] == second.name
        assert take_all(first, "voted") == BODIES
    finally:
        with channel_of(third) as channel:
            channel.queue_delete("voted")
