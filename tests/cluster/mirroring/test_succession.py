"""Who has what when a node is gone."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.changes import QueueDeclared
from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.mirroring.succession import succession
from tests.cluster.mirroring.queues import THREE, logged, ordinary


def declared(name, **options):
    return QueueDeclared(1, "/", name, QueueOptions(**options))


def by_name(*queues):
    return {(each.vhost, each.name): each for each in queues}


def test_the_living_member_that_leads_fewest_leads_from_now_on():
    there = [logged("q", "a", "abc"), ordinary("o", "b"), logged("p", "c", "abc")]
    assert succession(there, {}, "bc", THREE).heirs == (logged("q", "b", "abc"),)
    more = [*there, ordinary("x", "b")]
    assert succession(more, {}, "bc", THREE).heirs == (logged("q", "c", "abc"),)


def test_many_queues_go_to_many_nodes():
    there = [logged(str(each), "a", "abc") for each in range(6)]
    heirs = [each.node for each in succession(there, {}, "bc", THREE).heirs]
    assert (heirs.count("b"), heirs.count("c")) == (3, 3)


def test_one_under_maintenance_leads_only_where_there_is_no_other():
    there = [logged("q", "a", "abc"), ordinary("o", "c"), ordinary("x", "c")]
    assert succession(there, {}, "bc", THREE, "b").heirs == (logged("q", "c", "abc"),)
    assert succession(there, {}, "b", THREE, "b").heirs == (logged("q", "b", "abc"),)


def test_nobody_leads_a_log_without_having_a_copy():
    assert succession([logged("q", "a", "ab")], {}, "c", THREE).heirs == ()


def test_an_ordinary_queue_waits_for_its_node():
    there = [ordinary("q", "a")]
    assert not succession(there, by_name(declared("q", durable=True)), "bc", THREE)


def test_but_not_for_one_that_has_left_the_cluster():
    queue = declared("q", durable=True)
    assert succession([ordinary("q", "a")], by_name(queue), "bc", "bc").lost == (queue,)


def test_a_transient_queue_and_an_exclusive_one_go_with_their_node():
    queues = [declared("t"), declared("e", durable=True, exclusive=True)]
    there = [ordinary("t", "a"), ordinary("e", "a")]
    assert succession(there, by_name(*queues), "bc", THREE).lost == tuple(queues)
    assert succession(there, by_name(*queues), "ab", THREE).lost == ()


def test_who_comes_second_finds_nothing_to_do():
    there = [logged("q", "a", "abc"), ordinary("t", "a")]
    first = succession(there, by_name(declared("t")), "bc", THREE)
    assert not succession(first.heirs, {}, "bc", THREE)


NODES = st.sampled_from(THREE)
QUEUE = st.builds(
    lambda name, members, is_logged: (
        logged(str(name), members[0], sorted(members))
        if is_logged
        else ordinary(str(name), members[0])
    ),
    st.integers(0, 99),
    st.lists(NODES, min_size=1, unique=True),
    st.booleans(),
)
QUEUES = st.lists(QUEUE, max_size=12, unique_by=lambda each: each.name)


@given(QUEUES, st.sets(NODES))
def test_every_log_with_a_living_copy_has_a_living_leader_and_no_other_changes(there, living):
    heirs = {each.name: each for each in succession(there, {}, living, THREE).heirs}
    for each in there:
        is_orphan = each.log and each.node not in living and living & set(each.members)
        assert (each.name in heirs) is bool(is_orphan)
        if is_orphan:
            heir = heirs[each.name]
            assert heir.node in living & set(each.members)
            assert replace(heir, node=each.node) == each
