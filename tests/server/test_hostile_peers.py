"""Peers that mean harm, or only do it: none costs more than its own connection.

Each test attacks a node as it really runs, beside a bystander that asks for small things all the
while. When it is over, the bystander is still served, and the node holds exactly what it held.
"""

import contextlib
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.attempts import Attempts, Patience
from leveret.server.transport import HIGH_WATER_BYTES, LARGE_CHUNK_BYTES
from leveret.session.allowance import TURN_BYTES
from leveret.wire import frames, methods
from leveret.wire.codes import ReplyCode
from leveret.wire.properties import Properties
from tests.protocol.peer import unread_octets
from tests.server.client import (
    CAPABILITIES,
    Gone,
    content_frames,
    method_frame,
    publish_frames,
)

CHUNK_BYTES_MAX = 256 * 1024
BIG = b"x" * 50_000


class Bystander(threading.Thread):
    """Asks and is answered, again and again; counts the rounds."""

    def __init__(self, node):
        super().__init__(name="bystander", daemon=True)
        self.rounds = 0
        self._client = node.client()
        self._is_over = False
        self._error = None
        self._round_done = threading.Condition()

    def __enter__(self):
        self._client.declare("small", exclusive=True)
        self.start()
        return self

    def __exit__(self, *_):
        self._is_over = True
        self.join()
        self._client.hang_up()
        if self._error is not None:
            raise self._error

    def run(self):
        try:
            while not self._is_over:
                self._ask()
                with self._round_done:
                    self.rounds += 1
                    self._round_done.notify_all()
        except BaseException as error:  # raised again by the one who waits
            self._error = error

    def _ask(self):
        client, body = self._client, str(self.rounds).encode()
        client.publish("small", body)
        got = client.call(methods.BasicGet(queue="small"), methods.BasicGetOk)
        assert client.expect_content() == body
        client.send(1, methods.BasicAck(got.delivery_tag))

    def wait_for_rounds(self, count):
        """So many more."""
        wanted = self.rounds + count
        with self._round_done:
            done = self._round_done.wait_for(lambda: self.rounds >= wanted or self._error, 20)
        assert done, "the bystander is not served any more"
        if self._error is not None:
            raise self._error


@pytest.fixture
def attacked(live_node):
    """The node, with a bystander; afterwards it is as it was."""
    before = live_node.census()
    with Bystander(live_node) as bystander:
        live_node.bystander = bystander
        bystander.wait_for_rounds(2)
        yield live_node
        bystander.wait_for_rounds(2)
    for client in live_node.clients:
        client.hang_up()
    live_node.wait_for_census(before)


def closed_with(client):
    """The reply code of the connection.close that comes next; the client takes it and goes."""
    close = client.expect(methods.ConnectionClose)
    client.send(0, methods.ConnectionCloseOk())
    client.hang_up()
    return close.reply_code


# Octets that are no AMQP ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "octets", [b"\0" * 8, b"\xff" * 100_000, b"GET / HTTP/1.1\r\n\r\n", b"AMQP\0\1\0\0"]
)
def test_garbage_instead_of_a_greeting(attacked, octets):
    stranger = attacked.stranger()
    with contextlib.suppress(ConnectionError):
        stranger.send_octets(octets)
    # A reset may overtake the right header on its way.
    with pytest.raises(Gone):
        stranger.receive()


def test_garbage_behind_a_good_handshake(attacked):
    client = attacked.client()
    client.send_octets(b"\x2a" * 100)
    assert closed_with(client) == ReplyCode.FRAME_ERROR


def test_half_a_frame_and_silence(attacked):
    client = attacked.client()
    client.send_octets(publish_frames(1, b"never whole", "q")[:-5])
    attacked.bystander.wait_for_rounds(20)
    assert attacked.connection_count() == 2


