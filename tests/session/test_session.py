"""A session from its greeting to its end."""

from dataclasses import replace

import pytest
from pamqp import commands, frame

from leveret.broker.node_limits import NodeLimits
from leveret.protocol.limits import Limits
from leveret.protocol.states import State
from leveret.session.allowance import TURN_BYTES
from leveret.session.identity import Encryption
from leveret.wire import codec, frames, methods
from leveret.wire.codes import ReplyCode
from leveret.wire.values import encode_table
from tests.session.harness import CAPABILITIES, PERSISTENT, Content, World

GUEST = b"\0guest\0guest"


def greeted(world, **who):
    client = world.stranger(**who)
    client.send(frames.PROTOCOL_HEADER)
    (start,) = client.take(0)
    return client, start


def log_in(client, response=GUEST, mechanism="PLAIN", capabilities=CAPABILITIES):
    properties = {"capabilities": capabilities}
    client.say(methods.ConnectionStartOk(properties, mechanism, response, "en_US"))
    return client.take(0)


# The handshake ---------------------------------------------------------------------------------


def test_a_greeting_is_answered_with_start(world):
    _client, start = greeted(world)
    assert (start.version_major, start.version_minor) == (0, 9)
    assert (start.mechanisms, start.locales) == (b"PLAIN AMQPLAIN", b"en_US")
    assert start.server_properties["product"] == "RabbitMQ"


def test_pamqp_reads_our_start(world):
    client = world.stranger()
    client.send(frames.PROTOCOL_HEADER)
    octets = client.take_octets()
    size, channel, start = frame.unmarshal(octets)
    assert (size, channel) == (len(octets), 0)
    assert isinstance(start, commands.Connection.Start)
    assert start.server_properties["capabilities"]["basic.nack"] is True


def test_a_login_is_answered_with_tune(world):
    client, _start = greeted(world)
    assert log_in(client) == [methods.ConnectionTune(2047, 131072, 60)]


def test_amqplain_is_a_login_too(world):
    client, _start = greeted(world)
    response = encode_table({"LOGIN": "guest", "PASSWORD": "guest"})[4:]
    assert isinstance(log_in(client, response, "AMQPLAIN")[0], methods.ConnectionTune)


@pytest.mark.parametrize("response", [b"\0guest\0wrong", b"\0nobody\0guest"])
def test_a_wrong_login_is_refused_to_those_who_can_take_it(world, response):
    client, _start = greeted(world)
    (close,) = log_in(client, response)
    assert (close.reply_code, close.class_id, close.method_id) == (403, 0, 0)
    assert close.reply_text == (
        "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. "
        "For details see the broker logfile."
    )
    assert "login refused" in world.reports[0]


@pytest.mark.parametrize("capabilities", [{}, {"authentication_failure_close": False}, "all", None])
def test_others_are_hung_up_on(world, capabilities):
    client, _start = greeted(world)
    properties = {} if capabilities is None else {"capabilities": capabilities}
    client.say(methods.ConnectionStartOk(properties, "PLAIN", b"\0guest\0wrong", "en_US"))
    assert client.take(0) == []
    assert client.session.connection.is_closed


@pytest.mark.parametrize(
    ("response", "mechanism"),
    [(GUEST, "EXTERNAL"), (GUEST, "plain"), (b"guest", "PLAIN"), (b"\0guest", "AMQPLAIN")],
)
def test_a_login_that_is_none_is_hung_up_on(world, response, mechanism):
    client, _start = greeted(world)
    assert log_in(client, response, mechanism) == []
    assert client.session.connection.is_closed


def test_guest_from_elsewhere_is_refused_like_a_wrong_password(world):
    client, _start = greeted(world, is_loopback=False)
    (close,) = log_in(client)
    assert close.reply_code == 403
    assert "can only connect via localhost" in world.reports[0]


