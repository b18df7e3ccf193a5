"""What comes before AMQP: PROXY headers and TLS handshakes, over real sockets."""

import socket
import ssl

import pytest

from leveret.config import Settings
from leveret.config.socket_settings import SocketSettings
from leveret.node import new_event_loop
from leveret.server.transport import HIGH_WATER_BYTES
from leveret.wire import frames, methods
from tests.server.authority import authority, name
from tests.server.client import Client, Gone
from tests.server.secured import Pki, SecureClient, SecuredNode, plain_socket
from tests.server.served import HandLoop, ServedNode

LOOPS = {"uvloop": new_event_loop, "asyncio": HandLoop}


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    return Pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(params=LOOPS)
def node(request, pki):
    """Listens with TLS, and asks for certificates without insisting."""
    with SecuredNode(pki.options(is_verifying=True), LOOPS[request.param]()) as served:
        yield served


def secured(pki, **chosen):
    return SecuredNode(pki.options(**chosen), new_event_loop())


def coming(node):
    """How many are on their way in."""
    return sum(len(door.coming) for door in node.server.doors)


def client_of(node, context, **how):
    client = SecureClient(node.address, context, **how)
    node.clients.append(client)
    return client


# TLS -----------------------------------------------------------------------------------------


def test_amqp_is_spoken_behind_tls(node, pki):
    client = client_of(node, pki.client_context())
    client.open()
    client.declare("q")
    client.publish("q", b"x" * 100_000, b"y")
    client.consume("q", no_ack=True)
    assert client.deliveries(2) == [b"x" * 100_000, b"y"]


def test_what_the_handshake_came_to_is_known(node, pki):
    client = client_of(node, pki.client_context())
    client.open()
    tls = node.ask(lambda: node.session(client).peer.tls)
    assert (tls.protocol, tls.cipher) == ("tlsv1.3", client._socket.cipher()[0])
    assert (tls.subject, tls.login) == ("", "")
    assert tls.trouble == "connection peer presented no TLS (x.509) certificate"


def test_a_client_certificate_is_known(node, pki):
    hare = pki.ca.vouch_for(name(("O", "Warren"), ("CN", "hare")))
    client = client_of(node, pki.client_context(hare))
    client.open()
    tls = node.ask(lambda: node.session(client).peer.tls)
    assert (tls.subject, tls.issuer) == ("CN=hare,O=Warren", "CN=Warren CA")
    assert tls.login == "CN=hare,O=Warren"
    assert " - " in tls.validity


def external(client):
    """A login by certificate: what comes back."""
    client.send_octets(frames.PROTOCOL_HEADER)
    start = client.expect(methods.ConnectionStart)
    assert start.mechanisms == b"PLAIN AMQPLAIN EXTERNAL"
    properties = {"capabilities": {"authentication_failure_close": True}}
    client.send(0, methods.ConnectionStartOk(properties, "EXTERNAL", b"", "en_US"))


def test_a_client_logs_in_with_its_certificate(pki):
    with secured(pki, is_verifying=True, login_from="common_name") as node:
        client = client_of(node, pki.client_context(pki.ca.vouch_for("rabbit")))
        external(client)
        client.expect(methods.ConnectionTune)
        stranger = client_of(node, pki.client_context(pki.ca.vouch_for("nobody")))
        external(stranger)
        assert stranger.expect(methods.ConnectionClose).reply_code == 403
        bare = client_of(node, pki.client_context())
        external(bare)
        assert bare.expect(methods.ConnectionClose).reply_code == 403


def is_turned_away(node, context):
    """Whether the handshake fails, or the first answer never comes (as TLS 1.3 has it)."""
    try:
        client = client_of(node, context)
        client.send_octets(frames.PROTOCOL_HEADER)
        client.receive()
    except (ssl.SSLError, ConnectionError, Gone):
        return True
    return False


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("nobody", "it showed no certificate, and ssl_options.fail_if_no_peer_cert wants one"),
        ("stranger", "its certificate is not trusted: unable to get local issuer certificate"),
        ("expired", "its certificate is not trusted: certificate has expired"),
        ("deep", "more CAs vouch for its certificate than ssl_options.depth allows"),
    ],
)
def test_a_client_that_cannot_be_believed_is_turned_away(pki, caplog, who, why):
    below = pki.ca.vouch_for("between", is_ca=True)
    party = {
        "nobody": None,
        "stranger": authority("Another CA").vouch_for("hare"),
        "expired": pki.ca.vouch_for("hare", days=(-10, -1)),
        "deep": below.vouch_for("hare"),
    }[who]
    options = {"is_verifying": True, "needs_certificate": True, "depth": 0}
    with secured(pki, **options) as node:
        assert is_turned_away(node, pki.client_context(party))
        node.wait_until(lambda: not coming(node))
        assert not is_turned_away(node, pki.client_context(pki.ca.vouch_for("hare")))
    (line,) = [each for each in caplog.messages if "TLS handshake failed" in each]
    assert line.endswith(why)