def test_a_frame_octet_by_octet(attacked):
    client = attacked.client()
    client.declare("slow", exclusive=True)
    for octet in publish_frames(1, b"slow but whole", "slow"):
        client.send_octets(bytes((octet,)))
    client.call(methods.BasicGet(queue="slow", no_ack=True), methods.BasicGetOk)
    assert client.expect_content() == b"slow but whole"


@pytest.mark.parametrize("kind", [frames.METHOD, frames.HEADER, frames.BODY, frames.HEARTBEAT])
def test_a_frame_of_4_gib_announced(attacked, kind):
    client = attacked.client()
    client.send_octets(frames.FRAME_HEAD.pack(kind, 1, 2**32 - 1) + b"and so it begins")
    assert closed_with(client) == ReplyCode.FRAME_ERROR


def test_what_comes_behind_a_frame_of_4_gib_is_not_kept(attacked):
    client = attacked.client()
    connection = attacked.ask(lambda: attacked.session(client).connection)
    client.send_octets(frames.FRAME_HEAD.pack(frames.BODY, 1, 2**32 - 1))
    client.expect(methods.ConnectionClose)
    with attacked.most_per_turn(lambda: unread_octets(connection)) as watch:
        for _ in range(20):
            client.send_octets(BIG)
        attacked.bystander.wait_for_rounds(3)
    client.reset()
    assert watch.most <= CHUNK_BYTES_MAX


def test_a_frame_of_4_gib_announced_before_anybody_knows_who_speaks(attacked):
    stranger = attacked.stranger()
    stranger.send_octets(frames.PROTOCOL_HEADER)
    stranger.expect(methods.ConnectionStart)
    stranger.send_octets(frames.FRAME_HEAD.pack(frames.METHOD, 0, 2**32 - 1))
    with contextlib.suppress(Gone):
        assert isinstance(stranger.expect(methods.ConnectionClose), methods.ConnectionClose)


def test_a_body_of_many_gib_announced(attacked):
    client = attacked.client()
    head = methods.BasicPublish(routing_key="q")
    header = content_frames(1, b"")[:-11] + (2**63).to_bytes(8, "big") + b"\0\0\xce"
    client.send_octets(method_frame(1, head) + header)
    close = client.expect(methods.ChannelClose)
    assert close.reply_code == ReplyCode.PRECONDITION_FAILED


def test_a_body_longer_than_its_header_says(attacked):
    client = attacked.client()
    publish = method_frame(1, methods.BasicPublish(routing_key="q"))
    header = content_frames(1, b"")[:-11] + (3).to_bytes(8, "big") + b"\0\0\xce"
    client.send_octets(publish + header + frames.encode_frame(frames.BODY, 1, b"four"))
    assert closed_with(client) == ReplyCode.UNEXPECTED_FRAME


def test_a_body_that_never_ends(attacked):
    """All of it is announced and allowed, and none of it is lost to others."""
    client = attacked.client()
    client.declare("q", exclusive=True)
    publish = method_frame(1, methods.BasicPublish(routing_key="q"))
    header = content_frames(1, b"")[:-11] + (10**8).to_bytes(8, "big") + b"\0\0\xce"
    client.send_octets(publish + header)
    for _ in range(50):
        client.send_octets(frames.encode_frame(frames.BODY, 1, b"x"))
    attacked.bystander.wait_for_rounds(5)
    client.reset()


# Tables --------------------------------------------------------------------------------------


def nested(depth, kind=b"F"):
    """A table in a table in a table; or arrays."""
    inner = b""
    for _ in range(depth):
        name = b"\x01t" if kind == b"F" else b""
        inner = name + kind + len(inner).to_bytes(4, "big") + inner
    if kind == b"A":
        inner = b"\x01t" + inner
    return len(inner).to_bytes(4, "big") + inner


DEEP = [
    pytest.param(nested(15_000), id="tables in tables"),
    pytest.param(nested(20_000, b"A"), id="arrays in arrays"),
]


