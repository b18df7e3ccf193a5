"""What an engine is set up with."""

import socket
from pathlib import Path

import pytest

from leveret.cluster.engine.passwords import Passwords
from leveret.cluster.engine.plan import (
    EngineMember,
    Plan,
    RouteTls,
    address_of,
    free_port,
    route_tls_of,
)
from leveret.config.cluster_settings import ClusterSettings
from leveret.config.settings import Settings
from leveret.errors import StartRefused

CERTIFICATE, KEY, CA = Path("node.pem"), Path("node.key"), Path("ca.pem")


def tls(**told):
    return route_tls_of(Settings(cluster=ClusterSettings(**told)))


def test_who_comes_again_has_another_name():
    once, again = (EngineMember("hare", number, "10.0.0.1", 25673) for number in (1, 2))
    assert once.server != again.server


def test_addresses_are_written_as_urls_have_them():
    assert address_of("10.0.0.1", 1) == "10.0.0.1:1"
    assert address_of("fe80::1", 1) == "[fe80::1]:1"


def test_a_free_port_can_be_had():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))


def test_a_server_is_tagged_with_its_node_and_its_groups():
    member = EngineMember("Hare", 1, "10.0.0.1", 25673)
    plan = Plan(
        member=member,
        members=(member,),
        bind=None,
        client_port=1,
        directory=Path("engine"),
        passwords=Passwords.of(b"carrot"),
        groups=(("vole", "Hare"),),
    )
    assert plan.tags == ("n:hare", "n:hare+vole")


def test_without_files_there_is_no_tls():
    assert tls() is None


def test_a_key_may_stand_in_the_certificates_file():
    assert tls(certificate=CERTIFICATE, authorities=CA) == RouteTls(CERTIFICATE, CERTIFICATE, CA)
    assert tls(certificate=CERTIFICATE, key=KEY, authorities=CA) == RouteTls(CERTIFICATE, KEY, CA)


@pytest.mark.parametrize("told", [{"certificate": CERTIFICATE}, {"authorities": CA}, {"key": KEY}])
def test_half_of_tls_is_refused(told):
    with pytest.raises(StartRefused, match=r"needs both .*certfile and .*cacertfile"):
        tls(**told)