def test_a_ca_between_counts_towards_the_depth(pki):
    below = pki.ca.vouch_for("between", is_ca=True)
    with secured(pki, is_verifying=True, depth=1) as node:
        assert not is_turned_away(node, pki.client_context(below.vouch_for("hare")))


def test_tls_1_2_is_spoken_too(node, pki):
    context = pki.client_context(pki.ca.vouch_for("hare"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    client = client_of(node, context)
    client.open()
    assert node.ask(lambda: node.session(client).peer.tls.protocol) == "tlsv1.2"


def test_plain_amqp_on_a_tls_port_is_told_apart(node, caplog):
    with plain_socket(node.address) as stranger:
        stranger.sendall(frames.PROTOCOL_HEADER)
        assert drained(stranger)
    node.wait_until(lambda: not coming(node))
    assert "what it sent is not TLS; plain AMQP has another port" in caplog.text


def drained(sock):
    """True once the far end has hung up."""
    try:
        while sock.recv(1 << 16):
            pass
    except ConnectionError:
        pass
    return True


def test_tls_on_a_plain_port_is_told_apart(caplog, pki):
    with ServedNode(new_event_loop()) as node:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            SecureClient(node.address, pki.client_context())
        node.wait_until(lambda: not node.server.transports)
    assert "it speaks TLS, and this port speaks plain AMQP" in caplog.text


def test_a_stalled_handshake_is_ended(pki, caplog):
    with secured(pki, handshake_s=0.1) as node, plain_socket(node.address) as stranger:
        stranger.sendall(b"\x16\x03\x01")
        assert drained(stranger)
        node.wait_until(lambda: not coming(node))
    assert "its TLS handshake took too long" in caplog.text


def test_whoever_hangs_up_during_the_handshake_is_let_go(node, caplog):
    plain_socket(node.address).close()
    node.wait_until(lambda: not coming(node) and not node.server.transports)
    node.wait_until(lambda: "its TLS handshake failed: it hung up" in caplog.text)


def test_a_server_that_ends_does_not_wait_for_handshakes(pki):
    with secured(pki) as node, plain_socket(node.address) as stranger:
        stranger.sendall(b"\x16\x03\x01")
        node.wait_until(lambda: coming(node))
        node.run_in_loop(node.server.drain(20)).result(5)
        assert drained(stranger)


# The rules of a plain connection hold --------------------------------------------------------


def test_a_peer_that_reads_nothing_stops_its_consumers(node, pki):
    fast = client_of(node, pki.client_context())
    fast.open()
    fast.declare("q")
    for _ in range(200):
        fast.publish("q", b"x" * 100_000)
    lazy = client_of(node, pki.client_context())
    lazy.open()
    lazy.consume("q", no_ack=True)
    node.wait_until_paused(lazy)
    with node.most_per_turn(node.octets_owed(lazy)) as owed:
        fast.declare("q", passive=True)
    assert owed.most < 20 * HIGH_WATER_BYTES
    assert lazy.deliveries(200) == [b"x" * 100_000] * 200


def test_a_client_that_closes_gets_close_ok_before_the_end(node, pki):
    client = client_of(node, pki.client_context())
    client.open()
    client.call(methods.ConnectionClose(reply_code=200), methods.ConnectionCloseOk, number=0)
    assert client.listen_to_the_end() == []
    client.hang_up()
    node.wait_until(lambda: not node.server.transports)


def test_a_client_that_vanishes_is_gone(node, pki):
    client = client_of(node, pki.client_context())
    client.open()
    client.hang_up()
    node.wait_until(lambda: not node.server.transports)


def test_a_client_that_says_no_more_is_gone(node, pki):
    client = client_of(node, pki.client_context())
    client.open()
    socket.socket.shutdown(client._socket, socket.SHUT_WR)
    node.wait_until(lambda: not node.server.transports)


def test_the_server_asks_secured_clients_to_go_too(node, pki):
    client = client_of(node, pki.client_context())
    client.open()
    over = node.run_in_loop(node.server.drain(20))
    client.expect(methods.ConnectionClose)
    client.send(0, methods.ConnectionCloseOk())
    assert client.listen_to_the_end() == []
    client.hang_up()
    over.result(5)


# Certificates that change --------------------------------------------------------------------


def test_a_new_certificate_is_shown_to_new_clients_and_old_ones_stay(tmp_path):
    own = Pki(tmp_path)
    with secured(own) as node:
        old = client_of(node, own.client_context())
        old.open()
        own.renew()
        node.ask(node.server.certificates.reload)
        new = client_of(node, own.client_context())
        new.open()
        assert new.shown != old.shown
        assert new.shown == ssl.PEM_cert_to_DER_cert(own.certfile.read_text().strip())
        assert old.declare("q").queue == "q"


def test_a_ca_that_is_no_longer_trusted_turns_its_clients_away(tmp_path):
    own = Pki(tmp_path)
    with secured(own, is_verifying=True, needs_certificate=True) as node:
        hare = own.client_context(own.ca.vouch_for("hare"))
        assert not is_turned_away(node, hare)
        trusted = tmp_path / "trusted.pem"
        trusted.write_bytes(own.ca_file.read_bytes())
        other = authority("Another CA")
        own.ca_file.write_bytes(other.pem)
        node.ask(node.server.certificates.reload)
        assert is_turned_away(node, hare)
        assert not is_turned_away(node, own.client_context(other.vouch_for("hare"), trusted))


# PROXY headers -------------------------------------------------------------------------------


@pytest.fixture(params=LOOPS)
def proxied(request):
    with ServedNode(LOOPS[request.param](), Settings(is_proxied=True)) as served:
        yield served


def through_proxy(node, header):
    client = node.stranger()
    client.send_octets(header)
    client.open()
    # Every client has the same far end now: look for the one that is there.
    (transport,) = node.ask(lambda: node.server.transports)
    return transport._session.peer


LINE = b"PROXY TCP4 203.0.113.7 10.0.0.5 50000 5672\r\n"


def test_a_proxied_client_is_known_by_its_own_address(proxied):
    peer = through_proxy(proxied, LINE)
    assert peer.name == "203.0.113.7:50000 -> 10.0.0.5:5672"
    assert (peer.peer_host, peer.peer_port) == ("203.0.113.7", 50000)
    # RabbitMQ judges by the socket, whatever the header says.
    assert peer.is_loopback


def test_a_proxy_that_speaks_for_itself_is_known_by_its_socket(proxied):
    peer = through_proxy(proxied, b"\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00")
    assert peer.name.startswith("127.0.0.1:")
    assert peer.name.endswith(f" -> 127.0.0.1:{proxied.address[1]}")


def test_header_and_first_frames_may_come_together(proxied):
    client = proxied.stranger()
    client.send_octets(LINE + frames.PROTOCOL_HEADER)
    client.expect(methods.ConnectionStart)


def test_a_header_may_come_octet_by_octet(proxied):
    client = proxied.stranger()
    for octet in LINE:
        client.send_octets(bytes([octet]))
    client.open()


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (frames.PROTOCOL_HEADER, "it does not begin with a PROXY protocol header"),
        (b"PROXY TCP4 1.1.1.1 2.2.2.2 1 70000\r\n", "its header line has a port that is none"),
    ],
)
def test_a_broken_header_ends_the_connection(proxied, caplog, octets, why):
    client = proxied.stranger()
    client.send_octets(octets)
    assert client.listen_to_the_end() == []
    proxied.wait_until(lambda: not coming(proxied))
    assert f"-> 127.0.0.1:{proxied.address[1]}: {why}" in caplog.text


