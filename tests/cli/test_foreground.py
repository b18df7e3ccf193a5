"""A node in the foreground: up, told to stop, gone."""

import json
import resource
import signal
import socket
import time

import pika
import pytest
from bench.processes import free_ports
from tests.server.secured import Pki, SecureClient, closing


def test_a_client_comes_in_where_the_node_says_it_listens(leveret):
    node = leveret.serve()
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        channel = connection.channel()
        channel.queue_declare("hello")
        channel.basic_publish("", "hello", b"Hello, hare!")
        assert channel.basic_get("hello", auto_ack=True)[2] == b"Hello, hare!"


def test_sigterm_closes_connections_with_320_and_exits_0(leveret):
    node = leveret.serve()
    connection = pika.BlockingConnection(pika.URLParameters(node.url))
    node.process.send_signal(signal.SIGTERM)
    with pytest.raises(pika.exceptions.ConnectionClosedByBroker) as closed:
        connection.process_data_events(time_limit=10)
    assert closed.value.reply_code == 320
    assert closed.value.reply_text == (
        "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"
    )
    assert node.process.wait(timeout=10) == 0


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_node_that_is_told_to_stop_says_so_and_exits_0(leveret, signal_number):
    node = leveret.serve()
    assert node.end(signal_number) == (0, ["stopping", "stopped"])


def test_a_stopped_node_leaves_only_its_lock_file_beside_what_it_keeps(leveret):
    node = leveret.serve()
    node.end()
    kept = ["messages", "metadata.sqlite", "node.lock", "spill"]
    assert sorted(path.name for path in node.data_dir.iterdir()) == kept


def test_a_node_may_open_as_many_files_as_the_system_lets_it(leveret):
    node = leveret.serve()
    soft, hard = resource.prlimit(node.process.pid, resource.RLIMIT_NOFILE)
    assert soft == hard
    node.end()


def test_a_client_that_never_answers_does_not_hold_up_the_end(leveret):
    node = leveret.serve()
    with socket.create_connection(("127.0.0.1", node.port)):
        began = time.monotonic()
        assert node.end()[0] == 0
        assert time.monotonic() - began < 10


def test_a_second_signal_does_not_wait_for_anybody(leveret):
    node = leveret.serve()
    connection = pika.BlockingConnection(pika.URLParameters(node.url))  # answers nothing
    node.process.send_signal(signal.SIGTERM)
    assert json.loads(node.process.stdout.readline())["event"] == "stopping"
    began = time.monotonic()
    node.process.send_signal(signal.SIGTERM)
    assert node.process.wait(timeout=10) == -signal.SIGTERM
    assert time.monotonic() - began < 4
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        connection.process_data_events(time_limit=5)


def test_after_a_kill_the_next_node_takes_the_directory_over(leveret):
    leveret.serve().process.kill()
    leveret.serve()


def test_sighup_reads_the_certificates_again_and_nobody_notices(leveret, tmp_path):
    pki = Pki(tmp_path)
    (port,) = free_ports(1)
    node = leveret.serve(
        "--tls-port", str(port), "--tls-certfile", pki.certfile, "--tls-keyfile", pki.keyfile
    )
    with closing(SecureClient(("127.0.0.1", port), pki.client_context())) as old:
        old.open()
        pki.renew()
        node.process.send_signal(signal.SIGHUP)
        while "read again" not in node.process.stdout.readline():
            pass
        with closing(SecureClient(("127.0.0.1", port), pki.client_context())) as new:
            new.open()
            assert new.shown != old.shown
        assert old.declare("q").queue == "q"
    assert node.end()[0] == 0


def test_sighup_without_tls_changes_nothing(leveret):
    node = leveret.serve()
    node.process.send_signal(signal.SIGHUP)
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        assert connection.is_open
    assert node.end()[0] == 0
