"""Class tx: all at commit, or nothing."""

import pytest

from leveret.wire import methods
from tests.session.harness import PERSISTENT


@pytest.fixture
def tx(channel):
    channel.declare()
    assert channel.call(methods.TxSelect()) == methods.TxSelectOk()
    return channel


def commit(channel):
    assert channel.call(methods.TxCommit()) == methods.TxCommitOk()


def rollback(channel):
    assert channel.call(methods.TxRollback()) == methods.TxRollbackOk()


def test_a_publish_counts_at_commit(tx):
    tx.fill("q", b"a", b"b")
    assert tx.count() == 0
    commit(tx)
    assert tx.count() == 2
    assert [tx.get().body, tx.get().body] == [b"a", b"b"]
    commit(tx)


def test_a_publish_is_forgotten_at_rollback(tx):
    tx.fill("q", b"a")
    rollback(tx)
    commit(tx)
    assert tx.count() == 0


def test_an_acknowledgement_counts_at_commit(world, tx):
    world.channel().fill("q", b"a", b"b")
    tx.get()
    tx.ack(1)
    commit(tx)
    tx.close()
    assert world.channel().count() == 1


def test_room_comes_with_the_commit_and_not_before(world, tx):
    tx.call(methods.BasicQos(prefetch_count=1))
    tx.consume()
    world.channel().fill("q", b"a", b"b", b"c")
    assert tx.bodies() == [b"a"]
    tx.ack(1)
    assert tx.take() == []
    tx.say(methods.TxCommit())
    assert [getattr(said, "body", said) for said in tx.take()] == [methods.TxCommitOk(), b"b"]
    tx.say(methods.BasicNack(2))
    rollback(tx)


def test_what_the_transaction_holds_counts_as_out_under_a_limit_set_meanwhile(world, tx):
    world.channel().fill("q", b"a", b"b", b"c")
    tx.call(methods.BasicQos(prefetch_count=1))
    tx.consume()
    tx.ack(1)
    tx.call(methods.BasicQos(prefetch_count=1, global_=True))
    tx.say(methods.TxCommit())
    assert [getattr(said, "body", said) for said in tx.take()] == [methods.TxCommitOk(), b"b"]
    assert tx.consume(tag="second") == []


def test_an_acknowledgement_is_undone_by_rollback(world, tx):
    world.channel().fill("q", b"a", b"b", b"c")
    for _ in range(3):
        tx.get()
    tx.ack(2)
    tx.ack(1)
    rollback(tx)
    tx.ack(2, multiple=True)
    commit(tx)
    tx.close()
    assert world.channel().count() == 1


def test_a_requeue_counts_at_commit(world, tx):
    world.channel().fill("q", b"a")
    tx.get()
    tx.say(methods.BasicNack(1, requeue=True))
    assert tx.count() == 0
    commit(tx)
    assert tx.get().method.redelivered


@pytest.mark.parametrize("settle", [methods.BasicAck(1), methods.BasicNack(1)])
def test_what_is_settled_in_the_transaction_is_out_no_more(world, tx, settle):
    world.channel().fill("q", b"a")
    tx.get()
    tx.say(settle)
    close = tx.refusal(settle)
    assert close.reply_text == "PRECONDITION_FAILED - unknown delivery tag 1"


def test_a_channel_that_closes_rolls_back(world, tx):
    world.channel().fill("q", b"a")
    tx.get()
    tx.ack(1)
    tx.fill("q", b"b")
    tx.close()
    other = world.channel()
    assert other.count() == 1
    assert other.get().method.redelivered


def test_a_mandatory_message_is_returned_at_commit(tx):
    tx.publish(b"x", key="nobody", mandatory=True)
    assert tx.take() == []
    tx.say(methods.TxCommit())
    returned, answer = tx.take()
    assert (returned.body, returned.method.reply_text) == (b"x", "NO_ROUTE")
    assert answer == methods.TxCommitOk()


def test_a_mandatory_message_is_forgotten_at_rollback(tx):
    tx.publish(b"x", key="nobody", mandatory=True)
    rollback(tx)