def test_a_source_of_too_many_wrong_passwords_is_refused_as_ever(world):
    refusals = []
    for response in [b"\0guest\0wrong"] * 10 + [GUEST]:
        client, _start = greeted(world, peer_host="192.0.2.1")
        (close,) = log_in(client, response)
        refusals.append((close.reply_code, close.reply_text))
    assert len(set(refusals)) == 1
    assert "too many attempts from there have failed; user 'guest'" in world.reports[-2]
    assert world.client(peer_host="192.0.2.2").session.access
    world.pass_time(60)
    assert world.client(peer_host="192.0.2.1").session.access


def test_a_certificate_is_a_login(world):
    client, start = greeted(world, tls=Encryption("tlsv1.3", "x", login="guest"))
    assert start.mechanisms == b"PLAIN AMQPLAIN EXTERNAL"
    assert isinstance(log_in(client, b"", "EXTERNAL")[0], methods.ConnectionTune)
    assert client.session._handshake._user.name == "guest"


@pytest.mark.parametrize(
    ("tls", "report"),
    [
        (Encryption("tlsv1.3", "x", login="CN=nobody"), "user 'CN=nobody' - invalid credentials"),
        (Encryption("tlsv1.3", "x", trouble="no name found"), "no name found"),
    ],
)
def test_a_certificate_that_stands_for_nobody_is_refused_like_a_wrong_password(world, tls, report):
    client, _start = greeted(world, tls=tls)
    (close,) = log_in(client, b"", "EXTERNAL")
    assert close.reply_text == (
        "ACCESS_REFUSED - Login was refused using authentication mechanism EXTERNAL. "
        "For details see the broker logfile."
    )
    assert report in world.reports[0]


def test_guest_by_certificate_comes_from_this_machine_only(world):
    tls = Encryption("tlsv1.3", "x", login="guest")
    client, _start = greeted(world, tls=tls, is_loopback=False)
    assert log_in(client, b"", "EXTERNAL")[0].reply_code == 403


def test_a_peer_that_does_not_speak_amqp_is_reported(world):
    world.stranger().send(b"\x16\x03\x01\x02\x00\x01\x00\x01")
    assert "it speaks TLS, and this port speaks plain AMQP" in world.reports[0]


@pytest.mark.parametrize(
    ("vhost", "text"),
    [
        ("nowhere", "NOT_ALLOWED - vhost nowhere not found"),
        ("other", "NOT_ALLOWED - access to vhost 'other' refused for user 'guest'"),
    ],
)
def test_a_vhost_that_cannot_be_entered_is_refused(world, vhost, text):
    world.broker.add_vhost("other")
    client, _start = greeted(world)
    log_in(client)
    client.say(methods.ConnectionTuneOk(2047, 131072, 0))
    client.say(methods.ConnectionOpen(vhost))
    close = client.closed_with()
    assert (close.reply_code, close.reply_text) == (530, text)
    assert (close.class_id, close.method_id) == (10, 40)


def test_a_client_that_wants_too_much_is_hung_up_on(world):
    client, _start = greeted(world)
    log_in(client)
    client.say(methods.ConnectionTuneOk(2048, 131072, 0))
    assert client.session.connection.is_closed


def test_the_clients_properties_are_kept(world):
    client = world.client(capabilities={"basic.nack": True})
    assert client.session.client_properties == {"capabilities": {"basic.nack": True}}
    assert client.session.client_can("basic.nack")
    assert not client.session.client_can("consumer_cancel_notify")


# An open connection ----------------------------------------------------------------------------


def test_a_new_secret_is_accepted(world):
    client = world.client()
    assert client.call(methods.ConnectionUpdateSecret(b"new")) == methods.ConnectionUpdateSecretOk()


def test_a_user_that_is_deleted_is_asked_to_go(world):
    world.broker.users.add("ada", "ada")
    world.broker.set_permission("ada", "/")
    ada, guest = world.client(user="ada", password="ada"), world.client()
    world.broker.remove_user("ada")
    close = ada.closed_with()
    text = "CONNECTION_FORCED - user 'ada' is deleted"
    assert (close.reply_code, close.reply_text) == (320, text)
    assert guest.take(0) == []


