"""What policies and arguments say of where a queue is to be."""

from dataclasses import replace

import pytest

from leveret.broker.changes import QueueDeclared
from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.mirroring.wanted import Asked, Locators, home, nodes_of, stays, wanted
from tests.cluster.mirroring.queues import FIVE, THREE, asked, cluster, ha, logged, ordinary

HERE = ordinary("q", "b")


def test_a_queue_of_which_nobody_says_anything_stays_in_its_nodes_engine():
    assert wanted(asked(), HERE, cluster()) == ("b",)
    assert wanted(asked({"max-length": 5}), HERE, cluster()) == ("b",)


def test_all_is_every_member_whether_it_runs_or_not():
    assert wanted(asked(ha("all")), HERE, cluster(living="b")) == THREE


def test_no_more_than_five_have_copies_and_the_leader_is_one():
    six = "abcdef"
    assert wanted(asked(ha("all")), ordinary("q", "f"), cluster(six)) == ("a", "b", "c", "d", "f")


@pytest.mark.parametrize(
    ("count", "there"), [(1, "b"), (2, "abc"), (3, "abc"), (4, "abcd"), (5, FIVE), (9, FIVE)]
)
def test_exactly_is_so_many_but_two_are_not_enough_for_one_to_go(count, there):
    assert wanted(asked(ha("exactly", count)), HERE, cluster(FIVE)) == tuple(there)


def test_of_two_nodes_both():
    assert wanted(asked(ha("exactly", 2)), HERE, cluster("ab")) == ("a", "b")
    assert wanted(asked(ha("all")), HERE, cluster("ab")) == ("a", "b")


def test_a_cluster_of_one_has_nothing_to_copy_to():
    assert wanted(asked(ha("all")), HERE, cluster("b")) == ("b",)


def test_who_has_a_copy_keeps_it_even_when_it_is_down():
    now = logged("q", "e", "cde")
    assert wanted(asked(ha("exactly", 3)), now, cluster(FIVE, living="abe")) == ("c", "d", "e")


def test_who_runs_and_keeps_least_is_chosen_first():
    there = [logged("p", "a", "abd"), ordinary("r", "a")]
    asks = asked(ha("exactly", 3))
    assert wanted(asks, ordinary("q", "c"), cluster(FIVE, "abcd", there)) == ("b", "c", "d")


def test_who_left_the_cluster_has_no_copy_any_more():
    now = logged("q", "e", "cde")
    assert wanted(asked(ha("exactly", 3)), now, cluster("abde")) == ("a", "d", "e")


def test_the_nodes_that_are_named_as_far_as_they_are_members():
    assert wanted(asked(ha("nodes", ["c", "x", "a"])), HERE, cluster()) == ("a", "c")
    assert wanted(asked(ha("nodes", ["c"])), HERE, cluster()) == ("c",)
    assert wanted(asked(ha("nodes", ["x"])), HERE, cluster()) == ("b",)


def test_a_quorum_queue_has_three_copies_or_what_it_says():
    assert wanted(asked(queue_type="quorum"), HERE, cluster(FIVE)) == ("a", "b", "c")
    says = asked(queue_type="quorum", quorum_initial_group_size=5)
    assert wanted(says, HERE, cluster(FIVE)) == FIVE
    alone = asked(queue_type="quorum", quorum_initial_group_size=1)
    assert wanted(alone, HERE, cluster(FIVE)) == ("b",)


def test_a_stream_has_copies_everywhere_or_as_its_argument_or_its_policy_says():
    assert wanted(asked(queue_type="stream"), HERE, cluster(FIVE)) == FIVE
    policy = {"initial-cluster-size": 1}
    assert wanted(asked(policy, queue_type="stream"), HERE, cluster(FIVE)) == ("b",)
    says = asked(policy, queue_type="stream", initial_cluster_size=3)
    assert wanted(says, HERE, cluster(FIVE)) == ("a", "b", "c")


def test_a_stream_keeps_as_many_copies_as_it_began_with():
    stream = asked({"initial-cluster-size": 1}, queue_type="stream")
    assert wanted(stream, logged("s", "b", "abc"), cluster(FIVE)) == ("a", "b", "c")
    assert wanted(stream, logged("s", "b", "abx"), cluster(FIVE)) == ("a", "b", "c")
    assert wanted(stream, logged("s", "b", "ab"), cluster()) == ("a", "b", "c")


