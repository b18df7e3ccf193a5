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
