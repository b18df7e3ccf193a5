"""Spoiled octets: whatever a client sends, it is answered alike in any chunks, and nobody else
notices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.protocol.limits import Limits
from leveret.protocol.states import State
from leveret.wire import codec, frames, methods
from leveret.wire.properties import Properties
from tests.protocol.peer import in_chunks, unread_octets
from tests.session.harness import World
from tests.wire.strategies import methods_of_kind

LIMITS = Limits(message_bytes_max=20_000, channel_max=5)


def method(said, number=1):
    return frames.encode_frame(frames.METHOD, number, codec.encode(said))


def sample(number):
    """A client's life in octets: it opens, declares, publishes, consumes, settles, closes."""
    spoken = World(LIMITS).client(tune=(5, 4096, 0)).channel()
    headers = Properties(headers={"a": 1, "CC": ["q"]}, delivery_mode=2, priority=1)
    pieces = [
        method(methods.QueueDeclare(queue="q", arguments={"x-max-priority": 5})),
        method(methods.QueueBind(queue="q", exchange="amq.topic", routing_key="#")),
        spoken.published(b"hello", "amq.topic", "a.b", headers),
        spoken.published(b"plain", "", "q"),
        spoken.published(b"y" * 9000, "", "q", Properties(message_id="m")),
        method(methods.BasicGet(queue="q")),
        method(methods.BasicNack(1, requeue=True)),
        method(methods.BasicConsume(queue="q", consumer_tag="c")),
        method(methods.BasicAck(3, multiple=True)),
        method(methods.TxSelect(), 2),
        spoken.published(b"nowhere", "amq.direct", "k", mandatory=True),
        method(methods.ChannelOpen(), 2),
        method(methods.TxSelect(), 2),
        frames.HEARTBEAT_FRAME,
        method(methods.ChannelClose(200, "bye")),
        method(methods.ChannelOpen()),
        method(methods.BasicPublish(exchange="x")) + spoken.published(b"z", "", "q"),
    ]
    return b"".join(pieces[at % len(pieces)] for at in number)


lives = st.lists(st.integers(0, 16), min_size=1, max_size=10).map(sample)
any_method = st.sampled_from(list(methods.METHODS.values())).flatmap(methods_of_kind)
spoken = st.lists(
    st.builds(method, any_method, st.sampled_from([1, 1, 1, 2, 0])), min_size=1, max_size=6
).map(b"".join)
places = st.lists(st.integers(0, 100_000), max_size=5)


def spoil(octets, changes):
    spoiled = bytearray(octets)
    for place, octet in changes:
        spoiled[place % len(spoiled)] = octet
    return bytes(spoiled)


changes = st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 255)), max_size=3)


def answers(chunks):
    """Everything a client hears that sends these chunks on a fresh connection."""
    world = World(LIMITS)
    client = world.client(tune=(5, 4096, 0))
    client.channel()
    for chunk in chunks:
        client.send(chunk)
    heard = client.take_all()
    assert kept_octets(client.session.connection) < 2 * 4096 + 20_000 + 8
    assert_others_go_on(world)
    return heard, client.session.connection.state


def kept_octets(connection):
    """What is kept of frames and contents that are not whole."""
    reader = connection._reader
    contents = [len(each._header) + len(each._body) for each in reader.channels.values()]
    return unread_octets(connection) + sum(contents)


def assert_others_go_on(world):
    other = world.channel()
    other.declare("others")
    other.fill("others", b"x")
    assert other.get("others").body == b"x"


@given(lives, places)
def test_a_life_is_answered_alike_in_any_chunks(octets, cuts):
    assert answers([octets]) == answers(in_chunks(octets, cuts))


@given(lives, changes, places)
def test_a_spoiled_life_is_answered_alike_in_any_chunks(octets, changed, cuts):
    octets = spoil(octets, changed)
    assert answers([octets]) == answers(in_chunks(octets, cuts))


@given(spoken, places)
def test_any_methods_are_answered_alike_in_any_chunks(octets, cuts):
    assert answers([octets]) == answers(in_chunks(octets, cuts))


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=4))
def test_arbitrary_octets_are_answered_by_a_close_or_waited_for(chunks):
    heard, state = answers(chunks)
    assert state in (State.OPEN, State.CLOSING, State.CLOSED)
    if state is State.CLOSING:
        assert isinstance(heard[-1][1], methods.ConnectionClose)


@given(lives, changes)
def test_after_a_spoiled_life_nothing_is_left_behind(octets, changed):
    world = World(LIMITS)
    client = world.client()
    client.channel()
    client.send(spoil(octets, changed))
    client.hang_up()
    world.pass_time()
    assert world.broker.alarms.watchers == {}
    assert world.vhost.reply_consumers._waiting == {}
    for queue in world.vhost.queues.values():
        assert len(queue.consumers) == 0
        assert queue.owner is None


@pytest.mark.parametrize("cut", range(0, 60, 7))
def test_a_client_that_leaves_in_the_midst_of_a_content_leaves_nothing(cut):
    world = World(LIMITS)
    channel = world.channel()
    channel.declare()
    channel.client.send(channel.published(b"x" * 30, key="q")[:cut])
    channel.client.hang_up()
    assert world.vhost.queues["q"].ready.count == 0