def test_a_channel_beyond_the_users_limit_costs_the_connection(world):
    world.broker.limits.set_user("guest", {"max-channels": 2})
    first, second = world.client(), world.client()
    first.channel()
    second.channel()
    second.say(methods.ChannelOpen(), 2)
    close = second.closed_with()
    assert (close.reply_code, close.class_id, close.method_id) == (530, 0, 0)
    assert close.reply_text == (
        "NOT_ALLOWED - number of channels opened for user 'guest' has reached the maximum allowed "
        "user limit of (2)"
    )
    first.channel(2)


def test_a_channel_beyond_the_nodes_limit_costs_the_connection(world):
    world.broker.node, world.broker.node_limits = "leveret@burrow", NodeLimits(channels=2)
    world.client().channel()
    client = world.client()
    client.channel(1)
    client.say(methods.ChannelOpen(), 2)
    close = client.closed_with()
    assert close.reply_code == 530
    assert close.reply_text == (
        "NOT_ALLOWED - number of channels opened on node 'leveret@burrow' has reached the maximum "
        "allowed limit of (2)"
    )


def test_a_connection_beyond_a_limit_is_refused(world):
    world.broker.limits.set_vhost("/", {"max-connections": 1})
    first = world.client()
    second, _start = greeted(world)
    log_in(second)
    second.say(methods.ConnectionTuneOk(2047, 131072, 0))
    second.say(methods.ConnectionOpen("/"))
    close = second.closed_with()
    assert (close.reply_code, close.class_id, close.method_id) == (530, 10, 40)
    assert "connection limit (1) is reached" in close.reply_text
    first.hang_up()
    world.client()


@pytest.mark.parametrize("how", [lambda client: client.close(), lambda client: client.hang_up()])
def test_a_client_is_known_as_long_as_it_is_in_a_vhost(world, how):
    connections = world.broker.connections
    greeted(world)
    assert connections.in_vhost("/") == []
    client = world.client()
    assert connections.in_vhost("/") == connections.of_user("guest") == [client.session]
    how(client)
    assert connections.in_vhost("/") == []


def test_the_session_leaves_the_closing_to_the_protocol(world):
    client = world.client()
    client.session.method(methods.ConnectionCloseOk())
    assert client.take(0) == []


def test_a_client_that_leaves_is_answered(world):
    client = world.client()
    assert client.call(methods.ConnectionClose(200, "bye")) == methods.ConnectionCloseOk()
    assert client.session.connection.is_closed


def test_a_violation_is_reported_and_closes_the_connection(world):
    client = world.client()
    client.send(b"\x00" * 16)
    assert client.closed_with().reply_code == 501
    (report,) = world.reports
    assert report.startswith("closing connection peer: FRAME_ERROR - type 0, all octets = <<>>")


@pytest.mark.parametrize("how", ["close", "hang_up"])
def test_exclusive_queues_go_with_the_connection(world, how):
    client = world.client()
    channel = client.channel()
    channel.declare("mine", exclusive=True)
    channel.declare("ours")
    channel.consume("mine")
    getattr(client, how)()
    assert world.vhost.queues.keys() == {"ours"}


def test_what_a_client_held_goes_back_when_it_hangs_up(world):
    client, other = world.client(), world.channel()
    channel = client.channel()
    channel.declare()
    channel.fill("q", b"a", b"b")
    channel.consume()
    client.hang_up()
    assert [content.method.redelivered for content in other.consume()] == [True, True]


@pytest.mark.parametrize("how", ["close", "hang_up"])
def test_what_one_channel_held_does_not_go_to_another_of_a_dying_connection(world, how):
    client = world.client()
    holding, greedy = client.channel(), client.channel()
    holding.declare()
    holding.fill("q", b"a")
    assert holding.get().body == b"a"
    greedy.consume(no_ack=True)
    getattr(client, how)()
    assert world.channel().get().body == b"a"


def test_a_connection_that_is_closing_holds_nothing(world):
    client, other = world.client(), world.channel()
    channel = client.channel()
    channel.declare()
    channel.fill("q", b"a")
    channel.consume()
    client.send(b"\x00" * 16)
    assert client.session.connection.state is State.CLOSING
    assert other.get().body == b"a"