@pytest.mark.parametrize("table", DEEP)
def test_a_table_nested_without_end_in_a_method(attacked, table):
    client = attacked.client()
    empty = method_frame(1, methods.QueueDeclare(queue="deep"))[7:-5]
    client.send_octets(frames.encode_frame(frames.METHOD, 1, empty + table))
    assert closed_with(client) in (ReplyCode.FRAME_ERROR, ReplyCode.SYNTAX_ERROR)


@pytest.mark.parametrize("table", DEEP)
def test_a_table_nested_without_end_in_a_message_that_is_looked_into(attacked, table):
    client = attacked.client()
    headers_flag = 1 << 13
    header = frames.encode_frame(
        frames.HEADER,
        1,
        b"\0\x3c\0\0" + (1).to_bytes(8, "big") + headers_flag.to_bytes(2, "big") + table,
    )
    publish = method_frame(1, methods.BasicPublish(exchange="amq.headers", routing_key="q"))
    client.send_octets(publish + header + frames.encode_frame(frames.BODY, 1, b"x"))
    close = client.expect((methods.ConnectionClose, methods.ChannelClose))
    assert close.reply_code in (ReplyCode.FRAME_ERROR, ReplyCode.SYNTAX_ERROR)


def test_a_table_as_wide_as_a_frame(attacked):
    client = attacked.client()
    wide = {f"{number:x}": True for number in range(15_000)}
    client.declare("wide", exclusive=True, arguments=wide)
    client.declare("wide", exclusive=True, arguments=wide)


def test_a_login_with_a_deep_table(attacked):
    stranger = attacked.stranger()
    stranger.send_octets(frames.PROTOCOL_HEADER)
    stranger.expect(methods.ConnectionStart)
    index = methods.ConnectionStartOk.index.to_bytes(4, "big")
    rest = b"\x05PLAIN\0\0\0\x0c\0guest\0guest\x05en_US"
    start_ok = frames.encode_frame(frames.METHOD, 0, index + nested(500) + rest)
    with contextlib.suppress(ConnectionError):
        stranger.send_octets(start_ok)
    stranger.hang_up()


# A good stream, cut and bent -----------------------------------------------------------------


def good_stream():
    """A whole visit: handshake, declare, bind, publish in all forms, consume, ack, close."""
    start_ok = methods.ConnectionStartOk(
        client_properties={"capabilities": dict(CAPABILITIES), "deep": {"er": [1, "two", None]}},
        mechanism="PLAIN",
        response=b"\0guest\0guest",
        locale="en_US",
    )
    properties = Properties(headers={"h": "yes"}, priority=3, expiration="60000", message_id="m")
    return b"".join(
        [
            frames.PROTOCOL_HEADER,
            method_frame(0, start_ok),
            method_frame(0, methods.ConnectionTuneOk(2047, 131_072, 60)),
            method_frame(0, methods.ConnectionOpen(virtual_host="/")),
            method_frame(1, methods.ChannelOpen()),
            method_frame(1, methods.ConfirmSelect()),
            method_frame(1, methods.QueueDeclare(queue="cut", exclusive=True)),
            method_frame(1, methods.QueueBind(queue="cut", exchange="amq.topic", routing_key="#")),
            publish_frames(1, b"plain", "cut"),
            publish_frames(1, b"rich", "a.b", exchange="amq.topic", properties=properties),
            publish_frames(1, b"", "nowhere", mandatory=True),
            method_frame(1, methods.BasicConsume(queue="cut", consumer_tag="c")),
            method_frame(1, methods.BasicAck(1)),
            method_frame(1, methods.BasicNack(2, requeue=True)),
            method_frame(1, methods.ChannelClose(reply_code=200)),
            method_frame(0, methods.ConnectionClose(reply_code=200)),
        ]
    )


GOOD = good_stream()


def visit(node, octets, *, is_abrupt=False):
    """Say it and leave."""
    stranger = node.stranger()
    node.clients.remove(stranger)
    with contextlib.suppress(ConnectionError):
        stranger.send_octets(octets)
        if is_abrupt:
            stranger.reset()
            return
        stranger.say_no_more()
        with contextlib.suppress(AssertionError, ValueError):
            stranger.listen_to_the_end()
    stranger.hang_up()


