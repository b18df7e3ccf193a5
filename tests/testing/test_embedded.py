"""A broker inside a program: in its event loop, or on a thread."""

import asyncio
import socket
import threading

import aio_pika
import pika
import pytest

import leveret


def roundtrip(url):
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.queue_declare("q")
        channel.basic_publish("", "q", b"hare")
        return channel.basic_get("q", auto_ack=True)[2]


def broker_threads():
    """Brokers that run on a thread right now: other tests may share one for a whole session."""
    return {thread for thread in threading.enumerate() if thread.name == "leveret"}


def test_a_broker_runs_in_the_callers_event_loop():
    async def scene():
        async with leveret.Broker(port=0) as broker:
            connection = await aio_pika.connect(broker.url)
            async with connection:
                channel = await connection.channel()
                queue = await channel.declare_queue("q")
                await channel.default_exchange.publish(aio_pika.Message(b"hare"), queue.name)
                message = await queue.get()
                await message.ack()
                return message.body

    assert asyncio.run(scene()) == b"hare"


def test_a_broker_on_its_thread_is_ready_when_the_block_begins():
    with leveret.running(port=0) as broker:
        assert roundtrip(broker.url) == b"hare"


def test_the_port_is_free_and_the_thread_gone_when_the_block_ends():
    before = broker_threads()
    with leveret.running(port=0) as broker:
        port = broker.port
        assert len(broker_threads() - before) == 1
    assert broker_threads() <= before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_two_brokers_know_nothing_of_each_other():
    with leveret.running() as one, leveret.running() as other:
        assert roundtrip(one.url) == b"hare"
        with pika.BlockingConnection(pika.URLParameters(other.url)) as connection:
            with pytest.raises(pika.exceptions.ChannelClosedByBroker) as closed:
                connection.channel().queue_declare("q", passive=True)
            assert closed.value.reply_code == 404


def test_an_error_in_the_block_ends_the_broker_and_goes_on():
    with pytest.raises(ZeroDivisionError), leveret.running(port=0) as broker:
        _ = 1 / 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", broker.port))


def test_a_taken_port_is_refused_in_the_caller():
    before = broker_threads()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(leveret.StartRefused, match="already in use"), leveret.running(port):
            pass
        with pytest.raises(leveret.StartRefused, match="already in use"):
            asyncio.run(enter_and_leave(port))
    assert broker_threads() <= before


async def enter_and_leave(port):
    async with leveret.Broker(port):
        pass


def test_settings_say_the_rest():
    settings = leveret.Settings(default_user="app", default_pass="a/b", default_vhost="orders")
    with leveret.running(settings=settings) as broker:
        assert broker.url == f"amqp://app:a%2Fb@127.0.0.1:{broker.port}/orders"
        assert roundtrip(broker.url) == b"hare"


def test_no_files_are_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    with leveret.running():
        pass
    assert not list(tmp_path.iterdir())


def test_clients_that_are_still_connected_do_not_hold_up_the_end():
    with leveret.running() as broker:
        connection = pika.BlockingConnection(pika.URLParameters(broker.url))
    with pytest.raises(pika.exceptions.ConnectionClosedByBroker):
        connection.process_data_events(time_limit=5)


# Users, vhosts, permissions ---------------------------------------------------------------------


@pytest.fixture
def broker():
    with leveret.running(port=0) as broker:
        yield broker


def connect(url):
    return pika.BlockingConnection(pika.URLParameters(url))


def declare(url, queue):
    with connect(url) as connection:
        connection.channel().queue_declare(queue)


def test_a_user_does_what_its_permissions_say(broker):
    broker.admin.add_user("ada", "s/cret", frozenset({"monitoring"}))
    url = broker.url_as("ada", "s/cret")
    with pytest.raises(pika.exceptions.ProbableAccessDeniedError):
        connect(url)
    broker.admin.set_permission("ada", leveret.Permission("^ada", "", ""))
    declare(url, "ada-1")
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="refused for user 'ada'"):
        declare(url, "jobs")
    broker.admin.clear_permission("ada")
    with pytest.raises(pika.exceptions.ProbableAccessDeniedError):
        connect(url)


def test_a_vhost_is_entered_by_who_has_permissions_there(broker):
    broker.admin.add_vhost("orders")
    with pytest.raises(pika.exceptions.ProbableAccessDeniedError):
        connect(broker.url_as("guest", "guest", "orders"))
    broker.admin.set_permission("guest", vhost="orders")
    declare(broker.url_as("guest", "guest", "orders"), "jobs")
    broker.admin.remove_vhost("orders")
    with pytest.raises(pika.exceptions.ProbableAccessDeniedError, match="orders not found"):
        connect(broker.url_as("guest", "guest", "orders"))


def test_a_topic_exchange_takes_what_its_permissions_say(broker):
    def publish(routing_key):
        with connect(broker.url) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            channel.basic_publish("amq.topic", routing_key, b"")

    topics = leveret.TopicPermission(write="^orders\\.", read="")
    broker.admin.set_topic_permission("guest", "amq.topic", topics)
    publish("orders.new")
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match=r"access to topic 'mails\."):
        publish("mails.new")
    broker.admin.clear_topic_permissions("guest", "amq.topic")
    publish("mails.new")


def test_a_user_that_is_removed_is_gone_with_its_connections(broker):
    broker.admin.add_user("ada", "secret")
    broker.admin.set_permission("ada")
    connection = connect(broker.url_as("ada", "secret"))
    broker.admin.remove_user("ada")
    with pytest.raises(pika.exceptions.ConnectionClosedByBroker, match="user 'ada' is deleted"):
        connection.channel()
    with pytest.raises(pika.exceptions.ProbableAuthenticationError):
        connect(broker.url_as("ada", "secret"))


def test_a_user_has_no_more_connections_than_it_may(broker):
    broker.admin.set_user_limits("guest", {"max-connections": 1})
    with connect(broker.url), pytest.raises(pika.exceptions.ProbableAccessDeniedError):
        connect(broker.url)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda admin: admin.set_permission("nobody"), 'User "nobody" does not exist'),
        (lambda admin: admin.set_permission("guest", vhost="gone"), "does not exist"),
        (
            lambda admin: admin.set_permission("guest", leveret.Permission("(", "", "")),
            r"regular expression '\(' is",
        ),
    ],
)
def test_what_cannot_be_is_refused_where_it_was_asked(broker, change, reason):
    with pytest.raises(leveret.Refused, match=reason):
        change(broker.admin)


def test_users_are_made_in_the_callers_event_loop_too():
    async def scene():
        async with leveret.Broker(port=0) as broker:
            broker.admin.add_user("ada", "secret")
            broker.admin.set_permission("ada")
            connection = await aio_pika.connect(broker.url_as("ada", "secret"))
            await connection.close()

    asyncio.run(scene())
