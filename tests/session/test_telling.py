"""What events say of connections, channels and consumers."""

import pytest

from leveret.broker.bindings import Binding
from leveret.broker.events import EVENT_EXCHANGE, INTERNAL
from leveret.broker.queues.queue import QueueOptions
from leveret.session.identity import Encryption, Peer
from leveret.session.telling import address
from leveret.wire import methods

NAME = "127.0.0.1:5000 -> 127.0.0.1:5672"


@pytest.fixture
def heard(world):
    """Take the events so far: names and fields, without what all have."""
    world.broker.node, world.broker.started_at = "leveret@burrow", 7
    home = world.broker.add_vhost("home")
    world.broker.events.start(home, lambda: 1.0)
    queue = home.create_queue("heard", QueueOptions(), None)
    home.bind(Binding(home.exchange(EVENT_EXCHANGE), queue, "#"))

    def take(*names):
        found = []
        while queue.ready.count:
            event = queue.get()[0]
            fields = dict(event.headers)
            assert fields.pop("timestamp_in_ms") == 1000
            found.append((event.routing_key, fields))
        return [each for each in found if not names or each[0] in names]

    take()
    return take


def names(events):
    return [name for name, _fields in events]


def local(client):
    """The client's session, as if it had come over a socket."""
    client.session.peer = Peer(NAME, True, "127.0.0.1", 5000, "127.0.0.1", 5672)
    return client


LOGIN = {
    "ssl": False,
    "auth_mechanism": "PLAIN",
    "protocol": "{0,9,1}",
    "peer_port": 5000,
    "peer_host": "{127,0,0,1}",
    "connection_name": NAME,
    "host": "{127,0,0,1}",
    "connection_type": "network",
}


def test_a_connection_comes_and_goes(world, heard):
    client = local(world.stranger())
    client.open(capabilities={"basic.nack": True}, tune=(100, 8192, 30))
    login, created = heard()
    assert login == ("user.authentication.success", LOGIN | {"name": "guest"})
    pid = client.session.pid
    assert pid.startswith("<leveret@burrow.7.")
    said = ['{<<"capabilities">>,table,[{<<"basic.nack">>,bool,true}]}']
    assert created == (
        "connection.created",
        {
            "user_who_performed_action": "guest",
            "node": "leveret@burrow",
            "connected_at": client.session.connected_at_ms,
            "client_properties": said,
            "channel_max": 100,
            "frame_max": 8192,
            "timeout": 30,
            "vhost": "/",
            "user": "guest",
            "protocol": "{0,9,1}",
            "ssl_hash": "",
            "ssl_cipher": "",
            "ssl_key_exchange": "",
            "ssl_protocol": "",
            "auth_mechanism": "PLAIN",
            "peer_cert_validity": "",
            "peer_cert_issuer": "",
            "peer_cert_subject": "",
            "ssl": False,
            "peer_host": "{127,0,0,1}",
            "host": "{127,0,0,1}",
            "peer_port": 5000,
            "port": 5672,
            "name": NAME,
            "pid": pid,
            "type": "network",
        },
    )
    client.hang_up()
    closed = {"client_properties": said, "node": "leveret@burrow", "pid": pid, "name": NAME}
    assert heard() == [("connection.closed", closed)]


def test_a_connection_over_tls_says_so(world, heard):
    client = world.stranger()
    tls = Encryption("tlsv1.3", "TLS_AES_256_GCM_SHA384", "CN=alice", "CN=ca", "2026 - 2027")
    client.session.peer = Peer(NAME, True, "::1", 5000, "::1", 5671, tls)
    client.open()
    login, created = (fields for _name, fields in heard())
    assert login["ssl"] is True
    assert login["peer_host"] == "{0,0,0,0,0,0,0,1}"
    assert created["ssl_protocol"] == "tlsv1.3"
    assert created["ssl_key_exchange"] == "any"
    assert created["ssl_cipher"] == "aes_256_gcm"
    assert created["ssl_hash"] == "aead"
    assert created["peer_cert_subject"] == "CN=alice"
    assert created["peer_cert_issuer"] == "CN=ca"
    assert created["peer_cert_validity"] == "2026 - 2027"