def test_the_good_stream_is_good(attacked):
    stranger = attacked.stranger()
    stranger.send_octets(GOOD)
    assert isinstance(stranger.listen_to_the_end()[-1], methods.ConnectionCloseOk)


def test_a_stream_that_ends_anywhere(attacked):
    @given(st.integers(0, len(GOOD)), st.booleans())
    def leave_at(position, is_abrupt):
        visit(attacked, GOOD[:position], is_abrupt=is_abrupt)

    leave_at()


def test_a_stream_with_a_wrong_octet_anywhere(attacked):
    @given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
    def bend_at(position, difference):
        bent = bytearray(GOOD)
        bent[position] ^= difference
        visit(attacked, bytes(bent))

    bend_at()


def test_a_stream_with_a_hole_anywhere(attacked):
    @given(st.integers(0, len(GOOD) - 1), st.integers(1, 40))
    def leave_out(position, octets):
        visit(attacked, GOOD[:position] + GOOD[position + octets :])

    leave_out()


def test_frames_of_any_kind_in_any_order(attacked):
    kinds = st.sampled_from([frames.METHOD, frames.HEADER, frames.BODY, frames.HEARTBEAT, 0, 255])
    frame = st.builds(
        frames.encode_frame, kinds, st.sampled_from([0, 1, 2]), st.binary(max_size=40)
    )
    handshake_octets = GOOD.index(method_frame(1, methods.ConfirmSelect()))

    @given(st.lists(frame, min_size=1, max_size=10))
    def send(several):
        visit(attacked, GOOD[:handshake_octets] + b"".join(several))

    send()


# Too many of something -----------------------------------------------------------------------


def test_ten_thousand_channels_opened(attacked):
    client = attacked.client()
    channel_max = attacked.server.terms.limits.channel_max
    session = attacked.ask(lambda: attacked.session(client))
    client.send_octets(b"".join(method_frame(n, methods.ChannelOpen()) for n in range(2, 10_000)))
    for _ in range(channel_max - 1):
        client.expect(methods.ChannelOpenOk)
    assert client.expect(methods.ConnectionClose).reply_code == ReplyCode.NOT_ALLOWED
    assert not attacked.ask(lambda: session.channels)


