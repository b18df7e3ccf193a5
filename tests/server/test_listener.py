"""A server: where it is reached, what it offers, how it ends, when its agenda runs."""

import contextlib
import socket

import pytest

from leveret.config import Settings
from leveret.config.limit_settings import LimitSettings
from leveret.server.listener import SHUTDOWN_TEXT
from leveret.wire import methods
from leveret.wire.codes import ReplyCode
from leveret.wire.properties import Properties
from tests.server.served import HandLoop, ServedNode

# Longer than any of these tests takes: a drain that waits for it has not been let go.
GRACE_S = 5.0


def served(host="127.0.0.1", **settings):
    return ServedNode(HandLoop(), Settings(**settings), host=host)


# Where it listens ----------------------------------------------------------------------------


def test_port_0_picks_a_free_port_and_says_which(node):
    assert node.address[0] == "127.0.0.1"
    assert node.address[1] > 0
    node.client().declare("q")


def test_a_port_that_is_taken_is_an_error(node):
    again = node.run_in_loop(node.server.listen(*node.address))
    with pytest.raises(OSError, match="address already in use"):
        again.result()


def test_one_server_listens_in_several_places(node):
    second = node.run_in_loop(node.server.listen("127.0.0.1", 0)).result()
    node.client().declare("q")
    node.address = second
    assert node.client().declare("q", passive=True).queue == "q"


def test_ipv6_peers_are_named_and_on_this_machine():
    with served(host="::1") as node:
        client = node.client(user="guest")
        peer = node.ask(lambda: node.session(client).peer)
    assert peer.name == f"[::1]:{client.own_address[1]} -> [::1]:{node.address[1]}"
    assert peer.is_loopback


# What it offers ------------------------------------------------------------------------------


def test_the_settings_are_what_tune_offers():
    with served(limits=LimitSettings(channel_max=7, frame_max=8192, heartbeat_s=33)) as node:
        terms = node.server.terms
        client = node.client(frame_max=8192)
        agreement = node.ask(lambda: node.session(client).connection.agreement)
    assert (terms.limits.channel_max, terms.limits.heartbeat_s) == (7, 33)
    assert (agreement.channel_max, agreement.frame_max) == (7, 8192)


def test_a_message_over_the_size_limit_is_refused():
    with served(limits=LimitSettings(max_message_size=1000)) as node:
        client = node.client()
        client.publish("q", b"x" * 1001)
        close = client.expect(methods.ChannelClose)
    assert close.reply_code == ReplyCode.PRECONDITION_FAILED


def test_the_server_says_who_it_is():
    with served(product="Hare", product_version="1.2", cluster_name="warren") as node:
        properties = node.server.terms.identity.server_properties()
    names = (properties["product"], properties["version"], properties["cluster_name"])
    assert names == ("Hare", "1.2", "warren")


def test_the_cluster_is_named_after_the_node_unless_it_has_a_name():
    with served(node="leveret@burrow") as node:
        assert node.server.terms.identity.cluster_name == "leveret@burrow"


# Draining ------------------------------------------------------------------------------------


def test_draining_asks_everybody_to_go(node):
    clients = [node.client() for _ in range(3)]
    drained = node.run_in_loop(node.server.drain(GRACE_S))
    for client in clients:
        close = client.expect(methods.ConnectionClose)
        assert (close.reply_code, close.reply_text) == (320, SHUTDOWN_TEXT)
        assert not drained.done()
        client.send(0, methods.ConnectionCloseOk())
        assert client.listen_to_the_end() == []
    drained.result()


def test_a_drained_server_lets_nobody_in(node):
    node.run_in_loop(node.server.drain(GRACE_S)).result()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(node.address)


def test_whoever_does_not_go_in_time_is_cut_off(node):
    stubborn = node.client()
    drained = node.run_in_loop(node.server.drain(GRACE_S))
    stubborn.expect(methods.ConnectionClose)
    node.pass_time(GRACE_S)
    drained.result()
    assert stubborn.listen_to_the_end() == []


def test_a_handshake_is_not_waited_for(node):
    shaking = node.stranger()
    node.wait_until(lambda: node.server.transports)
    node.run_in_loop(node.server.drain(GRACE_S)).result()
    assert shaking.listen_to_the_end() == []


def test_a_client_that_closes_by_itself_while_draining_is_gone_too(node):
    client = node.client()
    drained = node.run_in_loop(node.server.drain(GRACE_S))
    client.expect(methods.ConnectionClose)
    client.send(0, methods.ConnectionClose(reply_code=200))
    client.expect(methods.ConnectionCloseOk)
    drained.result()


def test_a_drained_server_has_no_alarm_clock_running(node):
    client = node.client()
    client.declare("q", arguments={"x-expires": 60_000})
    assert node.ask(lambda: node.server._alarm is not None)
    client.hang_up()
    node.run_in_loop(node.server.drain(GRACE_S)).result()
    assert node.ask(node.server._alarm.cancelled)


# The agenda ----------------------------------------------------------------------------------


def test_a_promise_is_kept_at_its_time(node):
    client = node.client()
    client.declare("q", arguments={"x-message-ttl": 10_000})
    client.publish("q", b"x")
    client.declare("q", passive=True)
    node.pass_time(9.5)
    assert node.messages_ready("q") == 1
    node.pass_time(0.5)
    assert node.messages_ready("q") == 0


def test_an_earlier_promise_comes_first(node):
    client = node.client()
    client.declare("q")
    for seconds in (30, 20, 10):
        lasting = Properties(expiration=str(seconds * 1000))
        client.declare(f"of {seconds}")
        client.publish(f"of {seconds}", b"x", properties=lasting)
    client.declare("q")
    node.pass_time(10)
    left = [node.messages_ready(f"of {seconds}") for seconds in (10, 20, 30)]
    assert left == [0, 1, 1]
    node.pass_time(20)
    assert node.messages_ready("of 30") == 0


def test_what_is_promised_for_the_next_turn_is_done_without_time_passing(node):
    client = node.client()
    client.declare("q")
    client.consume("q")
    client.send(1, methods.QueueDelete(queue="q"))
    client.expect(methods.QueueDeleteOk)
    assert client.expect(methods.BasicCancel).consumer_tag == "t"


def test_a_connection_beyond_the_limit_is_shown_out(caplog):
    with served(limits=LimitSettings(connection_max=2)) as node:
        first, second = node.client(), node.client()
        with socket.create_connection(node.address, timeout=5) as third:
            third.settimeout(5)
            with contextlib.suppress(ConnectionResetError):
                assert third.recv(1) == b""
        assert first.declare("q").queue == "q"
        second.hang_up()
        node.wait_until(lambda: len(node.server.transports) == 1)
        assert node.client().declare("q", passive=True).queue == "q"
    (line,) = [each for each in caplog.messages if "connection_max" in each]
    assert line.startswith("refusing connection 127.0.0.1:")


def test_with_nothing_promised_no_alarm_clock_is_set(node):
    client = node.client()
    client.declare("q", arguments={"x-expires": 1000})
    node.pass_time(1)
    assert node.ask(lambda: node.server._alarm) is None


def test_what_a_start_has_promised_before_anybody_listened_is_kept():
    node, kept = served(), []
    node.broker.agenda.soon(lambda: kept.append("promise"))
    with node:
        node.client()
        assert kept == ["promise"]
