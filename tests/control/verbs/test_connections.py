"""Connections are listed, and asked to go."""

from leveret.control import exits
from leveret.session.identity import Encryption
from leveret.wire import methods

IDENTITY = ["vhost", "user", "channels", "protocol", "auth_mechanism", "state", "peer_host"]


def listed(node, *columns):
    return node.ask("list_connections", columns=list(columns))


def test_who_is_there(node, world):
    world.client().channel()
    world.stranger()
    row = ["/", "guest", 1, [0, 9, 1], "PLAIN", "running", [127, 0, 0, 1]]
    assert listed(node, *IDENTITY) == [row]
    limits = world.limits
    assert listed(node, "frame_max", "channel_max", "timeout") == [
        [limits.frame_max, limits.channel_max, 0]
    ]
    [[properties]] = listed(node, "client_properties")
    assert [each[:2] for each in properties] == [["capabilities", "table"]]
    [counts] = listed(node, "recv_oct", "send_oct", "recv_cnt", "send_cnt", "send_pend")
    assert counts[0] > 0


def test_how_a_connection_is_secured(node, world):
    tls = Encryption("TLSv1.3", "TLS_AES_256_GCM_SHA384", subject="CN=ann")
    world.stranger(tls=tls).open()
    told = ["ssl", "ssl_protocol", "ssl_cipher", "ssl_hash", "peer_cert_subject"]
    [[is_secure, protocol, cipher, digest, subject]] = listed(node, *told)
    assert (is_secure, protocol, subject) == (True, "TLSv1.3", "CN=ann")
    assert (cipher, digest) == ("aes_256_gcm", "aead")


def test_a_plain_one_has_no_cipher(node, world):
    world.client()
    assert listed(node, "ssl", "ssl_cipher", "ssl_protocol") == [[False, "", ""]]


def test_one_is_closed_by_its_pid(node, world):
    first, second = world.client(), world.client()
    node.ask("close_connection", pid=first.session.pid, reason="moving house")
    assert first.closed_with().reply_text == "CONNECTION_FORCED - moving house"
    assert second.take_all() == []
    gone = f"<{node.broker.node}.0.99.0>"
    assert node.ask("close_connection", pid=gone, reason="x") is None
    code, text = node.refusal("close_connection", pid="<1.2.3>", reason="x")
    assert code == exits.UNAVAILABLE
    assert text == 'Error:\nError:\n{:invalid_pid_syntax, "<1.2.3>"}'


def test_many_are_closed(node, world):
    node.ask("add_vhost", vhost="v")
    node.broker.set_permission("guest", "v")
    here, there = [world.client() for _ in range(3)], world.client(vhost="v")
    asked = {"vhost": "/", "reason": "bye"}
    assert node.ask("close_all_connections", **asked, limit=1) == "Closed 1 connections"
    assert here[0].closed_with().reply_code == 320
    assert node.ask("close_all_connections", **asked, per_connection_delay=1).startswith("Closed ")
    assert there.take_all() == []
    node.ask("close_all_connections", **asked, **{"global": True})
    assert there.closed_with().reply_text == "CONNECTION_FORCED - bye"


def test_those_of_a_user_are_closed(node, world):
    client = world.client()
    node.ask("close_all_user_connections", username="nobody", reason="bye")
    assert client.take_all() == []
    node.ask("close_all_user_connections", username="guest", reason="bye")
    assert client.closed_with().reply_text == "CONNECTION_FORCED - bye"


def test_those_that_have_ended(node, world):
    world.broker.agenda.wall_clock = lambda: 1_700_000_000.5
    client = world.client()
    client.call(methods.ConnectionClose(reply_code=200, reply_text="had enough"))
    columns = ["name", "user", "vhost", "ended_at", "by", "code", "reason"]
    assert node.ask("list_ended_connections", columns=columns) == [
        ["peer", "guest", "/", 1_700_000_000_500, "client", 200, "had enough"],
    ]
