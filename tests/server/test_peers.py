"""Who is at the far end."""

import pytest

from leveret.server.peers import is_loopback, peer_of
from leveret.server.proxy_header import Ends
from leveret.session.identity import Encryption


class Ended:
    """A socket with these ends."""

    def __init__(self, there, here):
        self._names = {"peername": there, "sockname": here}

    def get_extra_info(self, name):
        return self._names[name]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_these_are_this_machine(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["128.0.0.1", "::2", "::ffff:192.0.2.1", "10.127.0.1"])
def test_these_are_not(host):
    assert not is_loopback(host)


def test_a_socket_tells_both_ends():
    peer = peer_of(Ended(("192.0.2.7", 50000), ("192.0.2.1", 5672)))
    assert peer.name == "192.0.2.7:50000 -> 192.0.2.1:5672"
    assert (peer.peer_host, peer.peer_port, peer.host, peer.port) == (
        "192.0.2.7",
        50000,
        "192.0.2.1",
        5672,
    )
    assert not peer.is_loopback
    assert peer.tls is None


def test_ipv6_has_brackets_in_the_name_alone():
    peer = peer_of(Ended(("2001:db8::7", 1, 0, 0), ("::1", 5672, 0, 0)))
    assert peer.name == "[2001:db8::7]:1 -> [::1]:5672"
    assert peer.peer_host == "2001:db8::7"


def test_a_proxy_names_the_ends_and_the_socket_says_whether_it_is_this_machine():
    ends = Ends("203.0.113.7", 40000, "10.0.0.5", 5672)
    peer = peer_of(Ended(("127.0.0.1", 1), ("127.0.0.1", 2)), ends)
    assert peer.name == "203.0.113.7:40000 -> 10.0.0.5:5672"
    assert peer.is_loopback


def test_what_tls_came_to_goes_along():
    tls = Encryption("tlsv1.3", "TLS_AES_256_GCM_SHA384")
    assert peer_of(Ended(("::1", 1, 0, 0), ("::1", 2, 0, 0)), tls=tls).tls is tls


def test_a_peer_that_has_hung_up_already_is_nowhere():
    peer = peer_of(Ended(None, ("127.0.0.1", 2)))
    assert peer.name == "of a peer that has hung up already"
    assert not peer.is_loopback
