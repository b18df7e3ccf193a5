"""Answers wait for messages and for metadata; confirms for messages alone."""

from leveret.cluster.joint import JointDurability
from tests.broker.fake_storage import FakeDurability


def at_once(action):
    action()


def test_an_answer_waits_until_what_was_declared_is_where_it_is_to_be():
    messages, metadata, settled, called = FakeDurability(), FakeDurability(), [], []
    joint = JointDurability(messages, metadata, settled.append)
    joint.when_durable(lambda: called.append(1))
    messages.sync()
    metadata.sync()
    assert not called
    settled[0]()
    assert called == [1]


def test_an_answer_waits_for_both():
    messages, metadata, called = FakeDurability(), FakeDurability(), []
    joint = JointDurability(messages, metadata, at_once)
    joint.when_durable(lambda: called.append(1))
    metadata.sync()
    assert not called
    messages.sync()
    assert not called
    metadata.sync()
    assert called == [1]


def test_either_may_be_demanded():
    messages, metadata = FakeDurability(), FakeDurability()
    joint = JointDurability(messages, metadata, at_once)
    metadata.demand()
    assert joint.demands == 1
    joint.demand()
    assert (messages.demands, metadata.demands) == (1, 2)


def test_publishers_wait_for_messages_alone():
    messages, metadata = FakeDurability(), FakeDurability()
    joint = JointDurability(messages, metadata, at_once)
    metadata.is_behind = True
    assert not joint.is_behind
    messages.is_behind = True
    assert joint.is_behind


def test_a_batch_ends_with_either():
    messages, metadata = FakeDurability(), FakeDurability()
    joint = JointDurability(messages, metadata, at_once)
    before = joint.batch
    metadata.begin_sync()
    assert joint.batch != before
