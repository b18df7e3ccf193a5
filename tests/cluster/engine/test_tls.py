"""Routes over TLS: engines that show each other certificates, and one that has none."""

import asyncio
import ipaddress

import pytest
from cryptography import x509

from leveret.cluster.engine.plan import RouteTls
from leveret.cluster.nats.client import Unanswered
from tests.cluster.engine.farm import HOSTS, PATIENCE_S, servers_of
from tests.server.authority import authority


def tls_of(warren, directory, node):
    """The files of a node: a certificate that is good for its address, and who vouches for it."""
    address = x509.IPAddress(ipaddress.ip_address(HOSTS[node]))
    certificate, key = warren.vouch_for(node, names=[address]).write(directory, node)
    authorities, _ = warren.write(directory, f"{node}-ca")
    return RouteTls(certificate, key, authorities)


@pytest.mark.parametrize("stranger", ["without a certificate", "with another CA's"])
def test_routes_are_closed_to_whoever_shows_no_certificate_of_ours(play, tmp_path, stranger):
    async def scene(farm):
        warren = authority()
        members = [farm.member(node) for node in ("hare", "mouse")]
        engines = [
            farm.engine(each, members, tls=tls_of(warren, tmp_path, each.node)) for each in members
        ]
        await asyncio.gather(*(each.start() for each in engines))
        hare, _ = engines
        await hare.system.wait_whole(servers_of(members), PATIENCE_S)

        other = farm.member("vole")
        without = stranger == "without a certificate"
        theirs = None if without else tls_of(authority("Burrow CA"), tmp_path, "vole")
        await farm.engine(other, [*members, other], tls=theirs).start()
        with pytest.raises(Unanswered, match="no route between hare#1 and vole#1"):
            await hare.system.wait_whole(servers_of([*members, other]), 3.0)

    play(scene)
