"""A commit that waits for other nodes. (What clients see: tests/cluster/remote/test_queue.py.)"""

import pytest

from leveret.broker.errors import PreconditionFailed
from leveret.session.distant import Commit
from leveret.wire import methods


class Elsewhere:
    """A queue that takes what was published to it when a test says so."""

    def __init__(self):
        self.actions = []

    def when_taken(self, action):
        self.actions.append(action)


def test_a_commit_with_nothing_elsewhere_does_not_wait():
    assert Commit().end() is None


def test_it_is_answered_when_all_homes_have():
    commit, queue, heard = Commit(), Elsewhere(), []
    commit.expect((queue, queue))
    later = commit.end()
    later.register(lambda: heard.append(later.act()))
    queue.actions[0](True)
    assert heard == []
    queue.actions[1](True)
    assert heard == [methods.TxCommitOk()]


def test_one_home_that_refuses_makes_it_partial():
    commit, queue = Commit(), Elsewhere()
    commit.expect((queue, queue))
    later = commit.end()
    queue.actions[0](False)
    queue.actions[1](True)
    heard = []
    later.register(lambda: heard.append("now"))
    assert heard == ["now"]
    with pytest.raises(PreconditionFailed, match="partial tx completion"):
        later.act()
