"""`leveret serve`: its settings from flags, environment and file, and every refusal to start."""

import json
import signal
import socket
import subprocess
import sys
from itertools import dropwhile, takewhile
from textwrap import dedent

import pika
import pytest

from leveret.cli.banner import EXAMPLE


def refused(told):
    """The one line on stderr of a start that was refused."""
    assert told.returncode == 1
    assert told.stdout == ""
    line, end, rest = told.stderr.partition("\n")
    assert (end, rest) == ("\n", "")
    return line


def test_port_0_is_reported_in_node_json_and_in_the_log(leveret):
    node = leveret.serve()
    told = json.loads((node.data_dir / "node.json").read_text())
    assert told["pid"] == node.process.pid
    assert told["listeners"] == [{"host": "127.0.0.1", "port": node.port, "is_tls": False}]


def test_the_default_user_and_vhost_come_from_flags_and_environment(leveret):
    node = leveret.serve(
        "--default-user", "app", "--default-vhost", "orders", RABBITMQ_DEFAULT_PASS="s#cret"
    )
    url = f"amqp://app:s%23cret@127.0.0.1:{node.port}/orders"
    pika.BlockingConnection(pika.URLParameters(url)).close()


def test_a_file_sets_what_a_connection_may_ask_for(leveret):
    file = leveret.home / "mq.conf"
    file.write_text("frame_max = 8192\nchannel_max = 7\nheartbeat = 11\n")
    node = leveret.serve("--config", file)
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        tuned = connection._impl.params
        assert (tuned.frame_max, tuned.channel_max, tuned.heartbeat) == (8192, 7, 11)


def test_product_and_version_are_what_the_file_says_and_the_platform_is_leveret(leveret):
    file = leveret.home / "mq.conf"
    file.write_text("product.version = 3.12.0\ncluster_name = burrow\n")
    node = leveret.serve("--config", file)
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        told = connection._impl.server_properties
    assert (told["product"], told["version"]) == ("RabbitMQ", "3.12.0")
    assert told["cluster_name"] == "burrow"
    assert told["platform"].startswith("Leveret ")


@pytest.mark.parametrize(
    ("limit", "resource"),
    [
        ("vm_memory_high_watermark.absolute = 1MB", "memory"),
        ("disk_free_limit.absolute = 1000000TB", "disk"),
    ],
)
def test_a_limit_that_is_passed_blocks_publishers(leveret, limit, resource):
    file = leveret.home / "mq.conf"
    file.write_text(f"{limit}\nmemory_monitor_interval = 100\n")
    node = leveret.serve("--config", file)
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        reasons = []
        connection.add_on_connection_blocked_callback(
            lambda _connection, frame: reasons.append(frame.method.reason)
        )
        connection.channel().basic_publish("", "nowhere", b"x")
        connection.process_data_events(time_limit=5)
        assert reasons == [f"low on {resource}"]
        # A blocked client's farewell is not read: the end of the node is its way out.
        node.end()
        with pytest.raises(pika.exceptions.ConnectionClosedByBroker):
            connection.process_data_events(time_limit=5)


@pytest.mark.parametrize("durability", ["fsync", "os"])
def test_messages_outlive_the_node_however_durable_it_is(leveret, durability):
    node = leveret.serve("--durability", durability)
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare("jobs", durable=True)
        channel.basic_publish("", "jobs", b"x", pika.BasicProperties(delivery_mode=2))
    node.end(signal.SIGKILL)
    node = leveret.serve("--durability", durability)
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        assert connection.channel().basic_get("jobs", auto_ack=True)[2] == b"x"


def test_a_taken_port_is_refused(leveret):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = leveret.run("serve", "--bind", "127.0.0.1", "--port", port)
    assert refused(told) == (
        f"leveret: cannot listen on 127.0.0.1:{port}: Address already in use; "
        "stop what uses it, or choose another with --port"
    )
    assert not list(leveret.home.glob(".leveret/*/node.pid"))


def test_an_address_of_another_machine_is_refused(leveret):
    told = leveret.run("serve", "--bind", "192.0.2.1", "--port", "0")
    assert "cannot listen on 192.0.2.1:0: Cannot assign requested address" in refused(told)


def test_a_second_node_on_the_same_directory_is_refused(leveret):
    node = leveret.serve()
    told = leveret.run("serve", "--port", "0", "--data-dir", node.data_dir)
    assert f"another node (process {node.process.pid}) is using" in refused(told)


def test_a_file_in_the_place_of_the_data_directory_is_refused(leveret):
    (leveret.home / "mq").touch()
    told = leveret.run("serve", "--port", "0", "--data-dir", "mq")
    assert "cannot use the data directory" in refused(told)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("defualt_user = x", "mq.conf:1: unknown key 'defualt_user'; the nearest known key is"),
        ("raft.wal_max_size = 2", "mq.conf:1: raft.wal_max_size is not supported yet"),
        ("heartbeat = soon", "mq.conf:1: heartbeat: bad value 'soon'"),
    ],
)
def test_a_mistake_in_the_file_is_one_line_and_exit_code_2(leveret, content, line):
    (leveret.home / "mq.conf").write_text(content)
    told = leveret.run("serve", "--config", "mq.conf")
    assert told.returncode == 2
    assert line in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_missing_file_is_one_line_and_exit_code_2(leveret):
    told = leveret.run("serve", "--config", "absent.conf")
    assert told.returncode == 2
    assert "cannot read the configuration file" in told.stderr


def test_the_banners_example_runs_as_it_stands(leveret):
    node = leveret.serve("--banner")
    banner = takewhile(lambda line: "basic_get" not in line, node.process.stdout)
    first = list(dropwhile(lambda line: "import pika" not in line, banner))
    last = EXAMPLE.splitlines()[-1]
    program = dedent("".join(first) + last)
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (told.stdout, told.returncode) == ("b'Hello, hare!'\n", 0), told.stderr


def test_a_plain_log_has_no_banner(leveret):
    assert leveret.serve().end() == (0, ["stopping", "stopped"])