def test_a_route_is_found_when_the_message_is_published(tx):
    tx.call(methods.ExchangeDeclare(exchange="x", exchange_type="fanout"))
    tx.call(methods.QueueBind(queue="q", exchange="x"))
    tx.publish(b"a", exchange="x")
    tx.call(methods.ExchangeDelete(exchange="x"))
    commit(tx)
    assert tx.get().body == b"a"


def test_a_refused_publish_costs_the_channel_at_once(tx):
    tx.publish(b"x", exchange="nowhere")
    assert tx.take()[-1].reply_code == 404


def test_committed_messages_stand_behind_those_that_came_before_the_commit(world, tx):
    tx.fill("q", b"late")
    other = world.channel()
    other.fill("q", b"early")
    commit(tx)
    early, late = other.get(), other.get()
    assert (early.body, late.body) == (b"early", b"late")
    other.say(methods.BasicNack(0, multiple=True, requeue=True))
    assert [other.get().body, other.get().body] == [b"early", b"late"]


def test_selecting_again_keeps_what_waits(tx):
    tx.fill("q", b"a")
    tx.call(methods.TxSelect())
    commit(tx)
    assert tx.count() == 1


def test_recover_is_no_part_of_the_transaction(world, tx):
    world.channel().fill("q", b"a")
    tx.get()
    assert tx.call(methods.BasicRecover(requeue=True)) == methods.BasicRecoverOk()
    assert tx.count() == 1


@pytest.mark.parametrize("method", [methods.TxCommit(), methods.TxRollback()])
def test_there_is_nothing_to_end_before_select(channel, method):
    close = channel.refusal(method)
    assert close.reply_text == "PRECONDITION_FAILED - channel is not transactional"


def test_confirms_exclude_a_transaction(channel):
    channel.call(methods.ConfirmSelect())
    close = channel.refusal(methods.TxSelect())
    assert close.reply_text == "PRECONDITION_FAILED - cannot switch from confirm to tx mode"


# What the disk has to have ---------------------------------------------------------------------


@pytest.fixture
def careful(durable):
    """A transaction, and the durable queue `q`."""
    channel = durable.channel()
    channel.declare_durable()
    channel.call(methods.TxSelect())
    return channel


def test_a_commit_of_persistent_messages_is_answered_when_the_disk_has_them(durable, careful):
    careful.fill_stored("q", b"a", b"b")
    assert durable.engine.messages.kept == {}
    careful.say(methods.TxCommit())
    assert [each.body for each in durable.engine.messages.kept.values()] == [b"a", b"b"]
    assert careful.take() == []
    durable.sync()
    assert careful.take() == [methods.TxCommitOk()]


def test_a_commit_of_their_acknowledgements_too(durable, careful):
    durable.channel().fill_stored("q", b"a")
    careful.get()
    careful.ack(1)
    careful.say(methods.TxCommit())
    assert durable.engine.messages.kept == {}
    assert careful.take() == []
    durable.sync()
    assert careful.take() == [methods.TxCommitOk()]


def test_a_commit_of_what_need_not_survive_is_answered_at_once(durable, careful):
    careful.fill("q", b"a")
    commit(careful)
    careful.get()
    careful.ack(1)
    commit(careful)
    durable.channel().fill_stored("q", b"b")
    careful.get()
    careful.say(methods.BasicNack(2, requeue=True))
    commit(careful)


def test_a_queue_deleted_before_the_commit_gets_nothing(durable, careful):
    careful.declare("other")
    careful.call(methods.QueueBind(queue="other", exchange="amq.fanout"))
    careful.say(methods.QueueBind(queue="q", exchange="amq.fanout"))
    durable.sync()
    careful.take()
    careful.publish(b"a", exchange="amq.fanout", properties=PERSISTENT)
    careful.publish(b"b", key="q", properties=PERSISTENT, mandatory=True)
    careful.say(methods.QueueDelete(queue="q"))
    durable.sync()
    careful.take()
    careful.say(methods.TxCommit())
    returned, answer = careful.take()
    assert (returned.body, answer) == (b"b", methods.TxCommitOk())
    assert durable.engine.messages.kept == {}
    assert careful.get("other").body == b"a"
