"""Links break as they are told to, in one direction alone, and nothing is left behind."""

import contextlib
import socket
import subprocess
import sys

import pytest
from bench.addresses import own_addresses

from tests.cluster.chaos.places import can_make_namespaces, in_namespaces, on_loopback, run

namespaces = pytest.mark.skipif(not can_make_namespaces(), reason="needs root and namespaces")

PORT = 7777
# Answers each datagram with what it said, and tells that it stands.
ECHO = """
import socket, sys
echo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
echo.bind((sys.argv[1], 7777))
print("stands", flush=True)
while True:
    octets, sender = echo.recvfrom(100_000)
    echo.sendto(octets, sender)
"""
ASK = """
import socket, sys
ask = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ask.settimeout(0.3)
ask.bind((sys.argv[1], 7778))
ask.sendto(b"hello", (sys.argv[2], 7777))
ask.recv(100)
"""


@contextlib.contextmanager
def echoing(place):
    command = [*place.prefix, sys.executable, "-c", ECHO, place.address]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"stands\n"
        try:
            yield
        finally:
            process.kill()


def hears(asking, answering):
    with echoing(answering):
        return run(
            *asking.prefix,
            sys.executable,
            "-c",
            ASK,
            asking.address,
            answering.address,
            check=False,
        )


def test_each_place_on_loopback_has_its_address():
    places = on_loopback(3)
    assert [place.address for place in places] == list(own_addresses()[:3])
    assert hears(places[0], places[2])


@pytest.mark.slow
@namespaces
def test_a_cut_is_silent_has_a_direction_and_heals():
    with in_namespaces(3) as network:
        one, two, three = network.places
        assert hears(one, two)
        network.cut(1, 2)
        network.cut(1, 2)
        assert not hears(one, two)  # The question is dropped,
        assert not hears(two, one)  # the answer is,
        assert hears(one, three)  # and nobody else's.
        assert hears(three, two)
        network.heal()
        assert hears(one, two)


@namespaces
def test_this_process_reaches_every_place_whatever_is_cut_between_them():
    with in_namespaces(2) as network:
        network.cut(1, 2)
        network.cut(2, 1)
        for place in network.places:
            with echoing(place), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ask:
                ask.settimeout(2)
                ask.sendto(b"hello", (place.address, PORT))
                assert ask.recv(100) == b"hello"


def echoes(place, count):
    """How many of so many datagrams of a kibibyte, sent at once, come back within a second."""
    with echoing(place), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ask:
        ask.settimeout(1)
        for _ in range(count):
            ask.sendto(b"x" * 1024, (place.address, PORT))
        back = 0
        with contextlib.suppress(TimeoutError):
            while back < count:
                ask.recv(2048)
                back += 1
        return back


@pytest.mark.slow
@namespaces
def test_a_slow_link_loses_what_is_too_much_for_it():
    with in_namespaces(1) as network:
        (place,) = network.places
        assert echoes(place, 60) == 60
        network.slow(1)
        assert 0 < echoes(place, 60) < 60
        network.heal()
        assert echoes(place, 60) == 60


@namespaces
def test_nothing_is_left_behind():
    with in_namespaces(2) as network:
        name = network.places[0].prefix[-1]
        assert run("ip", "netns", "exec", name, "true", check=False)
    assert not run("ip", "netns", "exec", name, "true", check=False)
    assert not run("ip", "link", "show", f"chaos{name.split('-')[1]}n0", check=False)