def test_one_channel_opened_and_closed_ten_thousand_times(attacked):
    client = attacked.client()
    session = attacked.ask(lambda: attacked.session(client))
    come_and_go = method_frame(2, methods.ChannelOpen()) + method_frame(2, methods.ChannelClose())
    times, at_once = 10_000, 500
    for _ in range(times // at_once):
        client.send_octets(come_and_go * at_once)
        for _ in range(at_once):
            client.expect(methods.ChannelOpenOk)
            client.expect(methods.ChannelCloseOk)
    assert attacked.ask(lambda: list(session.channels)) == [1]


def test_a_flood_of_connections(attacked):
    for _ in range(200):
        attacked.stranger().send_octets(frames.PROTOCOL_HEADER)
    attacked.wait_until(lambda: len(attacked.server.transports) == 201)
    attacked.client().declare("still", exclusive=True)


HOME, ELSEWHERE = "127.0.0.2", "127.0.0.3"


def log_in(node, own_host, user, password):
    """Whether it was let in; what a refusal says is always the same."""
    client = node.stranger(own_host=own_host)
    client.send_octets(frames.PROTOCOL_HEADER)
    client.expect(methods.ConnectionStart)
    told = {"capabilities": {"authentication_failure_close": True}}
    response = f"\0{user}\0{password}".encode()
    client.send(0, methods.ConnectionStartOk(told, "PLAIN", response, "en_US"))
    answer = client.expect(methods.ConnectionTune | methods.ConnectionClose)
    client.hang_up()
    if isinstance(answer, methods.ConnectionTune):
        return True
    assert answer.reply_text == (
        "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. "
        "For details see the broker logfile."
    )
    return False


def test_passwords_guessed_by_the_hundred(node):
    """The right one is among them, and comes too late; others come in as ever."""
    node.broker.logins.attempts = Attempts(node.loop.time, Patience(failures=10, window_s=60))
    guesses = [f"guess{number}" for number in range(100)] + ["rabbit"]
    assert not any(log_in(node, ELSEWHERE, "rabbit", guess) for guess in guesses)
    assert not any(log_in(node, ELSEWHERE, f"user{each}", "guess") for each in range(100))
    assert not log_in(node, ELSEWHERE, "guest", "guest")
    assert log_in(node, HOME, "rabbit", "rabbit")
    assert log_in(node, HOME, "guest", "guest")
    node.pass_time(60)
    assert log_in(node, ELSEWHERE, "rabbit", "rabbit")
    assert log_in(node, ELSEWHERE, "guest", "guest")


def test_connections_reset_at_every_stage(attacked):
    stages = [GOOD.index(b"AMQP") + 8, 40, 300, 500, 600, 700, len(GOOD)]
    for round_ in range(30):
        for stage in stages:
            visit(attacked, GOOD[: stage + round_], is_abrupt=True)


def test_a_hundred_thousand_refused_requests(attacked):
    """Each closes a channel, each is answered."""
    client = attacked.client()
    passive = methods.QueueDeclare(queue="none", passive=True)
    again = (
        method_frame(2, methods.ChannelOpen())
        + method_frame(2, passive)
        + method_frame(2, methods.ChannelCloseOk())
    )
    for _ in range(20):
        client.send_octets(again * 100)
        for _ in range(100):
            client.expect(methods.ChannelOpenOk)
            assert client.expect(methods.ChannelClose).reply_code == ReplyCode.NOT_FOUND


# Peers that do not keep up, and peers that are too fast --------------------------------------


def lazy_reader(node):
    client = node.stranger(receive_buffer_bytes=65_536)
    client.open()
    return client


def fill(node, queue, count, body=BIG):
    publisher = node.client()
    publisher.declare(queue)
    one = publish_frames(1, body, queue)
    for _ in range(count):
        publisher.send_octets(one)
    node.wait_until(lambda: node.vhost.queues[queue].ready.count == count)
    return publisher


def test_a_client_that_never_reads_while_its_queue_is_full(attacked):
    publisher = fill(attacked, "full", 300)
    lazy = lazy_reader(attacked)
    with attacked.most_per_turn(attacked.octets_owed(lazy)) as watch:
        lazy.consume("full", no_ack=True)
        attacked.wait_until_paused(lazy)
        attacked.bystander.wait_for_rounds(5)
    assert watch.most <= HIGH_WATER_BYTES + TURN_BYTES + 2 * len(BIG)
    publisher.call(methods.QueueDelete(queue="full"), methods.QueueDeleteOk)


def test_a_client_that_never_reads_from_many_full_queues(attacked):
    names = [f"full {number}" for number in range(20)]
    publishers = [fill(attacked, name, 30) for name in names]
    lazy = lazy_reader(attacked)
    with attacked.most_per_turn(attacked.octets_owed(lazy)) as watch:
        consume = [methods.BasicConsume(queue=name, consumer_tag=name) for name in names]
        lazy.send(1, *consume)
        attacked.wait_until_paused(lazy)
        attacked.bystander.wait_for_rounds(5)
    for name, publisher in zip(names, publishers, strict=True):
        publisher.call(methods.QueueDelete(queue=name), methods.QueueDeleteOk)
    assert watch.most <= HIGH_WATER_BYTES + TURN_BYTES + 2 * len(BIG)


def test_a_client_that_asks_for_more_and_more_and_never_reads(attacked):
    publisher = fill(attacked, "asked", 1)
    lazy = lazy_reader(attacked)
    ask = method_frame(1, methods.BasicGet(queue="asked"))
    give_back = method_frame(1, methods.BasicNack(0, multiple=True, requeue=True))

    def pipeline():
        with contextlib.suppress(OSError):
            lazy.send_octets((ask + give_back) * 2000)

    asking = threading.Thread(target=pipeline)
    with attacked.most_per_turn(attacked.octets_owed(lazy)) as watch:
        asking.start()
        attacked.wait_until(lambda: watch.most > HIGH_WATER_BYTES)
        attacked.bystander.wait_for_rounds(50)
    lazy.reset()
    asking.join()
    publisher.call(methods.QueueDelete(queue="asked"), methods.QueueDeleteOk)
    assert watch.most <= HIGH_WATER_BYTES + TURN_BYTES + 2 * len(BIG)


def test_a_slow_consumer_beside_a_fast_one(attacked):
    """Both bound to one exchange; the one that never reads costs the other nothing."""
    slow, fast, publisher = lazy_reader(attacked), attacked.client(), attacked.client()
    for client, name in ((slow, "slow"), (fast, "fast")):
        client.declare(name, exclusive=True)
        bind = methods.QueueBind(queue=name, exchange="amq.fanout")
        client.call(bind, methods.QueueBindOk)
        client.consume(name, no_ack=True)
    count = 200
    for number in range(count):
        publisher.publish("", str(number).encode() + BIG, exchange="amq.fanout")
    bodies = fast.deliveries(count)
    assert [int(body.rstrip(b"x")) for body in bodies] == list(range(count))
    assert attacked.ask(lambda: attacked.session(slow)._is_slow)


def test_a_fast_publisher_starves_nobody(attacked):
    """While it floods, a turn takes one chunk from it, and others are served in each turn."""
    flooding = Flood(attacked)
    worker = attacked.client()
    worker.declare("work", exclusive=True)
    worker.call(methods.BasicQos(prefetch_count=1), methods.BasicQosOk)
    worker.publish("work", *[b"job"] * 50)
    arrived = Growth(attacked.vhost.queues["flood"].ready)
    with attacked.most_per_turn(arrived) as watch, flooding:
        worker.consume("work")
        for _ in range(50):
            deliver, _body = worker.expect_delivery()
            worker.send(1, methods.BasicAck(deliver.delivery_tag))
        attacked.bystander.wait_for_rounds(20)
    assert watch.most * len(Flood.BODY) <= CHUNK_BYTES_MAX + LARGE_CHUNK_BYTES
    flooding.end()


def test_a_fast_publisher_does_not_keep_heartbeats_back(node):
    """On a clock moved by hand: an idle client hears one in each half interval, flood or not."""
    flooding = Flood(node)
    idle = node.client(heartbeat=10)
    with flooding:
        for _ in range(3):
            node.pass_time(5)
            idle.send_octets(frames.HEARTBEAT_FRAME)
        idle.declare("q", exclusive=True)
    assert idle.heartbeats == 3
    flooding.end()


class Flood:
    """A publisher that sends as fast as it is read."""

    BODY = b"x" * 1000

    def __init__(self, node):
        self._client = node.client()
        self._client.declare("flood")
        self._is_over = False
        self._thread = threading.Thread(target=self._send)

    def _send(self):
        several = publish_frames(1, self.BODY, "flood") * 200
        purge = method_frame(1, methods.QueuePurge(queue="flood", nowait=True))
        sent = 0
        while not self._is_over:
            self._client.send_octets(several)
            sent += 200
            if sent % 10_000 == 0:
                self._client.send_octets(purge)

    def __enter__(self):
        self._thread.start()

    def __exit__(self, *_):
        self._is_over = True
        self._thread.join()

    def end(self):
        self._client.call(methods.QueueDelete(queue="flood"), methods.QueueDeleteOk)


class Growth:
    """By how much a queue has grown since it was last asked."""

    def __init__(self, ready):
        self._ready = ready
        self._before = 0

    def __call__(self):
        before, self._before = self._before, self._ready.count
        return self._ready.count - before