def test_what_one_channel_gives_back_does_not_go_to_another_of_the_same_dying_connection(world):
    client, other = world.client(), world.channel()
    first, second = client.channel(), client.channel()
    first.declare()
    first.fill("q", b"a")
    first.consume()
    second.consume(no_ack=True)
    client.hang_up()
    assert other.get().body == b"a"


# Pressure and alarms ---------------------------------------------------------------------------


def test_a_client_that_does_not_read_gets_nothing_more_until_it_does(world, channel):
    channel.declare()
    channel.consume()
    channel.client.session.pause()
    world.channel().fill("q", b"a", b"b")
    assert channel.take() == []
    channel.client.session.resume()
    assert channel.bodies() == [b"a", b"b"]


def test_a_turn_that_passes_does_not_wake_a_slow_client(world, channel):
    channel.declare()
    channel.consume()
    channel.client.session.pause()
    channel.client.session.renew_allowance()
    world.channel().fill("q", b"a")
    assert channel.take() == []


def test_others_get_what_a_slow_client_does_not_take(world, channel):
    channel.declare()
    channel.consume()
    other = world.channel()
    other.consume()
    channel.client.session.pause()
    world.channel().fill("q", b"a", b"b")
    assert other.bodies() == [b"a", b"b"]


def test_whoever_publishes_during_an_alarm_is_blocked_and_told(world, channel):
    channel.declare()
    idle = world.client()
    world.broker.alarms.set("memory")
    assert not channel.client.is_reading_held
    channel.fill("q", b"a", b"b")
    assert channel.client.is_reading_held
    assert channel.client.take(0) == [methods.ConnectionBlocked("low on memory")]
    assert not idle.is_reading_held
    assert world.vhost.queues["q"].ready.count == 0
    world.broker.alarms.clear("memory")
    assert not channel.client.is_reading_held
    assert channel.client.take(0) == [methods.ConnectionUnblocked()]
    assert idle.take(0) == []
    assert channel.count() == 2


def test_nothing_behind_the_header_counts_until_the_alarm_is_off(world, channel):
    channel.declare()
    channel.call(methods.ConfirmSelect())
    world.broker.alarms.set("memory")
    channel.client.send(channel.published(b"x", key="q") * 3)
    assert channel.take() == []
    assert world.vhost.queues["q"].ready.count == 0
    world.broker.alarms.clear("memory")
    assert channel.take() == [methods.BasicAck(3, multiple=True)]
    assert channel.count() == 3


def test_what_stood_before_the_publish_has_its_answer(world, channel):
    channel.declare()
    channel.call(methods.ConfirmSelect())
    channel.publish(b"w", key="q")
    channel.take()
    octets = channel.published(b"x", key="q")
    world.broker.alarms.set("memory")
    world.broker.alarms.clear("memory")
    channel.client.send(octets[:-1])
    world.broker.alarms.set("memory")
    channel.client.send(octets[-1:] + octets)
    # The body that was on its way when the alarm came is whole; the next message is not let in.
    assert channel.take() == [methods.BasicAck(2)]
    assert world.vhost.queues["q"].ready.count == 2
    assert channel.client.session.blocking.is_on


def test_a_message_without_a_body_is_whole_with_its_header(world, channel):
    world.broker.alarms.set("memory")
    channel.publish(b"", exchange="absent")
    assert channel.client.take(0) == [methods.ConnectionBlocked("low on memory")]
    (close,) = channel.take()
    assert close.reply_code == 404


def test_what_goes_out_meanwhile_lets_nothing_in(world, channel):
    channel.declare()
    world.broker.alarms.set("memory")
    channel.publish(b"x", key="q")
    for _turn in range(3):
        channel.client.take_turn()
        channel.client.session.resume()
    assert world.vhost.queues["q"].ready.count == 0


def test_deliveries_go_on_to_who_is_blocked(world, channel):
    channel.declare()
    other = world.channel()
    other.fill("q", b"late")
    held = other.get()
    channel.consume(no_ack=True)
    world.broker.alarms.set("memory")
    channel.publish(b"own", key="q")
    other.say(methods.BasicReject(held.tag, requeue=True))
    assert channel.bodies() == [b"late"]
    world.broker.alarms.clear("memory")
    assert channel.bodies() == [b"own"]