def test_who_is_refused_is_told_of_with_the_name_that_was_claimed(world, heard):
    client = local(world.stranger())
    client.send(b"AMQP\x00\x00\x09\x01")
    client.say(methods.ConnectionStartOk({}, "PLAIN", b"\0alice\0s3cret", "en_US"))
    ((_name, fields),) = heard("user.authentication.failure")
    error = fields.pop("error")
    assert isinstance(error, str)
    assert error
    assert "s3cret" not in error
    assert fields == LOGIN | {"name": "alice"}


def test_a_peer_that_never_said_who_it_is_is_no_connection(world, heard):
    client = local(world.stranger())
    client.send(b"AMQP\x00\x00\x09\x01")
    client.hang_up()
    assert heard() == []


def test_a_channel_comes_and_goes(world, heard):
    client = local(world.client())
    channel = client.channel(3)
    ((_name, fields),) = heard("channel.created")
    pid = client.session.channels[3].pid
    assert fields == {
        "user_who_performed_action": "guest",
        "vhost": "/",
        "user": "guest",
        "number": 3,
        "connection": client.session.pid,
        "name": f"{NAME} (3)",
        "pid": pid,
    }
    channel.close()
    assert heard() == [("channel.closed", {"user_who_performed_action": "guest", "pid": pid})]
    client.channel(3)
    assert client.session.channels[3].pid != pid


def test_a_consumer_comes_and_goes(world, heard):
    client = world.client()
    channel = client.channel(1)
    channel.declare("q")
    channel.call(methods.BasicQos(prefetch_count=7))
    heard()
    channel.consume("q", "c", arguments={"x-priority": 5})
    pid = client.session.channels[1].pid
    place = {"queue": "q", "vhost": "/", "channel": pid}
    told = {
        "user_who_performed_action": "guest",
        "arguments": ['{<<"x-priority">>,signedint,5}'],
        "prefetch_count": 7,
        **place,
        "ack_required": True,
        "exclusive": False,
        "consumer_tag": "c",
    }
    assert heard() == [("consumer.created", told)]
    channel.call(methods.BasicCancel("c"))
    gone = {**place, "consumer_tag": "c"}
    assert heard() == [("consumer.deleted", {"user_who_performed_action": "guest", **gone})]
    channel.call(methods.BasicCancel("c"))
    assert heard() == []


def test_consumers_and_exclusive_queues_end_with_their_connection(world, heard):
    client = world.client()
    channel = client.channel(1)
    channel.declare("own", exclusive=True)
    ((_name, fields),) = heard("queue.created")
    assert fields["owner_pid"] == client.session.pid
    channel.consume("own", "c")
    heard()
    client.hang_up()
    events = heard()
    assert set(names(events)) == {
        "consumer.deleted",
        "channel.closed",
        "connection.closed",
        "queue.deleted",
    }
    by = {name: fields.get("user_who_performed_action") for name, fields in events}
    assert by["consumer.deleted"] == by["queue.deleted"] == INTERNAL


def test_a_consumer_ends_with_its_queue(world, heard):
    channel = world.channel()
    channel.declare("q")
    channel.consume("q", "c")
    heard()
    channel.call(methods.QueueDelete(queue="q"))
    world.pass_time()
    assert set(names(heard())) == {"consumer.deleted", "queue.deleted"}


def test_what_a_client_does_is_its_user_s_doing(world, heard):
    channel = world.channel()
    channel.declare("q")
    ((_name, fields),) = heard("queue.created")
    assert fields["user_who_performed_action"] == "guest"
    assert world.broker.events.actor == INTERNAL
    channel.refusal(methods.QueueDeclare(queue="amq.mine"))
    assert world.broker.events.actor == INTERNAL


@pytest.mark.parametrize(
    ("host", "spelt"),
    [
        ("10.0.0.7", "{10,0,0,7}"),
        ("2001:db8::1", "{8193,3512,0,0,0,0,0,1}"),
        ("", ""),
        ("socket", "socket"),
    ],
)
def test_an_address_is_spelt_as_erlang_does(host, spelt):
    assert address(host) == spelt
