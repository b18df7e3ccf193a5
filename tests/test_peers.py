"""The port: what stands behind it in a cluster and in tests has all of it, called alike."""

import inspect

import pytest

from leveret.cluster.asking import LinkedPeers
from leveret.peers import PATIENCE_S, Peers
from tests.management.elsewhere.pair import HandPeers

VERBS = sorted(name for name in vars(Peers) if not name.startswith("_"))


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("peers", [LinkedPeers, HandPeers])
def test_whoever_is_asked_has_all_verbs(peers, verb):
    if isinstance(vars(Peers)[verb], property):
        assert hasattr(peers, verb) or verb in vars(peers())
        return
    names = [list(inspect.signature(getattr(each, verb)).parameters) for each in (Peers, peers)]
    assert names[0] == names[1]


def test_who_is_frozen_is_not_waited_for_any_longer_than_the_links_do():
    assert PATIENCE_S <= 5.0
