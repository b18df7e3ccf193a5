import socket
import threading

import pytest

from leveret.dial.address import Address
from leveret.dial.connection import (
    Connection,
    ConnectionLostError,
    DialError,
    ServerClosedError,
    method_frame,
    refuse,
    start_ok,
    tune_ok,
)
from leveret.wire import methods
from leveret.wire.codec import encode


def test_an_open_connection_knows_its_broker(address):
    with Connection(address, "test") as connection:
        assert connection.broker.startswith("Leveret")
        assert connection.frame_max == 131072
        assert connection.take_received() == b""


def test_calls_are_answered_one_by_one_or_many_at_once(address):
    with Connection(address, "test") as connection:
        declares = [methods.QueueDeclare(queue=f"q{n}", exclusive=True) for n in range(250)]
        connection.call_all(1, declares, methods.QueueDeclareOk)
        again = methods.QueueDeclare(queue="q249", passive=True)
        assert connection.call(1, again, methods.QueueDeclareOk).message_count == 0


def test_a_refused_call_says_what_the_broker_said(address):
    with Connection(address, "test") as connection:
        missing = methods.QueueDeclare(queue="missing", passive=True)
        with pytest.raises(ServerClosedError, match=r"closed channel 1: NOT_FOUND.*'missing'"):
            connection.call(1, missing, methods.QueueDeclareOk)


def test_a_wrong_password_is_told(address):
    wrong = Address(address.host, address.port, "guest", "wrong", "/")
    with pytest.raises(ServerClosedError, match="ACCESS_REFUSED"):
        Connection(wrong, "test")


def test_an_unknown_virtual_host_is_told(address):
    wrong = Address(address.host, address.port, "guest", "guest", "nowhere")
    with pytest.raises(ServerClosedError, match="nowhere"):
        Connection(wrong, "test")


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def serve(listener, *answers):
    """A server that answers each thing it receives with the next of these, then ends."""

    def talk():
        accepted, _ = listener.accept()
        with accepted:
            for answer in answers:
                accepted.recv(65536)
                accepted.sendall(answer)

    thread = threading.Thread(target=talk)
    thread.start()
    return thread, Address("127.0.0.1", listener.getsockname()[1], "guest", "guest", "/")


def test_nobody_there_is_told(listener):
    address = Address("127.0.0.1", listener.getsockname()[1], "guest", "guest", "/")
    listener.close()
    with pytest.raises(DialError, match=r"cannot connect to 127.0.0.1:\d+: Connection refused"):
        Connection(address, "test")


def test_a_server_that_goes_away_is_told(listener):
    thread, address = serve(listener, b"")
    with pytest.raises(ConnectionLostError, match="was lost"):
        Connection(address, "test")
    thread.join()


def test_another_protocol_is_told(listener):
    thread, address = serve(listener, b"AMQP\x00\x01\x00\x00")
    with pytest.raises(DialError, match="does not speak AMQP 0-9-1"):
        Connection(address, "test")
    thread.join()


OPENED = (
    method_frame(0, methods.ConnectionStart(mechanisms=b"PLAIN", locales=b"en_US")),
    method_frame(0, methods.ConnectionTune(channel_max=10, frame_max=4096)),
    method_frame(0, methods.ConnectionOpenOk()),
    method_frame(1, methods.ChannelOpenOk()),
)


def test_the_reason_of_a_lost_connection_is_read_before_it_is_given_up(listener):
    closing = methods.ConnectionClose(reply_code=320, reply_text="CONNECTION_FORCED - bye")
    thread, address = serve(listener, *OPENED, method_frame(0, closing))
    with Connection(address, "test") as connection:
        connection.send(b"x")
        thread.join()
        with pytest.raises(ServerClosedError, match="CONNECTION_FORCED - bye"):
            send_forever(connection)


def send_forever(connection):
    while True:
        connection.send(b"x")


def test_a_broker_that_never_answers_connection_close_gets_the_end_of_the_stream(
    listener, monkeypatch
):
    monkeypatch.setattr("leveret.dial.connection.CLOSE_S_MAX", 0.05)

    def ignore_close():
        accepted, _ = listener.accept()
        with accepted:
            for answer in OPENED:
                accepted.recv(65536)
                accepted.sendall(answer)
            while accepted.recv(65536):
                pass

    thread = threading.Thread(target=ignore_close)
    thread.start()
    connection = Connection(serve_address(listener), "test")
    connection.close()
    thread.join()
    assert connection.frame_max == 4096
    assert connection.broker == "unknown"


def serve_address(listener):
    return Address("127.0.0.1", listener.getsockname()[1], "guest", "guest", "/")


def test_nothing_is_received_when_nothing_comes(address):
    with Connection(address, "test") as connection:
        assert connection.receive_confirms(wait=False) == b""
        assert connection.receive_into(memoryview(bytearray(10))) == 0


def test_start_ok_logs_in_with_plain():
    method = start_ok(Address("h", 1, "me", "pass", "/"), "name")
    assert (method.mechanism, method.response) == ("PLAIN", b"\0me\0pass")


def test_tune_ok_takes_what_is_offered_but_heartbeats():
    tune = methods.ConnectionTune(channel_max=5, frame_max=8192, heartbeat=60)
    expected = methods.ConnectionTuneOk(channel_max=5, frame_max=8192, heartbeat=0)
    assert tune_ok(tune) == method_frame(0, expected)


def test_no_limit_on_frames_becomes_the_usual_one():
    tune = methods.ConnectionTune(channel_max=5, frame_max=0)
    expected = methods.ConnectionTuneOk(channel_max=5, frame_max=131072, heartbeat=0)
    assert tune_ok(tune) == method_frame(0, expected)


def test_a_cancelled_consumer_is_an_error():
    with pytest.raises(ServerClosedError, match="cancelled consumer c1"):
        refuse(1, encode(methods.BasicCancel(consumer_tag="c1")))


def test_what_closes_nothing_is_ignored():
    refuse(1, encode(methods.BasicQosOk()))