def test_an_alarm_that_comes_again_blocks_again(world, channel):
    channel.declare()
    for count in range(3):
        world.broker.alarms.set("memory")
        channel.publish(b"x", key="q")
        assert world.vhost.queues["q"].ready.count == count
        world.broker.alarms.clear("memory")
        assert world.vhost.queues["q"].ready.count == count + 1


def test_a_channel_that_waited_for_the_disk_is_blocked_when_it_goes_on():
    world = World(is_durable=True)
    channel = world.channel()
    declare = methods.QueueDeclare(queue="q", durable=True)
    channel.client.say(declare, 1)
    channel.publish(b"x", key="q")
    world.broker.alarms.set("disk")
    assert not channel.client.session.blocking.is_on
    world.sync()
    assert channel.take() == [methods.QueueDeclareOk("q", 0, 0)]
    assert channel.client.take(0) == [methods.ConnectionBlocked("low on disk")]
    assert world.vhost.queues["q"].ready.count == 0
    world.broker.alarms.clear("disk")
    assert channel.count() == 1


def test_a_blocked_client_that_wants_to_go_is_answered_when_the_alarm_is_off(world, channel):
    channel.declare()
    world.broker.alarms.set("memory")
    close = frames.encode_frame(frames.METHOD, 0, codec.encode(methods.ConnectionClose()))
    channel.client.send(channel.published(b"x", key="q") + close)
    assert channel.client.take(0) == [methods.ConnectionBlocked("low on memory")]
    world.broker.alarms.clear("memory")
    assert channel.client.take(0) == [methods.ConnectionUnblocked(), methods.ConnectionCloseOk()]
    assert world.vhost.queues["q"].ready.count == 1


def test_a_blocked_client_that_is_asked_to_go_is_heard_and_nothing_of_it_counts(world, channel):
    channel.declare()
    client = channel.client
    world.broker.alarms.set("memory")
    client.send(channel.published(b"x", key="q"))
    client.session.connection.close(ReplyCode.CONNECTION_FORCED, "bye")
    assert not client.is_reading_held
    world.broker.alarms.clear("memory")
    blocked, close = client.take(0)
    assert (blocked.reason, close.reply_code) == ("low on memory", 320)
    client.say(methods.ConnectionCloseOk())
    assert client.session.connection.is_closed
    assert world.vhost.queues["q"].ready.count == 0


def test_a_client_is_told_once_that_it_is_blocked(world, channel):
    world.broker.alarms.set("memory")
    channel.publish(b"x", key="q")
    channel.client.session.blocking.begin()
    assert channel.client.take(0) == [methods.ConnectionBlocked("low on memory")]


def test_a_client_whose_answers_wait_is_heard_when_it_is_asked_to_go(channel):
    channel.declare()
    channel.fill("q", *[b"x" * 100_000] * 12)
    client = channel.client
    get = frames.encode_frame(frames.METHOD, 1, codec.encode(methods.BasicGet(queue="q")))
    client.send(get * 12)
    assert client.is_reading_held
    client.session.connection.close(ReplyCode.CONNECTION_FORCED, "bye")
    assert not client.is_reading_held
    client.say(methods.ConnectionCloseOk())
    assert client.session.connection.is_closed


def test_a_client_that_does_not_understand_is_blocked_in_silence(world):
    client = world.client(capabilities={})
    channel = client.channel()
    channel.declare()
    world.broker.alarms.set("disk")
    channel.fill("q", b"a")
    assert client.is_reading_held
    world.broker.alarms.clear("disk")
    assert not client.is_reading_held
    assert client.take(0) == []


def test_a_client_that_left_hears_of_no_alarm(world):
    client = world.client()
    client.hang_up()
    world.broker.alarms.set("disk")
    assert client.take(0) == []


class Copied:
    """A store some of whose messages have copies on other nodes."""

    has_written_copies = False

    def __init__(self, durability):
        self._durability = durability
        self.begin = lambda: None

    def __getattr__(self, name):
        return getattr(self._durability, name)


