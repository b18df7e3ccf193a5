"""A node as a whole: up, reachable, down, and refusals that leave nothing behind."""

import asyncio
import dataclasses
import gc
import logging
import socket
import sqlite3
import sys
from contextlib import closing

import pika
import pytest

from leveret.config import Listener, Settings
from leveret.config.limit_settings import LimitSettings
from leveret.config.tap_settings import TapSettings
from leveret.errors import StartRefused
from leveret.node import Node, new_event_loop, tune_interpreter
from tests.server.secured import Pki, SecureClient
from tests.server.secured import closing as leaving

LOOPBACK = Settings(bind="127.0.0.1", port=0)


def run(scene):
    """Run a scene with a fresh event loop, the one a node would get."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(scene)


def accepts(address):
    try:
        socket.create_connection((address.host, address.port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def test_a_started_node_accepts_and_a_stopped_one_does_not():
    async def scene():
        node = Node(LOOPBACK)
        await node.start()
        up = await asyncio.to_thread(accepts, node.address)
        await node.stop()
        return up, await asyncio.to_thread(accepts, node.address)

    assert run(scene()) == (True, False)


def test_every_listener_is_opened():
    async def scene():
        listeners = (Listener("127.0.0.1", 0), Listener("127.0.0.1", 0))
        node = Node(Settings(listeners=listeners))
        await node.start()
        up = [await asyncio.to_thread(accepts, address) for address in node.addresses]
        await node.stop()
        return up

    assert run(scene()) == [True, True]


KEPT = ["messages", "metadata.sqlite", "node.lock", "spill"]


def left_in(directory):
    """The files of a stopped node."""
    return sorted(path.name for path in directory.iterdir())


def test_every_interface_shares_one_free_port():
    async def scene():
        node = Node(Settings(port=0))
        await node.start()
        await node.stop()
        return {address.port for address in node.addresses}, node.address.host

    ports, host = run(scene())
    assert len(ports) == 1
    assert 0 not in ports
    assert host == "0.0.0.0"


def test_a_taken_port_is_refused_and_the_directory_let_go(tmp_path):
    async def scene():
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(StartRefused, match=rf"127.0.0.1:{port}: Address already in use"):
                await Node(Settings(bind="127.0.0.1", port=port, data_dir=tmp_path)).start()

    run(scene())
    assert left_in(tmp_path) == KEPT


def test_the_second_of_two_listeners_failing_closes_the_first():
    async def scene():
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            node = Node(Settings(listeners=(Listener("127.0.0.1", 0), Listener("127.0.0.1", port))))
            with pytest.raises(StartRefused):
                await node.start()
        return await asyncio.to_thread(accepts, node.address)

    assert run(scene()) is False


def test_a_node_with_a_directory_reports_and_cleans_up(tmp_path):
    async def scene():
        node = Node(Settings(bind="127.0.0.1", port=0, data_dir=tmp_path))
        await node.start()
        reported = (tmp_path / "node.json").exists()
        await node.stop()
        return reported

    assert run(scene())
    assert left_in(tmp_path) == KEPT


def durable(directory, **settings):
    return Settings(bind="127.0.0.1", port=0, data_dir=directory, **settings)


def talk_to(settings, talk):
    """Run a node, talk to it, stop it; what the talk gave."""

    async def scene():
        node = Node(settings)
        await node.start()
        try:
            return await asyncio.to_thread(talk, node)
        finally:
            await node.stop()

    return run(scene())


def connection_to(node):
    return pika.BlockingConnection(pika.ConnectionParameters(port=node.address.port))


PERSISTENT = pika.BasicProperties(delivery_mode=2)


@pytest.mark.parametrize("durability", ["fsync", "os"])
def test_what_is_durable_is_there_again_after_a_restart(tmp_path, durability):
    def fill(node):
        with connection_to(node) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            channel.queue_declare("jobs", durable=True)
            channel.queue_declare("scratch")
            channel.basic_publish("", "jobs", b"kept", PERSISTENT)
            channel.basic_publish("", "jobs", b"transient")

    def look(node):
        with connection_to(node) as connection:
            channel = connection.channel()
            bodies = [channel.basic_get("jobs", auto_ack=True)[2] for _ in range(2)]
            with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="NOT_FOUND"):
                channel.queue_declare("scratch", passive=True)
            return bodies

    settings = durable(tmp_path, durability=durability)
    talk_to(settings, fill)
    assert talk_to(settings, look) == [b"kept", None]


def test_the_first_start_makes_the_user_and_later_ones_leave_it_alone(tmp_path):
    def passwords(node):
        users = node.broker.users
        return [users.authenticate("guest", each) is not None for each in ("guest", "other")]

    assert talk_to(durable(tmp_path), passwords) == [True, False]
    assert talk_to(durable(tmp_path, default_pass="other"), passwords) == [True, False]


def test_a_catalogue_that_makes_no_sense_is_refused_and_left_alone(tmp_path):
    talk_to(durable(tmp_path), lambda node: node.broker.add_vhost("orders"))
    with closing(sqlite3.connect(tmp_path / "metadata.sqlite")) as file, file:
        file.execute("PRAGMA foreign_keys = OFF")
        file.execute(
            "INSERT INTO exchange (vhost, name, kind, auto_delete, internal, arguments) "
            "VALUES (x'6f7264657273', x'78', 'x-unheard-of', 0, 0, x'00000000')"
        )

    async def scene():
        with pytest.raises(StartRefused, match="cannot restore what the catalogue keeps"):
            await Node(durable(tmp_path)).start()

    run(scene())


def test_a_disk_that_can_not_be_written_to_blocks_publishers_until_it_can(tmp_path):
    async def scene():
        node = Node(durable(tmp_path))
        await node.start()
        alarms = node.broker.alarms
        troubled = node.application._engine._messages.journal.troubled
        troubled(OSError(28, "No space left on device"))
        was_on = alarms.is_on
        troubled(None)
        await node.stop()
        return was_on, alarms.is_on

    assert run(scene()) == (True, False)


def test_what_can_not_be_written_at_the_end_is_said(tmp_path, caplog):
    async def scene():
        node = Node(durable(tmp_path))
        await node.start()

        def fail():
            raise OSError(5, "Input/output error")

        engine = node.application._engine
        close, engine.close = engine.close, fail
        await node.stop()
        close()

    run(scene())
    assert "what was not confirmed yet could not be written" in caplog.text


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "what it confirms is on the disk"),
        ({"durability": "os"}, "survives the node, but not a power cut"),
        ({"data_dir": None}, "nothing survives the node"),
    ],
)
def test_a_node_says_what_its_confirms_are_worth(tmp_path, caplog, settings, said):
    caplog.set_level("INFO", "leveret")
    talk_to(dataclasses.replace(durable(tmp_path), **settings), lambda _node: None)
    assert said in caplog.text


def test_a_node_without_a_directory_keeps_no_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))

    async def scene():
        node = Node(LOOPBACK)
        await node.start()
        await node.stop()

    run(scene())
    assert not list(tmp_path.iterdir())


def test_the_settings_reach_the_wire():
    settings = Settings(
        bind="127.0.0.1", port=0, default_user="app", default_pass="secret", default_vhost="orders",
        cluster_name="burrow",
        limits=LimitSettings(frame_max=8192, channel_max=9, heartbeat_s=13),
    )  # fmt: skip

    def connect(port):
        url = f"amqp://app:secret@127.0.0.1:{port}/orders"
        with pika.BlockingConnection(pika.URLParameters(url)) as connection:
            tuned = connection._impl.params
            told = connection._impl.server_properties
            return (tuned.frame_max, tuned.channel_max, tuned.heartbeat), told["cluster_name"]

    async def scene():
        node = Node(settings)
        await node.start()
        told = await asyncio.to_thread(connect, node.address.port)
        await node.stop()
        return told

    assert run(scene()) == ((8192, 9, 13), "burrow")


def test_the_taps_are_opened_where_the_settings_say():
    log = logging.getLogger("leveret")
    handlers = log.handlers[:]

    async def scene():
        node = Node(
            dataclasses.replace(
                LOOPBACK,
                node="leveret@burrow",
                taps=TapSettings(
                    trace_vhosts=frozenset({"/"}), event_exchange=True, log_exchange=True
                ),
            )
        )
        await node.start()
        assert log.handlers != handlers
        broker = node.broker
        exchanges = set(broker.vhosts["/"].exchanges)
        await node.stop()
        return broker, exchanges

    broker, exchanges = run(scene())
    assert broker.node == "leveret@burrow"
    assert broker.vhosts["/"].firehose is not None
    assert {"amq.rabbitmq.event", "amq.rabbitmq.log"} <= exchanges
    assert log.handlers == handlers


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"trace_vhosts": frozenset({"none"})}, "trace_vhosts"),
        ({"event_exchange": True, "event_exchange_vhost": "none"}, "event_exchange.vhost"),
    ],
)
def test_a_tap_in_a_vhost_that_is_not_there_is_refused(settings, key):
    node = Node(dataclasses.replace(LOOPBACK, taps=TapSettings(**settings)))
    with pytest.raises(StartRefused) as refused:
        run(node.start())
    assert str(refused.value) == f"there is no virtual host 'none'; {key} has to name one there is"


def test_without_uvloop_a_node_runs_on_asyncios_own_loop(monkeypatch):
    monkeypatch.setitem(sys.modules, "uvloop", None)

    def connect(port):
        pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port)).close()

    async def scene():
        node = Node(LOOPBACK)
        await node.start()
        await asyncio.to_thread(connect, node.address.port)
        await node.stop()
        return type(asyncio.get_running_loop()).__module__

    assert run(scene()).startswith("asyncio.")


def test_tuning_freezes_what_is_there_and_lets_threads_take_turns_sooner():
    threshold, interval_s = gc.get_threshold(), sys.getswitchinterval()
    try:
        tune_interpreter()
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] > threshold[0]
        assert sys.getswitchinterval() < interval_s
    finally:
        gc.unfreeze()
        gc.set_threshold(*threshold)
        sys.setswitchinterval(interval_s)


def names_in(node):
    broker = node.broker
    return sorted(broker.vhosts), sorted(user.name for user in broker.users)


def test_a_node_that_loads_definitions_makes_no_vhost_and_user_of_its_own(tmp_path):
    file = tmp_path / "told.json"
    file.write_text('{"vhosts": [{"name": "x"}], "users": [{"name": "ada", "tags": ""}]}')
    settings = durable(tmp_path / "mq", load_definitions=file)
    assert talk_to(settings, names_in) == (["x"], ["ada"])
    file.write_text('{"vhosts": [{"name": "y"}]}')
    assert talk_to(settings, names_in) == (["x", "y"], ["ada"])
    assert talk_to(durable(tmp_path / "mq"), names_in) == (["x", "y"], ["ada"])
    file.write_text('{"vhosts": [{"name": "z"}], "queues": [{"name": "q", "vhost": "z"}, 5]}')
    with pytest.raises(StartRefused, match=rf"the definitions {file}: queues: entry 2: "):
        talk_to(settings, names_in)
    assert talk_to(durable(tmp_path / "mq"), names_in) == (["x", "y"], ["ada"])


def test_a_node_in_memory_loads_definitions_too(tmp_path):
    file = tmp_path / "told.json"
    file.write_text('{"vhosts": [{"name": "x"}]}')
    settings = Settings(bind="127.0.0.1", port=0, load_definitions=file)
    assert talk_to(settings, names_in) == (["x"], [])


def test_definitions_that_a_program_gives_are_laid_over_the_defaults():
    async def scene():
        given = b'{"vhosts": [{"name": "x"}]}'
        node = Node(Settings(bind="127.0.0.1", port=0), given)
        await node.start()
        try:
            return names_in(node)
        finally:
            await node.stop()

    assert run(scene()) == (["/", "x"], ["guest"])


def test_definitions_that_have_not_changed_are_not_loaded_at_the_next_start(tmp_path):
    file = tmp_path / "told.json"
    file.write_text('{"vhosts": [{"name": "x"}]}')
    settings = durable(tmp_path / "mq", load_definitions=file, skip_unchanged_definitions=True)

    async def change_by_hand():
        node = Node(settings)
        await node.start()
        node.broker.remove_vhost("x")
        await node.stop()

    assert talk_to(settings, names_in) == (["x"], [])
    run(change_by_hand())
    assert talk_to(settings, names_in) == ([], [])
    file.write_text('{"vhosts": [{"name": "y"}]}')
    assert talk_to(settings, names_in) == (["y"], [])


# Listeners -----------------------------------------------------------------------------------


def speaks_amqp_behind_tls(address, context):
    with leaving(SecureClient((address.host, address.port), context)) as client:
        client.open()
        return client.declare("q").queue == "q"


def test_a_node_listens_with_tls_beside_plain_amqp(tmp_path):
    pki = Pki(tmp_path)

    async def scene():
        tls = (Listener("127.0.0.1", 0, is_tls=True),)
        settings = Settings(bind="127.0.0.1", port=0, tls_listeners=tls, tls=pki.options())
        node = Node(dataclasses.replace(settings, bind=None, listeners=(Listener("127.0.0.1", 0),)))
        await node.start()
        plain, secured = node.addresses
        up = await asyncio.to_thread(accepts, plain)
        spoken = await asyncio.to_thread(speaks_amqp_behind_tls, secured, pki.client_context())
        node.reload()
        again = await asyncio.to_thread(speaks_amqp_behind_tls, secured, pki.client_context())
        await node.stop()
        return plain.is_tls, secured.is_tls, up, spoken, again, str(secured)

    *told, name = run(scene())
    assert told == [False, True, True, True, True]
    assert name.endswith(" (TLS)")


def test_a_certificate_of_no_use_stops_the_start():
    async def scene():
        with pytest.raises(StartRefused, match=r"a TLS listener needs ssl_options\.certfile"):
            await Node(Settings(bind="127.0.0.1", port=0, tls_port=0)).start()

    run(scene())


def test_a_node_that_would_listen_nowhere_is_refused(tmp_path):
    async def scene():
        with pytest.raises(StartRefused, match="there is nowhere to listen"):
            await Node(Settings(listeners=(), data_dir=tmp_path)).start()

    run(scene())
    assert left_in(tmp_path) == KEPT


def test_reloading_a_node_without_tls_does_nothing():
    async def scene():
        node = Node(LOOPBACK)
        node.reload()
        await node.start()
        node.reload()
        up = await asyncio.to_thread(accepts, node.address)
        await node.stop()
        return up

    assert run(scene())
