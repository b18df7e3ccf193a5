"""The port: what stands behind it in a cluster and in tests has all of it, called alike."""

import inspect
from types import SimpleNamespace

import pytest

from leveret.cluster.asking import LinkedPeers
from leveret.peers import Copies, Peers, copies_of
from tests.cluster.pair import HandPeers

VERBS = sorted(name for name in vars(Peers) if not name.startswith("_"))


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("peers", [LinkedPeers, HandPeers])
def test_whoever_is_asked_has_all_verbs(peers, verb):
    if isinstance(vars(Peers)[verb], property):
        assert hasattr(peers, verb) or verb in vars(peers())
        return
    names = [list(inspect.signature(getattr(each, verb)).parameters) for each in (Peers, peers)]
    assert names[0] == names[1]


# Copies -----------------------------------------------------------------------------------------

QUEUE = SimpleNamespace(vhost_name="/", name="q")


def peers(copies=(), living=("hare", "mouse")):
    return SimpleNamespace(copies=lambda *_: copies, living=frozenset(living))


def test_a_queue_of_a_node_that_is_alone_is_there():
    assert copies_of(None, "hare", QUEUE) == Copies(["hare"], ["hare"], None)


def test_an_ordinary_queue_of_a_cluster_is_at_its_home():
    assert copies_of(peers(), "hare", QUEUE) == Copies(["hare"], ["hare"], None)


def test_copies_on_nodes_that_are_down_are_members_and_not_online():
    told = copies_of(peers(copies=("owl", "mouse", "hare")), "hare", QUEUE)
    assert told == Copies(["hare", "mouse", "owl"], ["hare", "mouse"], ["mouse"])


def test_a_leader_without_anybody_has_no_mirrors_and_is_mirrored():
    assert copies_of(peers(copies=("hare", "owl")), "hare", QUEUE).mirrors == []
