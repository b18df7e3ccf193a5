"""One socket: its clocks, its pressure, its end. Real sockets; the clock is moved by hand."""

import threading

import pytest

from leveret.config import Settings
from leveret.config.limit_settings import LimitSettings
from leveret.server.transport import CLOSING_S, HIGH_WATER_BYTES, LARGE_CHUNK_BYTES, Transport
from leveret.wire import codec, frames, methods
from tests.server.client import Gone, method_frame, publish_frames
from tests.server.served import HandLoop, ServedNode

# What is read from a socket at once: uvloop's buffer, and asyncio's.
CHUNK_BYTES_MAX = 256 * 1024


# Time ----------------------------------------------------------------------------------------


def test_a_peer_that_stalls_in_its_handshake_is_dropped(node):
    stalling = node.stranger()
    stalling.send_octets(frames.PROTOCOL_HEADER)
    stalling.expect(methods.ConnectionStart)
    node.pass_time(node.server.terms.limits.handshake_s)
    assert stalling.listen_to_the_end() == []


def test_a_peer_that_says_nothing_at_all_is_dropped(node):
    silent = node.stranger()
    node.wait_until(lambda: node.server.transports)
    node.pass_time(node.server.terms.limits.handshake_s)
    assert silent.listen_to_the_end() == []


def test_a_finished_handshake_has_no_more_time_to_keep(node):
    client = node.client()
    node.pass_time(2 * node.server.terms.limits.handshake_s)
    client.declare("still here")


def test_an_idle_connection_hears_a_heartbeat_each_half_interval(node):
    client = node.client(heartbeat=10)
    for _ in range(4):
        node.pass_time(5)
        client.send_octets(frames.HEARTBEAT_FRAME)
    client.declare("q")
    assert client.heartbeats == 4


def test_no_heartbeat_is_sent_while_there_is_other_traffic(node):
    client = node.client(heartbeat=10)
    for _ in range(20):
        node.pass_time(2)
        client.declare("q")
    assert client.heartbeats == 0


def test_a_peer_silent_for_two_intervals_is_dropped(node):
    client = node.client(heartbeat=10)
    node.pass_time(20)
    assert node.connection_count() == 1
    node.pass_time(5)
    assert node.connection_count() == 0
    assert client.listen_to_the_end() == []


@pytest.mark.parametrize(
    "sign_of_life",
    [
        frames.HEARTBEAT_FRAME,
        pytest.param(publish_frames(1, b"body", "nowhere"), id="a publish"),
        pytest.param(publish_frames(1, b"x" * 100, "nowhere")[:-50], id="half a publish"),
    ],
)
def test_any_octets_are_a_sign_of_life(node, sign_of_life):
    client = node.client(heartbeat=10)
    node.pass_time(15)
    before = node.ask(lambda: node.transport(client)._received_at)
    client.send_octets(sign_of_life)
    node.wait_until(lambda: node.transport(client)._received_at > before)
    node.pass_time(15)
    assert node.connection_count() == 1


def test_without_heartbeats_silence_is_no_reason(node):
    client = node.client(heartbeat=0)
    node.pass_time(10_000, step_s=1000)
    client.declare("q")
    assert client.heartbeats == 0


def test_a_peer_that_does_not_answer_connection_close_is_dropped(node):
    client = node.client()
    client.send(1, methods.ChannelOpen())
    close = client.expect(methods.ConnectionClose)
    assert close.reply_code == 504
    node.pass_time(CLOSING_S - 1)
    assert node.connection_count() == 1
    node.pass_time(1)
    assert client.listen_to_the_end() == []


def test_a_peer_that_answers_connection_close_is_let_go_at_once(node):
    client = node.client()
    client.send(1, methods.ChannelOpen())
    client.expect(methods.ConnectionClose)
    client.send(0, methods.ConnectionCloseOk())
    assert client.listen_to_the_end() == []


def test_a_peer_that_closes_and_never_takes_what_is_left_is_dropped(node):
    fill(node, "big", 160, b"x" * 50_000)
    lazy = lazy_reader(node)
    lazy.consume("big", no_ack=True)
    node.wait_until_paused(lazy)
    transport = node.ask(lambda: node.transport(lazy))
    lazy.send(0, methods.ConnectionClose(reply_code=200))
    node.wait_until(lambda: transport._session.connection.is_closed)
    node.pass_time(CLOSING_S - 1)
    assert node.ask(lambda: transport in node.server.transports)
    node.pass_time(1)
    node.wait_until(lambda: transport not in node.server.transports)