@pytest.fixture
def copied(durable):
    copied = Copied(durable.engine.durability)
    durable.broker.storage = replace(durable.broker.storage, apart=copied)
    return copied


def test_who_published_to_copies_is_blocked_while_there_are_too_few(durable, copied):
    durable.channel().declare_durable()
    before, other, after = durable.channel(), durable.channel(), durable.channel()
    other.fill_stored("q", b"a")
    copied.has_written_copies = True
    before.fill_stored("q", b"b")
    durable.broker.alarms.minority(is_on=True)
    reason = "no majority of the cluster's nodes is reached"
    assert before.client.take(0) == [methods.ConnectionBlocked(reason)]
    after.fill_stored("q", b"c")
    assert after.client.take(0) == [methods.ConnectionBlocked(reason)]
    copied.has_written_copies = False
    other.fill_stored("q", b"d")
    assert not other.client.is_reading_held
    durable.broker.alarms.minority(is_on=False)
    for each in (before, after):
        assert each.client.take(0) == [methods.ConnectionUnblocked()]
        assert not each.client.is_reading_held


def test_an_alarm_goes_on_when_there_are_copies_enough_again(durable, copied):
    channel = durable.channel()
    channel.declare_durable()
    copied.has_written_copies = True
    channel.fill_stored("q", b"a")
    durable.broker.alarms.minority(is_on=True)
    durable.broker.alarms.set("disk")
    durable.broker.alarms.minority(is_on=False)
    assert channel.client.is_reading_held
    durable.broker.alarms.clear("disk")
    assert not channel.client.is_reading_held


# Turns -----------------------------------------------------------------------------------------


def test_what_a_chunk_published_is_confirmed_at_its_end(channel):
    channel.declare()
    channel.call(methods.ConfirmSelect())
    channel.client.send(channel.published(b"x", key="q") * 3)
    assert channel.take() == [methods.BasicAck(3, multiple=True)]


def test_consumers_that_have_room_again_are_served_at_the_end_of_a_chunk(channel):
    channel.declare()
    channel.call(methods.BasicQos(prefetch_count=1))
    channel.consume()
    channel.fill("q", b"a", b"b")
    channel.ack(1)
    assert channel.bodies() == [b"a", b"b"]
    assert not channel.client.session.consumers_due


def test_deliveries_beyond_the_allowance_come_in_the_next_turn(channel):
    channel.declare()
    channel.consume()
    channel.fill("q", *[b"x" * 300_000] * 6)
    first = len(channel.client.take_turn())
    assert TURN_BYTES < first < TURN_BYTES + 310_000
    assert len(channel.take()) == 2


def test_answers_beyond_the_allowance_come_in_the_next_turn(channel):
    channel.declare()
    channel.fill("q", *[b"x" * 300_000] * 6)
    get = frames.encode_frame(frames.METHOD, 1, codec.encode(methods.BasicGet(queue="q")))
    channel.client.send(get * 6)
    assert channel.client.holds == {"answers"}
    channel.client.take_turn()
    assert channel.client.holds == set()
    assert len(channel.take()) == 2


# The disk ----------------------------------------------------------------------------------------


@pytest.fixture
def careful(durable):
    channel = durable.channel()
    channel.declare_durable()
    return channel


def test_who_publishes_more_than_the_disk_takes_is_read_no_further_until_it_has(durable, careful):
    disk = durable.engine.durability
    disk.is_behind = True
    careful.fill("q", b"transient")
    assert not careful.client.is_reading_held
    careful.fill_stored("q", b"a", b"b")
    assert careful.client.holds == {"disk"}
    assert len(disk.actions) == 1
    durable.sync()
    assert not careful.client.is_reading_held
    careful.fill_stored("q", b"c")
    assert careful.client.is_reading_held
    disk.is_behind = False
    durable.sync()
    careful.fill_stored("q", b"d")
    assert not careful.client.is_reading_held