def test_a_header_that_does_not_come_is_not_waited_for(caplog):
    with ServedNode(HandLoop(), Settings(is_proxied=True)) as node:
        client = node.stranger()
        client.send_octets(b"PROXY")
        node.wait_until(lambda: coming(node))
        node.pass_time(3)
        assert client.listen_to_the_end() == []
        node.wait_until(lambda: not coming(node))
    assert "no PROXY protocol header came in time" in caplog.text


def test_whoever_hangs_up_in_its_header_is_let_go(proxied, caplog):
    client = proxied.stranger()
    client.send_octets(b"PROXY")
    proxied.wait_until(lambda: coming(proxied))
    client.hang_up()
    proxied.wait_until(lambda: not coming(proxied))
    assert "it hung up before its PROXY protocol header was complete" in caplog.text


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_a_header_comes_before_tls(pki, loop):
    with SecuredNode(pki.options(), loop(), is_proxied=True) as node:
        client = client_of(node, pki.client_context(), preamble=LINE)
        client.open()
        (transport,) = node.ask(lambda: node.server.transports)
        peer = transport._session.peer
    assert peer.name == "203.0.113.7:50000 -> 10.0.0.5:5672"
    assert peer.tls.protocol == "tlsv1.3"


# Sockets -------------------------------------------------------------------------------------


def test_small_packets_may_be_gathered():
    with ServedNode(new_event_loop(), Settings(sockets=SocketSettings(has_no_delay=False))) as node:
        client = node.client()
        own = node.transport(client)._socket.get_extra_info("socket")
        with socket.socket(fileno=socket.dup(own.fileno())) as same:
            assert same.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0


def test_a_plain_listener_has_no_door():
    with ServedNode(new_event_loop()) as node:
        client = Client(node.address)
        node.wait_until(lambda: node.server.transports)
        assert not node.server.doors
        client.hang_up()