def test_a_client_that_closes_gets_close_ok_before_the_end(node):
    client = node.client()
    client.call(methods.ConnectionClose(reply_code=200), methods.ConnectionCloseOk, number=0)
    assert client.listen_to_the_end() == []


def test_a_wrong_protocol_header_gets_the_right_one_before_the_end(node):
    stranger = node.stranger()
    stranger.send_octets(b"GET / HTTP/1.1\r\n\r\n")
    with pytest.raises(Gone):
        stranger.receive()
    assert stranger._input == frames.PROTOCOL_HEADER


# Pressure ------------------------------------------------------------------------------------


def fill(node, queue, count, body):
    publisher = node.client()
    publisher.declare(queue)
    publisher.publish(queue, *[body] * count)
    node.wait_until(lambda: node.vhost.queues[queue].ready.count == count)


def lazy_reader(node):
    """A client whose kernel takes little for it."""
    client = node.stranger(receive_buffer_bytes=65_536)
    client.open()
    return client


def test_a_consumer_that_does_not_read_gets_no_more_than_its_socket_takes(node):
    body, count = b"x" * 50_000, 160
    fill(node, "big", count, body)
    reader = lazy_reader(node)
    reader.consume("big", no_ack=True)
    node.wait_until_paused(reader)
    assert node.ask(node.octets_owed(reader)) > HIGH_WATER_BYTES
    assert node.messages_ready("big") > 0
    # When it reads at last, everything comes, in order.
    assert reader.deliveries(count) == [body] * count
    assert not node.ask(lambda: node.session(reader)._is_slow)


def test_a_paused_consumer_stands_aside_for_others(node):
    fill(node, "shared", 160, b"x" * 50_000)
    lazy, eager = lazy_reader(node), node.client()
    lazy.consume("shared", no_ack=True)
    node.wait_until_paused(lazy)
    waiting = node.messages_ready("shared")
    eager.consume("shared", no_ack=True)
    eager.deliveries(waiting)
    assert node.messages_ready("shared") == 0


def test_what_is_published_in_between_waits_for_a_paused_consumer(node):
    fill(node, "big", 160, b"x" * 50_000)
    lazy, publisher = lazy_reader(node), node.client()
    lazy.consume("big", no_ack=True)
    node.wait_until_paused(lazy)
    waiting = node.messages_ready("big")
    publisher.publish("big", b"one more")
    node.wait_until(lambda: node.vhost.queues["big"].ready.count == waiting + 1)
    assert lazy.deliveries(161)[-1] == b"one more"


def test_a_publisher_that_does_not_read_what_is_returned_is_read_no_more():
    """Deliveries and answers stop before; what is returned stops here."""
    settings = Settings(limits=LimitSettings(connection_output_max=1024 * 1024))
    with ServedNode(HandLoop(), settings) as node:
        check_that_what_is_returned_stops(node)


def check_that_what_is_returned_stops(node):
    deaf = lazy_reader(node)
    count = 300
    returned = publish_frames(1, b"x" * 50_000, "nowhere", mandatory=True)
    sending = threading.Thread(target=deaf.send_octets, args=(returned * count,))
    sending.start()
    node.wait_until(lambda: not node.transport(deaf)._socket.is_reading())
    node.wait_until(lambda: "debt" in node.transport(deaf)._holds)
    assert node.ask(node.octets_owed(deaf)) <= 1024 * 1024 + 2 * CHUNK_BYTES_MAX
    # As soon as it reads, it is read again.
    for _ in range(count):
        deaf.expect(methods.BasicReturn)
        deaf.expect_content()
    sending.join()
    deaf.declare("q")


