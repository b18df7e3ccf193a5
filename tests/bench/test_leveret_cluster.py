"""Nodes for tests and measurements: each at an address of its own, on the same ports."""

import socket

import pytest
from bench.leveret_cluster import is_free, running_leveret_cluster


@pytest.mark.slow
def test_nodes_are_processes_with_an_address_each_and_are_asked_and_ended_alone():
    with running_leveret_cluster(2, joined=False) as (first, second):
        assert (first.port, first.host) != (second.port, second.host)
        assert first.port == second.port
        assert first.fetch("overview")["node"] == first.name
        assert second.ask("ping").code == 0
        assert second.ask("no_such_command").code == 64
        first.kill()
        assert not first.is_up()
        assert second.is_up()
        assert second.engine_pid is None  # Nobody is in a cluster yet.
        first.start()
        assert first.ctl("list_vhosts").split() == ["name", "/"]


@pytest.mark.slow
def test_one_that_is_frozen_is_silent_until_it_is_thawed():
    with running_leveret_cluster(1, joined=False) as (node,):
        node.freeze()
        assert not node.is_up()
        node.thaw()
        node.wait_up()


def test_a_port_that_is_taken_at_one_address_is_free_at_another():
    with socket.socket() as taken:
        taken.bind(("127.0.5.12", 0))
        port = taken.getsockname()[1]
        assert not is_free("127.0.5.12", port)
        assert is_free("127.0.5.11", port)
