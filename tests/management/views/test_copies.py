"""On which nodes a queue is."""

from types import SimpleNamespace

from leveret.management.views.copies import members, mirrors, online

QUEUE = SimpleNamespace(vhost_name="/", name="q")


def look(copies=(), living=("hare", "mouse")):
    peers = SimpleNamespace(copies=lambda *_: copies, living=frozenset(living))
    return SimpleNamespace(node="hare", host=SimpleNamespace(peers=peers))


ALONE = SimpleNamespace(node="hare", host=SimpleNamespace(peers=None))


def test_a_queue_of_a_node_that_is_alone_is_there():
    assert members(QUEUE, ALONE) == online(QUEUE, ALONE) == ["hare"]
    assert mirrors(QUEUE, ALONE) is None


def test_an_ordinary_queue_of_a_cluster_is_at_its_home():
    assert members(QUEUE, look()) == online(QUEUE, look()) == ["hare"]
    assert mirrors(QUEUE, look()) is None


def test_copies_on_nodes_that_are_down_are_members_and_not_online():
    told = look(copies=("owl", "mouse", "hare"))
    assert members(QUEUE, told) == ["hare", "mouse", "owl"]
    assert online(QUEUE, told) == ["hare", "mouse"]
    assert mirrors(QUEUE, told) == ["mouse"]


def test_a_leader_without_anybody_has_no_mirrors_and_is_mirrored():
    assert mirrors(QUEUE, look(copies=("hare", "owl"))) == []
