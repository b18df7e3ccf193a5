"""Ports: free, our own, or whose."""

import errno
import json
import os
import socket
from contextlib import closing

import pytest

from leveret.cli.doctor import ports
from leveret.cli.doctor.finding import Health
from leveret.cli.doctor.ports import (
    PROC,
    Wanted,
    holder_of,
    look_at_ports,
    port,
    ports_of_node,
    why_not,
)
from leveret.config import Listener, Listening
from leveret.data_directory import DataDirectory


@pytest.fixture
def listening():
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


@pytest.fixture
def files(tmp_path):
    own = DataDirectory(tmp_path)
    yield own
    own.release()


def wanted(number, host="127.0.0.1"):
    return Wanted(Listener(host, number), "AMQP", "--port")


def test_a_free_port_is_let_go_at_once():
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        number = server.getsockname()[1]
    for _ in range(2):
        assert port(wanted(number), set(), None).told == "AMQP: free"
    assert port(wanted(0), set(), None).told == "AMQP: whichever is free"


def test_a_port_of_somebody_else(listening):
    found = port(wanted(listening), set(), None)
    assert found.health is Health.FAILED
    assert f"(process {os.getpid()})" in found.told
    assert found.advice == "stop it, or choose another port with --port"


def test_a_port_on_every_interface_is_taken_by_one(listening):
    assert why_not(Listener("", listening)).errno == errno.EADDRINUSE


def test_a_port_that_the_node_itself_holds(files, listening):
    files.claim()
    files.report("leveret@here", [], [Listening("http", "127.0.0.1", listening)])
    (found,) = look_at_ports([wanted(listening)], files)
    assert (found.health, found.told) == (
        Health.WELL,
        f"AMQP: held by this node (process {os.getpid()})",
    )


def test_what_a_node_that_is_gone_has_said_counts_no_more(files, listening):
    files.claim()
    files.report("leveret@here", [], [Listening("http", "127.0.0.1", listening)])
    report = files.report_file.read_text()
    files.release()
    files.report_file.write_text(report)
    assert ports_of_node(files) == set()


@pytest.mark.parametrize("report", ["", "{}", '{"listening": [1]}', json.dumps({"listening": 1})])
def test_a_report_that_says_nothing(files, report):
    files.claim()
    files.report_file.write_text(report)
    assert ports_of_node(files) == set()


def test_an_address_of_another_machine():
    found = port(wanted(5672, "192.0.2.1"), set(), None)
    assert found.health is Health.FAILED
    assert "--bind" in found.advice


def test_a_port_that_needs_more_rights(monkeypatch):
    monkeypatch.setattr(ports, "why_not", lambda _: PermissionError(errno.EACCES, "denied"))
    found = port(wanted(80), set(), None)
    assert (found.health, found.told) == (
        Health.FAILED,
        "AMQP: ports below 1024 need more rights",
    )


def test_nobody_is_named_where_the_kernel_does_not_tell(tmp_path, listening):
    assert holder_of(listening, tmp_path) == ""
    assert f"(process {os.getpid()})" in holder_of(listening, PROC)
