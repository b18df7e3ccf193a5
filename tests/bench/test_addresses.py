"""Two runs at once never have an address in common, and one that was killed leaves its own free."""

import subprocess
import sys

import pytest
from bench.addresses import NETWORKS, own_addresses, take

TAKE_AND_WAIT = """
import sys
from bench.addresses import take
addresses, holding = take([int(sys.argv[1])])
print(*addresses, flush=True)
sys.stdin.read()
"""


def network_of(addresses):
    (network,) = {int(each.split(".")[2]) for each in addresses}
    return network


def test_what_one_run_has_no_other_is_given():
    mine = own_addresses()
    assert mine == own_addresses() == tuple(sorted(set(mine)))
    with pytest.raises(OSError, match="are taken"):
        take([network_of(mine)])


def test_what_a_run_had_that_was_killed_is_free():
    addresses, holding = take(NETWORKS)
    holding.close()
    network = network_of(addresses)
    command = [sys.executable, "-c", TAKE_AND_WAIT, str(network)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as other:
        assert tuple(other.stdout.readline().split()) == addresses
        with pytest.raises(OSError, match="are taken"):
            take([network])
        other.kill()
    again, holding = take([network])
    holding.close()
    assert again == addresses