def test_one_connection_gets_one_chunk_a_turn(live_node):
    """However much it has sent: what arrives between two turns is bounded."""
    body, count = b"x" * 1000, 5000
    publisher = live_node.client()
    publisher.declare("flood")
    ready = live_node.ask(lambda: live_node.vhost.queues["flood"].ready)
    seen = [0]

    def arrived():
        before, seen[0] = seen[0], ready.count
        return ready.count - before

    with live_node.most_per_turn(arrived) as watch:
        publisher.send_octets(publish_frames(1, body, "flood") * count)
        live_node.wait_until(lambda: ready.count == count)
    assert watch.most * len(body) <= CHUNK_BYTES_MAX + LARGE_CHUNK_BYTES


def test_a_large_chunk_pauses_reading_for_one_turn_alone(node):
    publisher = node.client()
    publisher.declare("q")
    body = b"x" * 100_000
    for count in range(1, 6):
        publisher.publish("q", body)
        node.wait_until(lambda count=count: node.vhost.queues["q"].ready.count == count)
    assert node.is_reading(publisher)


# Alarms --------------------------------------------------------------------------------------


@pytest.fixture
def alarm(node):
    """Sets and clears the memory alarm in the server's thread."""
    yield lambda verb: node.ask(lambda: getattr(node.broker.alarms, verb)("memory"))
    node.ask(lambda: node.broker.alarms.clear("memory"))


def test_a_client_that_publishes_during_an_alarm_is_told_and_not_read(node, alarm):
    publisher = node.client()
    publisher.declare("q")
    alarm("set")
    publisher.publish("q", b"one")
    assert publisher.expect(methods.ConnectionBlocked).reason == "low on memory"
    publisher.publish("q", b"two")
    assert not node.is_reading(publisher)
    assert node.messages_ready("q") == 0
    alarm("clear")
    publisher.expect(methods.ConnectionUnblocked)
    assert publisher.declare("q", passive=True).message_count == 2


def test_a_client_that_does_not_know_blocked_is_held_all_the_same(node, alarm):
    publisher = node.client(capabilities={})
    publisher.declare("q")
    alarm("set")
    publisher.publish("q", b"one")
    node.wait_until(lambda: not node.transport(publisher)._socket.is_reading())
    publisher.send(1, methods.QueueDeclare(queue="q", passive=True))
    alarm("clear")
    assert publisher.expect(methods.QueueDeclareOk).message_count == 1


def test_consumers_go_on_during_an_alarm(node, alarm):
    fill(node, "q", 3, b"x")
    alarm("set")
    consumer = node.client()
    consumer.call(methods.BasicQos(prefetch_count=1), methods.BasicQosOk)
    consumer.consume("q")
    for _ in range(3):
        deliver, _body = consumer.expect_delivery()
        consumer.send(1, methods.BasicAck(deliver.delivery_tag))
    consumer.declare("another")


def test_a_connection_made_during_an_alarm_is_blocked_by_its_first_publish(node, alarm):
    alarm("set")
    late = node.client()
    late.declare("q")
    late.publish("q", b"x")
    late.expect(methods.ConnectionBlocked)


def test_a_blocked_client_is_not_taken_for_dead(node, alarm):
    publisher = node.client(heartbeat=10)
    publisher.declare("q")
    alarm("set")
    publisher.publish("q", b"x")
    publisher.expect(methods.ConnectionBlocked)
    node.pass_time(60)
    alarm("clear")
    publisher.expect(methods.ConnectionUnblocked)
    node.pass_time(15)
    publisher.declare("q", passive=True)


def test_a_blocked_client_is_read_again_when_it_is_asked_to_go(node, alarm):
    publisher = node.client()
    alarm("set")
    publisher.publish("nowhere", b"x")
    publisher.expect(methods.ConnectionBlocked)
    drained = node.run_in_loop(node.server.drain(5.0))
    publisher.expect(methods.ConnectionClose)
    publisher.send(0, methods.ConnectionCloseOk())
    # No time passes: the server has seen the answer.
    drained.result()


def test_a_large_chunk_that_ends_in_an_alarm_does_not_read_on(node, alarm):
    publisher = node.client()
    publisher.declare("q")
    alarm("set")
    publisher.publish("q", *[b"x" * 90_000] * 10)
    publisher.expect(methods.ConnectionBlocked)
    for _turn in range(5):
        assert not node.is_reading(publisher)


# The end -------------------------------------------------------------------------------------


