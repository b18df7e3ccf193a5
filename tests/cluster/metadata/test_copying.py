"""One node's copy, record by record."""

import pytest

from leveret.broker.changes import GlobalParameterCleared, GlobalParameterSet
from leveret.cluster.metadata.codec import Unreadable, encode_batch, encode_mark
from leveret.cluster.metadata.copying import (
    CHANGES,
    SNAPSHOT_BEGINS,
    SNAPSHOT_ENDS,
    SNAPSHOT_PART,
    TAKEN,
    Copy,
)
from leveret.cluster.ports import FENCE, Record


class Told:
    """What a copy tells its writer."""

    def __init__(self):
        self.heard = []

    def came_back(self, ordinal):
        self.heard.append(("came back", ordinal))

    def ending(self):
        self.heard.append("ending")

    def ended(self, ordinal, *, is_undone):
        self.heard.append(("ended", ordinal, is_undone))


class Scene:
    """A copy, and the log that it is fed from."""

    def __init__(self):
        self.applied = []
        self.copy = Copy(lambda changes: self.applied.append(list(changes)))
        self.copy.is_checking = True
        self.writer = self.copy.writer = Told()
        self.sequence = self.ordinal = 0

    def feed(self, kind, *changes, word=None, skip=0):
        self.sequence += 1 + skip
        if kind == FENCE:
            octets = b"whoever"
        else:
            self.ordinal += 1 + skip
            is_mark = word is not None
            octets = (
                encode_mark(self.ordinal, word) if is_mark else encode_batch(self.ordinal, changes)
            )
        self.copy.take(Record(self.sequence, kind, octets))

    def reign(self, name):
        self.feed(FENCE)
        self.feed(TAKEN, word=f"{name} 1")

    def reign_here(self):
        self.copy.own_reign = "here 1"
        self.reign("here")

    def say(self, *changes):
        self.copy.say(self.ordinal + 1, changes)

    @property
    def state(self):
        return list(self.copy.ledger.changes())


def put(name, value=1):
    return GlobalParameterSet(name, value)


@pytest.fixture
def scene():
    return Scene()


def test_what_others_did_is_given_to_the_broker_action_by_action(scene):
    scene.reign("there")
    scene.feed(CHANGES, put("a"), put("b"))
    scene.feed(CHANGES, GlobalParameterCleared("a"))
    assert scene.applied == [[put("a"), put("b")], [GlobalParameterCleared("a")]]
    assert scene.state == [put("b")]
    assert scene.copy.holder == "there"


def test_what_was_done_here_is_not_done_again(scene):
    scene.reign_here()
    scene.say(put("a"))
    assert scene.copy.has_unread
    scene.feed(CHANGES, put("a"))
    assert scene.applied == []
    assert scene.state == [put("a")]
    assert scene.writer.heard[-1] == ("came back", scene.ordinal)
    assert not scene.copy.has_unread


def test_what_an_earlier_life_of_this_node_did_is_news(scene):
    scene.copy.own_reign = "here 2"
    scene.reign("here")
    scene.feed(CHANGES, put("a"))
    assert scene.applied == [[put("a")]]


def test_a_record_that_comes_twice_is_taken_once(scene):
    scene.reign("there")
    scene.feed(CHANGES, put("a"))
    scene.copy.take(Record(scene.sequence, CHANGES, encode_batch(scene.ordinal, [put("b")])))
    assert scene.applied == [[put("a")]]


def test_what_was_said_and_is_not_there_when_another_takes_over_is_undone(scene):
    scene.reign_here()
    for change in (put("a"), put("a", 2), put("b")):
        scene.copy.say(scene.ordinal + 1 if change == put("a") else 99, [change])
    scene.feed(CHANGES, put("a"))
    scene.feed(FENCE)
    (way_back,) = scene.applied
    assert sorted(map(str, way_back)) == sorted(map(str, [GlobalParameterCleared("b"), put("a")]))
    assert scene.writer.heard[-2:] == ["ending", ("ended", scene.ordinal, True)]
    assert scene.copy.holder is None


def test_a_deposed_writer_that_had_said_nothing_has_nothing_undone(scene):
    scene.reign_here()
    scene.reign("there")
    assert scene.applied == []
    assert scene.writer.heard[-1] == ("ended", 1, False)


def snapshot(scene, *changes, meanwhile=()):
    scene.feed(SNAPSHOT_BEGINS, word="there 1")
    scene.feed(SNAPSHOT_PART, *changes)
    for each in meanwhile:
        scene.feed(CHANGES, each)
    scene.feed(SNAPSHOT_ENDS, word="")


def test_who_begins_to_read_at_a_snapshot_has_all_that_was_before(scene):
    scene.sequence, scene.ordinal = 500, 400
    snapshot(scene, put("a"), put("b"), meanwhile=[put("a", 2), GlobalParameterCleared("b")])
    assert scene.copy.is_whole
    assert scene.state == [put("a", 2)]
    assert scene.applied == [[put("a", 2)]]
    assert scene.copy.holder == "there"
    scene.feed(CHANGES, put("c"))
    assert scene.applied[1:] == [[put("c")]]


def test_who_missed_something_waits_for_the_next_snapshot(scene):
    scene.reign("there")
    scene.feed(CHANGES, put("a"))
    scene.feed(CHANGES, put("c"), skip=1)
    assert not scene.copy.is_whole
    assert scene.applied == [[put("a")]]
    snapshot(scene, put("b"))
    assert scene.applied[1:] == [[GlobalParameterCleared("a"), put("b")]]
    assert scene.copy.is_whole


def test_who_missed_what_became_of_its_own_words_learns_it_from_the_snapshot(scene):
    scene.reign_here()
    scene.say(put("a"))
    scene.copy.say(scene.ordinal + 2, [put("b")])
    scene.ordinal += 10
    snapshot(scene, put("b"))
    assert ("ended", 12, True) in scene.writer.heard
    assert scene.applied == [[GlobalParameterCleared("a")]]


def test_a_snapshot_that_was_not_ended_is_none(scene):
    scene.sequence, scene.ordinal = 500, 400
    scene.feed(SNAPSHOT_BEGINS, word="there 1")
    scene.feed(SNAPSHOT_PART, put("a"))
    scene.reign("here")
    scene.feed(SNAPSHOT_ENDS, word="")
    assert not scene.copy.is_whole
    assert scene.applied == []


def test_a_snapshot_that_says_other_than_the_log_is_found_out(scene):
    scene.reign("there")
    scene.feed(CHANGES, put("a"))
    with pytest.raises(AssertionError):
        snapshot(scene, put("b"))


def test_a_kind_of_record_that_nobody_knows_is_not_skipped(scene):
    with pytest.raises(Unreadable, match="no record of kind 77"):
        scene.feed(77, word="")