def test_who_publishes_more_than_can_leave_memory_is_read_no_further_until_it_has(durable, careful):
    durable.broker.paging.octets_max = 0
    careful.declare("spilling")
    careful.fill("spilling", *[b"x"] * 300)
    assert not careful.client.is_reading_held
    durable.engine.spilling.is_behind = True
    other = durable.channel()
    other.declare("other")
    careful.fill("spilling", b"y")
    assert careful.client.holds == {"spill"}
    assert not other.client.is_reading_held
    durable.engine.spilling.sync()
    assert not careful.client.is_reading_held


def test_a_connection_s_state_is_named_as_rabbitmq_does(durable, careful):
    session = careful.client.session
    assert durable.stranger().session.state == "pre_init"
    assert session.state == "running"
    durable.engine.durability.is_behind = True
    careful.fill_stored("q", b"a")
    assert session.state == "flow"
    durable.sync()
    assert session.state == "flow"
    durable.pass_time(5.0)
    assert session.state == "running"
    durable.broker.alarms.set("disk")
    assert session.state == "blocking"
    careful.fill("q", b"x")
    assert session.state == "blocked"
    durable.broker.alarms.clear("disk")
    assert session.state == "running"
    session.connection.close(320, "bye")
    assert session.state == "closing"


def test_who_is_asked_to_go_is_heard_however_busy_the_disk_is(durable, careful):
    durable.engine.durability.is_behind = True
    careful.fill_stored("q", b"a")
    careful.client.session.connection.close(320, "bye")
    assert not careful.client.is_reading_held
    durable.sync()


def test_a_chunk_is_confirmed_when_the_disk_has_what_it_published(durable, careful):
    careful.call(methods.ConfirmSelect())
    careful.client.send(careful.published(b"x", key="q", properties=PERSISTENT) * 3)
    careful.fill("q", b"transient")
    assert careful.take() == []
    durable.sync()
    assert careful.take() == [methods.BasicAck(4, multiple=True)]
    careful.fill("q", b"transient")
    assert careful.take() == [methods.BasicAck(5)]


def test_a_channel_that_goes_on_ends_its_turn(durable, careful):
    careful.call(methods.ConfirmSelect())
    careful.say(methods.QueueDeclare(queue="d", durable=True))
    careful.fill("q", b"x" * 1_100_000)
    assert careful.client.holds == {"waiting"}
    durable.sync()
    assert careful.client.holds == set()
    assert careful.take() == [methods.QueueDeclareOk("d", 0, 0), methods.BasicAck(1)]


# Limits ----------------------------------------------------------------------------------------


def test_a_client_with_smaller_frames_gets_smaller_frames(world):
    channel = world.channel()
    channel.declare()
    channel.publish(b"x" * 10_000, key="q")
    narrow = world.client(tune=(10, 4096, 0)).channel()
    content = narrow.get()
    assert isinstance(content, Content)
    assert (content.body, content.frames_count) == (b"x" * 10_000, 3)


def test_without_any_limit_a_body_is_one_frame():
    world = World(Limits(frame_max=0, channel_max=0))
    channel = world.channel()
    channel.declare()
    channel.publish(b"x" * 300_000, key="q")
    assert channel.get().frames_count == 1


# Ended --------------------------------------------------------------------------------------------


def endings(world):
    return [tuple(each.ending) for each in world.broker.connections.ended]


def test_who_has_closed_it_and_why_is_kept(world):
    world.broker.agenda.wall_clock = lambda: 1_700_000_000.0
    leaving, told, breaking, cut = (world.client() for _ in range(4))
    leaving.call(methods.ConnectionClose(reply_code=200, reply_text="had enough"))
    told.session.close_forced("moving house")
    told.say(methods.ConnectionCloseOk())
    breaking.send(b"\x09 no frame at all")
    breaking.session.lost()
    cut.session.lost()
    by_client, by_us, for_nonsense, lost = endings(world)
    assert by_client == ("client", 200, "had enough")
    assert by_us == ("broker", 320, "CONNECTION_FORCED - moving house")
    assert for_nonsense[:2] == ("broker", 501)
    assert lost == ("nobody", 0, "the socket was closed without a connection.close")
    first = world.broker.connections.ended[0]
    assert (first.name, first.user, first.vhost) == ("peer", "guest", "/")
    assert first.ended_at == 1_700_000_000.0