def test_what_goes_with_a_connection_is_copied_nowhere():
    assert wanted(asked(ha("all"), exclusive=True), HERE, cluster()) == ("b",)
    assert wanted(asked(ha("all"), durable=False), HERE, cluster()) == THREE


def test_streams_and_transient_queues_stay_in_what_they_began_in():
    durable, transient = QueueOptions(durable=True), QueueOptions()
    stream = QueueOptions(durable=True, arguments={"x-queue-type": "stream"})
    found = [stays(QueueDeclared(1, "/", "q", each)) for each in (durable, transient, stream)]
    assert found == [False, True, True]


def test_the_mode_of_mirrors_means_nothing_to_other_types():
    asks = asked(ha("nodes", ["c"]), queue_type="quorum")
    assert wanted(asks, HERE, cluster()) == THREE


def test_where_the_messages_are():
    assert nodes_of(HERE) == ("b",)
    assert nodes_of(logged("q", "b", "abc")) == ("a", "b", "c")


# A new queue's home ------------------------------------------------------------------------------

BUSY = [ordinary("1", "a"), ordinary("2", "a"), ordinary("3", "b"), logged("4", "b", "abc")]


def home_of(asks, *, members=THREE, living=None, locator="client-local", aside=""):
    there = replace(cluster(members, living, [*BUSY, ordinary("5", "c")]), aside=frozenset(aside))
    return home(asks, "b", there, Locators(locator, locator), choose=lambda nodes: nodes[-1])


def test_a_new_queue_is_where_its_client_is():
    assert home_of(asked()) == "b"


@pytest.mark.parametrize("locator", ["min-masters", "balanced", "least-leaders"])
def test_or_where_the_fewest_are(locator):
    assert home_of(asked(), locator=locator) == "c"
    assert home_of(asked(), locator=locator, living="ab") == "a"


def test_or_anywhere():
    assert home_of(asked(), locator="random", living="abc") == "c"
    assert home_of(asked(), locator="random", living="ab") == "b"


def test_classic_queues_and_replicated_ones_have_a_word_each():
    locators = Locators("min-masters", "client-local")
    there = cluster(housings=[*BUSY, ordinary("5", "c")])
    found = [
        home(asked(queue_type=kind), "b", there, locators, choose=lambda nodes: nodes[-1])
        for kind in ("classic", "quorum", "stream")
    ]
    assert found == ["c", "b", "b"]


def test_nothing_begins_at_a_node_under_maintenance_where_another_runs():
    assert home_of(asked(), locator="min-masters", aside="c") == "a"
    assert home_of(asked(), locator="random", aside="c") == "b"
    assert home_of(asked(ha("nodes", ["a", "c"])), aside="c") == "a"
    assert home_of(asked(ha("nodes", ["c"])), aside="c") == "c"
    assert home_of(asked(), locator="random", aside="abc") == "c"
    # Who is connected there is let go; until then its queues are with it, as RabbitMQ has it.
    assert home_of(asked(), aside="b") == "b"


def test_its_argument_goes_before_its_policy_and_that_before_the_node():
    policy = {"queue-master-locator": "min-masters"}
    assert home_of(asked(policy)) == "c"
    assert home_of(asked(policy, queue_master_locator="client-local")) == "b"
    quorum = asked({}, queue_type="quorum", queue_leader_locator="balanced")
    assert home_of(quorum) == "c"
    assert home_of(asked({}, queue_leader_locator="balanced")) == "b"


def test_a_queue_for_named_nodes_begins_on_one_of_them_that_runs():
    assert home_of(asked(ha("nodes", ["a", "c"]))) == "c"
    assert home_of(asked(ha("nodes", ["a", "b"]))) == "b"
    assert home_of(asked(ha("nodes", ["c"])), living="ab") == "b"


def test_an_exclusive_queue_is_with_its_connection():
    options = QueueOptions(exclusive=True, arguments={"x-queue-master-locator": "min-masters"})
    assert home_of(Asked(options, {})) == "b"


def test_a_node_that_sees_nobody_has_itself():
    assert home_of(asked(), living="", locator="min-masters") == "b"