def test_what_a_lost_connection_held_goes_back(node):
    fill(node, "q", 3, b"x")
    client = node.client()
    client.consume("q")
    client.deliveries(3)
    assert node.messages_ready("q") == 0
    client.hang_up()
    node.wait_until(lambda: node.vhost.queues["q"].ready.count == 3)


def test_a_reset_is_an_end_like_any(node):
    fill(node, "q", 1, b"x")
    client = node.client()
    client.consume("q")
    client.expect_delivery()
    client.reset()
    node.wait_until(lambda: node.vhost.queues["q"].ready.count == 1)


def test_a_peer_that_hung_up_before_its_turn_came_tries_no_login(live_node, caplog):
    before = live_node.census()
    may_go_on = threading.Event()
    live_node.loop.call_soon_threadsafe(may_go_on.wait, 10)
    stranger = live_node.stranger()
    properties, credentials = {}, b"\0guest\0guest"
    stranger.send_octets(
        frames.PROTOCOL_HEADER
        + method_frame(0, methods.ConnectionStartOk(properties, "PLAIN", credentials, "en_US"))
    )
    stranger.reset()
    may_go_on.set()
    live_node.wait_for_census(before)
    assert [each.message for each in caplog.records] == []


def test_exclusive_queues_go_with_their_connection(node):
    client = node.client()
    client.declare("own", exclusive=True)
    client.hang_up()
    node.wait_until(lambda: "own" not in node.vhost.queues)


def test_a_blocked_publisher_that_goes_leaves_nothing(node, alarm):
    before = node.census()
    publisher = node.client()
    alarm("set")
    publisher.publish("nowhere", b"x")
    publisher.expect(methods.ConnectionBlocked)
    publisher.reset()
    alarm("clear")
    node.wait_until(lambda: not node.server.transports)
    assert node.census() == before


# Who is there --------------------------------------------------------------------------------


class FarSocket:
    """A socket from somewhere else, which no test can open: it keeps what was written to it."""

    def __init__(self, here):
        self.written = b""
        self.is_closed = False
        self._names = {"peername": ("192.0.2.9", 1), "sockname": here}

    def get_extra_info(self, name):
        return self._names[name]

    def set_write_buffer_limits(self, high, low):
        assert low < high

    def get_write_buffer_size(self):
        return 0

    def is_closing(self):
        return self.is_closed

    def write(self, octets):
        self.written += octets

    def close(self):
        self.is_closed = True

    abort = close


def log_in_at(node, here, user):
    """What the server answers to a login that reached it at that address."""
    far = FarSocket(here)
    start_ok = methods.ConnectionStartOk(
        client_properties={"capabilities": {"authentication_failure_close": True}},
        mechanism="PLAIN",
        response=f"\0{user}\0{user}".encode(),
        locale="en_US",
    )

    def log_in():
        transport = Transport(node.server)
        transport.connection_made(far)
        transport.data_received(frames.PROTOCOL_HEADER)
        transport.flush()
        far.written = b""
        transport.data_received(method_frame(0, start_ok))
        transport.flush()
        transport.connection_lost(None)
        return codec.decode(far.written[7:-1])

    return node.ask(log_in)


@pytest.mark.parametrize(
    "here", [("127.0.0.1", 1), ("127.1.2.3", 1), ("::1", 1, 0, 0), ("::ffff:127.0.0.1", 1, 0, 0)]
)
def test_guest_may_come_from_this_machine(node, here):
    assert isinstance(log_in_at(node, here, "guest"), methods.ConnectionTune)


@pytest.mark.parametrize(
    "here", [("192.0.2.7", 1), ("2001:db8::7", 1, 0, 0), ("::ffff:192.0.2.7", 1, 0, 0)]
)
def test_guest_may_not_come_from_elsewhere(node, here):
    answer = log_in_at(node, here, "guest")
    assert isinstance(answer, methods.ConnectionClose)
    assert answer.reply_code == 403


def test_others_may_come_from_anywhere(node):
    assert isinstance(log_in_at(node, ("192.0.2.7", 1), "rabbit"), methods.ConnectionTune)


def test_a_peer_is_named_by_both_ends(node):
    client = node.client()
    host, port = client.own_address
    name = node.ask(lambda: node.session(client).peer.name)
    assert name == f"{host}:{port} -> 127.0.0.1:{node.address[1]}"
